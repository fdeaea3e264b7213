/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which picture the stage is: processes and pipes, or a graph, tables, a ladder, a mailbox, a list, memory; what is said
 * below it, and how many rows all that takes. */
#include "view/fdtable.h"
#include "view/ladder.h"
#include "view/graph.h"
#include "view/stage_layout.h"

enum { ROWS_OF_PROCS = 8 };

bool stage_is_list(const struct scene *s, const struct view_state *v)
{
	if (v->graph)
		return false;
	return stage_procs_count(s, false) > PROCS_MAX &&
	       !(v->picture && world_task(s->world, v->selected)) &&
	       !(stage_is_memory(s, v) && stage_procs_count(s, true) <= ROWS_OF_PROCS);
}

/* Few processes, a queue, and no pipe between them: the queue is the picture. */
bool stage_is_mailbox(const struct scene *s, const struct view_state *v)
{
	if (v->graph || !mailbox_shown(s, v) || stage_procs_count(s, true) > ROWS_OF_PROCS)
		return false;
	for (u32 i = 1; i < world_pipes(s->world); i++) {
		const struct w_pipe *p = world_pipe(s->world, i);

		if (p && !p->gone && p->files && !p->outside)
			return false;
	}
	return true;
}

void stage_draw(struct canvas *c, struct area a, const struct scene *s, const struct view_state *v)
{
	struct picture p;
	int row;

	if (v->graph) {
		graph_draw(c, a, s, v);
		return;
	}
	if (fdtable_is_stage(v)) {
		row = fdtable_draw(c, a, 0, s, v);
		stage_reason(c, a, row, s, v);
		return;
	}
	if (ladder_is_stage(v)) {
		ladder_draw(c, a, 0, a.rows, s);
		return;
	}
	if (stage_is_mailbox(s, v)) {
		row = mailbox_draw(c, a, 0, s, v, mailbox_shown(s, v)) + 1;
		stage_reason(c, a, row, s, v);
		return;
	}
	if (stage_is_list(s, v)) {
		list_draw(c, a, s, v);
		return;
	}
	if (stage_is_memory(s, v)) {
		row = stage_memory_draw(c, a, 0, s, v, true);
		stage_reason(c, a, row, s, v);
		return;
	}
	stage_layout(s, v, a.cols, &p);
	if (!p.procs) {
		canvas_put(c, a, 1, 3, 0, "Nothing has happened yet.");
		return;
	}
	if (p.procs == 1 && !p.boxes) {
		stage_draw_alone(c, a, s, v, p.proc[0]);
		row = 5;
	} else {
		stage_draw_picture(c, a, s, v, &p);
		row = p.rows + 1;
		/* Too little room: the arrows say who holds which end; why somebody waits is said nowhere else. */
		for (int i = 0; i < p.boxes && stage_shows_holders(v) &&
				(v->question || stage_rows(s, v, a.cols) <= a.rows);
			i++)
			row += p.box[i].pipe ? stage_holders(c, a, row, s, p.box[i].pipe, p.boxes > 1) : 0;
	}
	if (stage_has_memory(s, v))
		row += stage_memory_draw(c, a, row, s, v, false);
	row += stage_reason(c, a, row, s, v);
	if (p.procs > 1 || p.boxes)
		stage_lines(c, a, row + 1, s, v, p.proc, p.procs);
}

int stage_rows(const struct scene *s, const struct view_state *v, int cols)
{
	struct canvas *blank = canvas_create(1, cols, true);
	struct area a = {0, 0, 1, cols}; /* what is drawn outside is lost: only rows are counted */
	struct picture p;
	int rows;

	if (v->graph) {
		canvas_destroy(blank);
		return graph_rows(s, cols);
	}
	if (fdtable_is_stage(v)) {
		rows = fdtable_draw(NULL, area_cut(a, 0, 0, 1, cols), 0, s, v) + stage_reason(blank, a, 1, s, v);
		canvas_destroy(blank);
		return rows < 5 ? 5 : rows;
	}
	if (ladder_is_stage(v)) {
		rows = ladder_draw(NULL, area_cut(a, 0, 0, 1, cols), 0, LADDER_ROWS_MOST, s);
		canvas_destroy(blank);
		return rows < 5 ? 5 : rows;
	}
	if (stage_is_mailbox(s, v)) {
		rows = mailbox_draw(NULL, a, 0, s, v, mailbox_shown(s, v)) + 1 + stage_reason(blank, a, 1, s, v);
		canvas_destroy(blank);
		return rows < 5 ? 5 : rows;
	}
	if (stage_is_list(s, v)) {
		canvas_destroy(blank);
		return stage_procs_count(s, true) + 1 + 5;
	}
	if (stage_is_memory(s, v)) {
		rows = stage_memory_rows(s, v, cols, true) + stage_reason(blank, a, 1, s, v);
		canvas_destroy(blank);
		return rows < 5 ? 5 : rows;
	}
	stage_layout(s, v, cols, &p);
	rows = p.procs == 1 && !p.boxes ? 5 : p.rows + 1;
	for (int i = 0; i < p.boxes && stage_shows_holders(v); i++)
		rows += p.box[i].pipe ? stage_holders(blank, a, 1, s, p.box[i].pipe, p.boxes > 1) : 0;
	rows += stage_has_memory(s, v) ? stage_memory_rows(s, v, cols, false) : 0;
	rows += stage_reason(blank, a, 1, s, v);
	canvas_destroy(blank);
	return rows < 5 ? 5 : rows;
}
