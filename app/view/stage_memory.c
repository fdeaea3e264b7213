/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The stage where processes share memory: the segment (a ring, or its fields), what guards it, who is
 * about to collide, and the tasks below. Beside pipes, it stands below their picture, without tasks.
 */
#include <string.h>

#include "view/memory.h"
#include "view/stage.h"

enum { FIELDS_LEAST = 3, LINES_SHOWN = 64 };

bool stage_has_memory(const struct scene *s, const struct view_state *v)
{
	return view_shows(v, VIEW_MEMORY) && (stage_segment(s, v) || syncs_drawn(s->world, 0));
}

bool stage_is_memory(const struct scene *s, const struct view_state *v)
{
	if (!stage_has_memory(s, v) || !stage_segment(s, v))
		return false;
	for (u32 i = 1; i < world_pipes(s->world) && view_shows(v, VIEW_PIPE); i++) {
		const struct w_pipe *p = world_pipe(s->world, i);

		if (p && !p->gone && p->files)
			return false;
	}
	return true;
}

void stage_legend(const struct scene *s, const struct view_state *v, int cols, struct str *out)
{
	static const char text[] = "\u25b2 store  \u25bc load";
	struct ring ring;

	if (!(v->hide & HIDE_NEXT) && text_width(text) <= cols && stage_is_memory(s, v) &&
		ring_find(s, stage_segment(s, v), &ring))
		str_add(out, text);
}

/* Other segments, a line each. */
static int draw_others(struct canvas *c, struct area a, int row, const struct scene *s, u32 shown)
{
	struct str title = {0};
	int n = 0;

	for (u32 i = 1; i < world_segments(s->world) && n < 3; i++) {
		if (i == shown || !segment_is_drawn(s->world, i))
			continue;
		str_clear(&title);
		segment_heading(s, i, &title);
		if (c)
			canvas_put_cut(c, a, row + n, 7, a.cols - 8,
				world_head(s->world)->last_segment == i ? AT_MARK : 0,
				str_get(&title));
		n++;
	}
	str_finish(&title);
	return n;
}

static int draw_unseen(struct canvas *c, struct area a, int row, const struct scene *s, u32 segment)
{
	struct str text = {0};
	bool any = words_unseen(s, segment, &text);

	if (c && any)
		canvas_put_cut(c, a, row, 7, a.cols - 8, AT_DIM, str_get(&text));
	str_finish(&text);
	return any;
}

static int draw_conflicts(struct canvas *c, struct area a, int row, const struct scene *s,
	const struct view_state *v, u32 segment)
{
	struct str text = {0};
	int n = 0;

	if (!(v->hide & (HIDE_RACE | HIDE_NEXT)))
		words_conflicts(s, segment, &text);
	if (!(v->hide & (HIDE_RACE | HIDE_NEXT)))
		words_private_conflicts(s, &text);
	for (const char *p = str_get(&text); *p && n < 2; n++) {
		size_t len = strcspn(p, "\n");
		struct str line = {0};

		str_add_bytes(&line, p, len);
		if (c)
			canvas_put_cut(c, a, row + n, 7, a.cols - 8, AT_BLOCKED, str_get(&line));
		str_finish(&line);
		p += len + (p[len] == '\n');
	}
	str_finish(&text);
	return n;
}

/* The segment itself, in at most that many rows. */
static int draw_segment(struct canvas *c, struct area a, int row, int rows, const struct scene *s,
	const struct view_state *v, u32 segment)
{
	struct ring ring;

	if (!segment)
		return 0;
	if (ring_find(s, segment, &ring))
		return ring_draw(c, a, row, s, v, &ring);
	return memory_draw(c, a, row, rows, s, v, segment);
}

/* The segment whose fields are listed: what guards it is among them. */
static u32 fields_segment(const struct scene *s, u32 segment)
{
	struct ring ring;
	u64 base;

	return segment && segment_type(s, segment, &base, NULL) && !ring_find(s, segment, &ring)
		       ? segment
		       : 0;
}

int stage_memory_draw(struct canvas *c, struct area a, int row, const struct scene *s,
	const struct view_state *v, bool tasks)
{
	u32 segment = stage_segment(s, v);
	int rest = draw_others(NULL, a, 0, s, segment) + draw_conflicts(NULL, a, 0, s, v, segment) +
		   draw_unseen(NULL, a, 0, s, segment);
	u32 but = fields_segment(s, segment);
	int syncs, from = row, left, people, room;

	/* Where rows are few, what guards memory shares them. */
	syncs = (int)syncs_drawn(s->world, but);
	syncs = sync_draw(NULL, a, 0, a.rows - row < 20 && syncs > 2 ? 2 : syncs, s, but);
	people = tasks ? standing_draw(NULL, a, 0, 1, s, v, segment) : 0;
	room = a.rows - row - rest - syncs - people;
	if (room < FIELDS_LEAST)
		room = a.rows - row < FIELDS_LEAST ? a.rows - row : FIELDS_LEAST;
	row += draw_segment(c, a, row, room < 1 ? 1 : room, s, v, segment);
	row += draw_others(c, a, row, s, segment);
	row += sync_draw(c, a, row, syncs, s, but);
	row += draw_conflicts(c, a, row, s, v, segment);
	row += draw_unseen(c, a, row, s, segment);
	left = a.rows - row;
	if (!tasks)
		return row - from;
	/* A blank line before the tasks where it costs them nothing. */
	if (standing_draw(NULL, a, 0, LINES_SHOWN, s, v, segment) < left)
		row++;
	row += standing_draw(c, a, row, a.rows - row, s, v, segment);
	return row - from;
}

int stage_memory_rows(const struct scene *s, const struct view_state *v, int cols, bool tasks)
{
	struct area a = {0, 0, LINES_SHOWN, cols};
	u32 segment = stage_segment(s, v);
	int rows = draw_segment(NULL, a, 0, LINES_SHOWN, s, v, segment);

	rows += draw_others(NULL, a, 0, s, segment) + draw_conflicts(NULL, a, 0, s, v, segment) +
		draw_unseen(NULL, a, 0, s, segment);
	rows += (int)syncs_drawn(s->world, fields_segment(s, segment));
	return rows + (tasks ? 1 + standing_draw(NULL, a, 0, LINES_SHOWN, s, v, segment) : 0);
}
