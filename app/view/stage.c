/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Up to three processes and their pipes as a picture: processes left and right, pipes between them,
 * an arrow for each end that a process holds. Where a process stands depends on its order of birth
 * alone, so that nothing jumps when descriptors are closed. */
#include <stdio.h>
#include <string.h>

#include "view/fdtable.h"
#include "view/ladder.h"
#include "view/graph.h"
#include "view/private.h"
#include "view/stage.h"

enum { PROCS_MAX = 3, ROWS_OF_PROCS = 8, PIPES_MAX = 3, ENDS_MAX = 4, CARD_ROWS = 4 };

struct box { /* a pipe in the picture, a pair of sockets, or a thing */
	u32 pipe, socket;
	struct thing thing; /* kind 0: none */
	int row, rows; /* with its frame */
};

struct picture {
	u32 proc[PROCS_MAX];
	int procs;
	struct box box[PIPES_MAX];
	int boxes, more_pipes;
	int margin, card, label, width; /* columns: left margin, card, label with its arrow, box */
	int box_col, right_col;
	int rows;
};

static bool proc_is_over(const struct scene *s, u32 i)
{
	const struct w_proc *p = world_proc(s->world, i);

	return p->ended && p->reaped;
}

static int procs_count(const struct scene *s, bool living)
{
	int n = 0;

	for (u32 i = 1; i < world_procs(s->world); i++)
		if (world_proc(s->world, i) && !(living && proc_is_over(s, i)))
			n++;
	return n;
}

bool stage_is_list(const struct scene *s, const struct view_state *v)
{
	if (v->graph)
		return false;
	return procs_count(s, false) > PROCS_MAX &&
	       !(v->picture && world_task(s->world, v->selected)) &&
	       !(stage_is_memory(s, v) && procs_count(s, true) <= ROWS_OF_PROCS);
}

static void add_proc(struct picture *p, u32 proc)
{
	for (int i = 0; i < p->procs; i++)
		if (p->proc[i] == proc)
			return;
	if (p->procs < PROCS_MAX)
		p->proc[p->procs++] = proc;
}

static void add_holders(const struct scene *s, struct picture *p, u32 pipe)
{
	struct w_end ends[8];

	for (u32 access = ACCESS_READ; access <= ACCESS_WRITE; access++) {
		u32 n = world_pipe_ends(s->world, pipe, access, ends, ARRAY_LEN(ends));

		for (u32 i = 0; i < n && i < ARRAY_LEN(ends); i++)
			add_proc(p, ends[i].proc);
	}
}

/* Those who have the other end of a socket, or an event descriptor, or a file that is locked. */
static void add_sharers(const struct scene *s, struct picture *p, const struct w_file *f)
{
	const struct w_socket *k = f->kind == OBJ_SOCKET ? world_socket(s->world, f->object) : NULL;
	struct w_end ends[8];
	u32 n = 0;

	if (k)
		n = socket_holders(s, k->peer ? k->peer : f->object, ends, ARRAY_LEN(ends));
	else if (f->kind == OBJ_FILE || (f->kind >= OBJ_EVENTFD && f->kind <= OBJ_EPOLL))
		n = thing_holders(s, (struct thing){f->kind, f->object}, ends, ARRAY_LEN(ends));
	for (u32 i = 0; i < n; i++)
		add_proc(p, ends[i].proc);
}

/* Of many processes: the selected one, those that hold an end of the pipe it is at, then those of
 * its other pipes. */
static void choose_around(const struct scene *s, const struct view_state *v, struct picture *p)
{
	const struct w_task *t = world_task(s->world, v->selected);
	const struct w_proc *proc = world_proc(s->world, t->proc);
	const struct w_fdt *table = proc ? world_fdt(s->world, proc->fdt) : NULL;

	add_proc(p, t->proc);
	add_holders(s, p, world_op_pipe(s->world, v->selected));
	for (u32 i = table ? table->first : 0; i;) {
		const struct w_fd *fd = world_fd(s->world, i);
		const struct w_file *f = fd ? world_file(s->world, fd->file) : NULL;
		const struct w_pipe *pipe =
			f && f->kind == OBJ_PIPE ? world_pipe(s->world, f->object) : NULL;

		if (pipe && !pipe->outside)
			add_holders(s, p, f->object);
		else if (f)
			add_sharers(s, p, f);
		i = fd ? fd->next : 0;
	}
	for (int i = 1; i < p->procs; i++)
		for (int j = i; j > 0 && p->proc[j - 1] > p->proc[j]; j--) {
			u32 swap = p->proc[j];

			p->proc[j] = p->proc[j - 1];
			p->proc[j - 1] = swap;
		}
}

static void choose_procs(const struct scene *s, const struct view_state *v, struct picture *p)
{
	bool only_living = procs_count(s, false) > PROCS_MAX;

	if (only_living && v->picture && world_task(s->world, v->selected)) {
		choose_around(s, v, p);
		return;
	}
	for (u32 i = 1; i < world_procs(s->world); i++)
		if (world_proc(s->world, i) && !(only_living && proc_is_over(s, i)))
			add_proc(p, i);
}

static bool is_drawn(const struct picture *p, u32 proc)
{
	for (int i = 0; i < p->procs; i++)
		if (p->proc[i] == proc)
			return true;
	return false;
}

static bool is_left(const struct picture *p, u32 proc)
{
	for (int i = 0; i < p->procs; i++)
		if (p->proc[i] == proc)
			return i != 1;
	return true;
}

/* Both directions' ends of a pipe that lead to one side, by process, then descriptor. */
struct arrow {
	u32 proc;
	i32 fd;
	u32 access;
};

/* Who has that end: of a pipe to read, to write; of a pair of sockets the first, the second. */
static u32 ends_of(const struct scene *s, const struct box *b, u32 access, struct w_end *ends, u32 max)
{
	u32 socket[2];

	if (b->thing.kind)
		return access == ACCESS_READ ? thing_holders(s, b->thing, ends, max) : 0;
	if (!b->socket)
		return world_pipe_ends(s->world, b->pipe, access, ends, max);
	if (socket_box_ends(s, b->socket, socket) < access)
		return 0;
	return socket_holders(s, socket[access - 1], ends, max);
}

static int arrows_of(const struct scene *s, const struct picture *p, const struct box *b, bool left,
	struct arrow *arrows, int max)
{
	struct w_end ends[32];
	int n = 0;

	for (u32 access = ACCESS_READ; access <= ACCESS_WRITE; access++) {
		u32 all = ends_of(s, b, access, ends, ARRAY_LEN(ends));

		for (u32 i = 0; i < all && i < ARRAY_LEN(ends); i++) {
			const struct w_fd *fd = world_fd(s->world, ends[i].fd);
			struct arrow a = {ends[i].proc, fd ? fd->fd : -1, b->pipe ? access : ACCESS_READ | ACCESS_WRITE};
			int at = n;

			if (n == max || !is_drawn(p, a.proc) || is_left(p, a.proc) != left)
				continue;
			while (at > 0 && (arrows[at - 1].proc > a.proc ||
						 (arrows[at - 1].proc == a.proc &&
							 arrows[at - 1].fd > a.fd))) {
				arrows[at] = arrows[at - 1];
				at--;
			}
			arrows[at] = a;
			n++;
		}
	}
	return n;
}

/* Of a pair of sockets the second one is drawn at the left, since it is held there: bytes go as the arrows do. */
static bool is_turned(const struct scene *s, const struct picture *p, const struct box *b)
{
	bool at[2][2] = {{false}}; /* first or second end, right or left */
	struct w_end ends[32];

	for (u32 i = 0; i < 2; i++) {
		u32 n = ends_of(s, b, i ? ACCESS_WRITE : ACCESS_READ, ends, ARRAY_LEN(ends));

		for (u32 k = 0; k < n && k < ARRAY_LEN(ends); k++)
			if (is_drawn(p, ends[k].proc))
				at[i][is_left(p, ends[k].proc)] = true;
	}
	return !at[0][true] && (at[0][false] || at[1][true]);
}

static int max_int(int a, int b)
{
	return a > b ? a : b;
}

/* The selected one is at it. */
static bool is_at(const struct scene *s, u32 selected, const struct box *b)
{
	const struct w_task *t = world_task(s->world, selected);
	u32 kind = 0, object = t ? object_led_to(s->world, selected, t->op.fd, &kind) : 0, ends[2];

	if (!t)
		return false;
	if (b->pipe)
		return b->pipe == world_op_pipe(s->world, selected);
	if (b->socket)
		return kind == OBJ_SOCKET && (object == b->socket ||
						     (socket_box_ends(s, b->socket, ends) > 1 && object == ends[1]));
	if (b->thing.kind == OBJ_SEMS)
		return t->op.open && world_sem(s->world, world_op_sem(s->world, selected)) &&
		       world_sem(s->world, world_op_sem(s->world, selected))->set == b->thing.object;
	return object && thing_is(s, b->thing, kind, object);
}

/* Takes out a box that stands for a place where links begin, when no more fit and a link has come: what is said
 * goes through the link. False: there is none, or the selected one is at it. */
static bool drop_listener(const struct scene *s, const struct view_state *v, struct picture *p)
{
	int i = 0, rows;

	while (i < p->boxes && !(p->box[i].socket && world_socket(s->world, p->box[i].socket)->state == SOCKET_LISTENING &&
				       !is_at(s, v->selected, &p->box[i])))
		i++;
	if (i == p->boxes)
		return false;
	rows = p->box[i].rows;
	p->rows -= rows;
	for (p->boxes--; i < p->boxes; i++) {
		p->box[i] = p->box[i + 1];
		p->box[i].row -= rows;
	}
	return true;
}

static void choose_box(const struct scene *s, const struct view_state *v, struct picture *p, struct box b)
{
	const struct w_pipe *pipe = world_pipe(s->world, b.pipe);
	struct arrow arrows[ENDS_MAX];
	int left = arrows_of(s, p, &b, true, arrows, ENDS_MAX), right = arrows_of(s, p, &b, false, arrows, ENDS_MAX);

	/* A set of semaphores nobody has open; a FIFO may yet be opened. */
	if (!left && !right && b.thing.kind != OBJ_SEMS && !(pipe && pipe->fifo && !pipe->unlinked))
		return;
	if (p->boxes == PIPES_MAX) {
		p->more_pipes++;
		if (!drop_listener(s, v, p)) {
			if (!is_at(s, v->selected, &b))
				return;
			p->rows -= p->box[--p->boxes].rows; /* in the place of the last */
		}
	}
	b.row = p->rows;
	b.rows = 2 + max_int(b.thing.kind ? thing_rows(s, v, b.thing) : b.pipe && v->show & VIEW_SLOTS ? 3 : 2, max_int(left, right));
	p->rows += b.rows;
	p->box[p->boxes++] = b;
}

static void choose_pipes(const struct scene *s, const struct view_state *v, struct picture *p)
{
	struct thing thing;

	for (u32 i = 1; i < world_pipes(s->world); i++)
		if (world_pipe(s->world, i) && !world_pipe(s->world, i)->gone)
			choose_box(s, v, p, (struct box){.pipe = i});
	for (u32 i = 1; i < world_sockets(s->world); i++)
		if (socket_is_boxed(s, i))
			choose_box(s, v, p, (struct box){.socket = i});
	for (u32 i = thing_next(s, 0, &thing); i; i = thing_next(s, i, &thing))
		choose_box(s, v, p, (struct box){.thing = thing});
	p->rows += p->more_pipes > 0;
}

/* Room for "P1 fd 4 ──→" of the longest label, with a blank on each side. */
static int label_columns(const struct scene *s, const struct picture *p)
{
	struct arrow arrows[ENDS_MAX];
	int most = 4;

	for (int i = 0; i < 2 * p->boxes; i++) {
		int n = arrows_of(s, p, &p->box[i / 2], i % 2, arrows, ENDS_MAX);

		for (int k = 0; k < n; k++)
			most = max_int(most, snprintf(NULL, 0, "fd %d", arrows[k].fd));
	}
	return most + 6 + (p->procs > 2 ? 3 : 0);
}

static void picture_make(
	const struct scene *s, const struct view_state *v, int cols, struct picture *p)
{
	*p = (struct picture){0};
	choose_procs(s, v, p);
	if (view_shows(v, VIEW_PIPE))
		choose_pipes(s, v, p);
	p->margin = cols >= 70 ? 3 : 2;
	p->width = cols >= 78 ? 26 : cols >= 66 ? 20 : 17;
	p->label = label_columns(s, p);
	if (p->procs > 2 && cols >= 78)
		p->width = 22;
	p->card = (cols - 2 * p->margin - p->width - 2 * p->label) / 2;
	if (p->card < 6)
		p->card = 6;
	p->box_col = p->margin + p->card + p->label;
	p->right_col = p->box_col + p->width + p->label;
	p->rows = max_int(p->rows, p->procs > 2 ? 2 * CARD_ROWS + 1 : CARD_ROWS);
}

/* ---- drawing ---- */

static bool proc_is_marked(const struct scene *s, u32 proc)
{
	const struct w_task *t = world_task(s->world, world_head(s->world)->last_task);

	return t && t->proc == proc;
}

static bool proc_is_selected(const struct scene *s, const struct view_state *v, u32 proc)
{
	const struct w_task *t = world_task(s->world, v->selected);

	return t && t->proc == proc;
}

/* The name, with ">" before it when selected, and the mark of the last event behind it. */
static void draw_name(struct canvas *c, struct area a, int row, int col, int cols,
	const struct scene *s, const struct view_state *v, u32 proc)
{
	bool selected = proc_is_selected(s, v, proc), marked = proc_is_marked(s, proc);
	const struct w_proc *p = world_proc(s->world, proc);
	struct str name = {0};
	int end;

	words_task_name(s, card_task(s, v, proc), &name);
	if (p && p->tasks > 1)
		str_addf(&name, " +%u", p->tasks - 1);
	end = canvas_put_cut(c, a, row, col, cols - 2 * marked,
		AT_TITLE | (selected ? AT_SELECTED : 0) | (marked ? AT_MARK : 0), str_get(&name));
	if (marked)
		canvas_put(c, a, row, end + 1, AT_MARK, "\u25a0");
	if (selected) {
		canvas_put(c, a, row, col - 2, AT_TITLE, ">");
		canvas_cursor(c, a, row, col);
	}
	str_finish(&name);
}

static void draw_card(struct canvas *c, struct area a, int row, int col, int cols,
	const struct scene *s, const struct view_state *v, u32 proc)
{
	u32 task = card_task(s, v, proc);
	const struct w_task *t = world_task(s->world, task);
	struct str words = {0};

	draw_name(c, a, row, col, cols, s, v, proc);
	card_state_words(s, v, task, cols, &words);
	canvas_putf(c, a, row + 1, col, card_state_attribute(t), "%s%s", str_get(&words),
		t && t->state == TASK_BLOCKED && cols > 9 ? " in" : "");
	str_clear(&words);
	if (v->hide & HIDE_NEXT && t && t->state == TASK_POISED) {
		str_finish(&words);
		return;
	}
	card_call(s, task, &words);
	canvas_put_cut(c, a, row + 2, col, cols, AT_STRONG, str_get(&words));
	str_clear(&words);
	card_at(s, task, &words);
	card_place_draw(c, a, row + 3, col, cols, str_get(&words));
	str_finish(&words);
}

/* One process and no pipe: room for words. */
static void draw_alone(struct canvas *c, struct area a, const struct scene *s,
	const struct view_state *v, u32 proc)
{
	u32 task = card_task(s, v, proc);
	const struct w_task *t = world_task(s->world, task);
	int col = a.cols >= 60 ? 24 : 3;
	struct str words = {0};

	draw_name(c, a, 1, 5, 17, s, v, proc);
	card_state_words(s, v, task, a.cols - col, &words);
	canvas_putf(c, a, 1 + (col == 3), col, card_state_attribute(t), "%s%s", str_get(&words),
		!t || v->hide & HIDE_NEXT  ? ""
		: t->state == TASK_POISED  ? ": held just before"
		: t->state == TASK_BLOCKED ? " in"
					   : "");
	str_clear(&words);
	if (!(v->hide & HIDE_NEXT)) {
		card_call(s, task, &words);
		canvas_put_cut(
			c, a, 2 + (col == 3), col, a.cols - col - 1, AT_STRONG, str_get(&words));
		str_clear(&words);
		card_at(s, task, &words);
		canvas_put_right(c, a, 2 + (col == 3), a.cols - 3, 0, str_get(&words));
		str_clear(&words);
		if (stage_source_text(s, card_frame(s, task), &words))
			canvas_put_cut(c, a, 3 + (col == 3), col, a.cols - col - 1, AT_DIM,
				str_get(&words));
	}
	str_finish(&words);
}

static void draw_arrows(struct canvas *c, struct area a, const struct scene *s,
	const struct picture *pic, const struct box *b, bool left)
{
	struct arrow arrows[ENDS_MAX];
	int n = arrows_of(s, pic, b, left, arrows, ENDS_MAX);

	for (int i = 0; i < n; i++) {
		bool in = arrows[i].access == ACCESS_WRITE; /* into the pipe */
		bool both = arrows[i].access == (ACCESS_READ | ACCESS_WRITE);
		struct str text = {0};
		char name[24];

		if (pic->procs > 2)
			str_addf(&text, "%s ", world_proc_name(s->world, arrows[i].proc, name));
		str_addf(&text, "fd %d", arrows[i].fd);
		if (left) {
			str_add(&text, both ? " \u2190\u2500\u2192" : in ? " \u2500\u2500\u2192" : " \u2190\u2500\u2500");
			canvas_put_right(c, a, b->row + 1 + i, pic->box_col - 1, 0, str_get(&text));
		} else {
			canvas_putf(c, a, b->row + 1 + i, pic->box_col + pic->width + 1, 0, "%s %s",
				both ? "\u2190\u2500\u2192" : in ? "\u2190\u2500\u2500" : "\u2500\u2500\u2192", str_get(&text));
		}
		str_finish(&text);
	}
}

static void draw_box(struct canvas *c, struct area a, const struct scene *s,
	const struct view_state *v, const struct picture *pic, const struct box *b)
{
	struct area box = {b->row, pic->box_col, b->rows, pic->width};
	bool turned = b->socket && is_turned(s, pic, b);
	struct str names = {0};
	char title[80];

	if (b->socket)
		socket_box_title(s, b->socket, turned, title, sizeof title);
	else if (b->thing.kind)
		thing_title(s, b->thing, title, sizeof title);
	else
		pipe_title(s, b->pipe, pic->width, title, sizeof title);
	canvas_box(c, a, box, true, title, strstr(title, "\u25a0") ? AT_MARK : 0);
	if (b->socket) {
		socket_draw_inside(c, a, b->row + 1, pic->box_col + 2, pic->width - 4, s, v, b->socket, turned);
		socket_box_names(s, b->socket, turned, &names);
		canvas_put_cut(c, a, b->row + b->rows - 1, pic->box_col + 2, pic->width - 4, 0, str_get(&names));
		str_finish(&names);
	} else if (b->thing.kind)
		thing_draw_inside(c, a, b->row + 1, pic->box_col + 2, pic->width - 4, s, v, b->thing);
	else
		pipe_draw_inside(c, a, box, s, v, b->pipe);
	if (v->hide & HIDE_ENDS)
		return;
	draw_arrows(c, a, s, pic, b, true);
	draw_arrows(c, a, s, pic, b, false);
}

static void draw_picture(struct canvas *c, struct area a, const struct scene *s,
	const struct view_state *v, const struct picture *p)
{
	for (int i = 0; i < p->boxes; i++)
		draw_box(c, a, s, v, p, &p->box[i]);
	if (p->more_pipes)
		canvas_putf(
			c, a, p->rows - 1, p->box_col, AT_DIM, "and %d more object%s", p->more_pipes, p->more_pipes == 1 ? "" : "s");
	for (int i = 0; i < p->procs; i++) {
		int row = i == 2 ? CARD_ROWS + 1 : 0, col = i == 1 ? p->right_col : p->margin;

		draw_card(c, a, row, col, i == 1 ? a.cols - col - 1 : p->card, s, v, p->proc[i]);
	}
}

/* Few processes, a queue, and no pipe between them: the queue is the picture. */
bool stage_is_mailbox(const struct scene *s, const struct view_state *v)
{
	if (v->graph || !mailbox_shown(s, v) || procs_count(s, true) > ROWS_OF_PROCS)
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
	picture_make(s, v, a.cols, &p);
	if (!p.procs) {
		canvas_put(c, a, 1, 3, 0, "Nothing has happened yet.");
		return;
	}
	if (p.procs == 1 && !p.boxes) {
		draw_alone(c, a, s, v, p.proc[0]);
		row = 5;
	} else {
		draw_picture(c, a, s, v, &p);
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
		return procs_count(s, true) + 1 + 5;
	}
	if (stage_is_memory(s, v)) {
		rows = stage_memory_rows(s, v, cols, true) + stage_reason(blank, a, 1, s, v);
		canvas_destroy(blank);
		return rows < 5 ? 5 : rows;
	}
	picture_make(s, v, cols, &p);
	rows = p.procs == 1 && !p.boxes ? 5 : p.rows + 1;
	for (int i = 0; i < p.boxes && stage_shows_holders(v); i++)
		rows += p.box[i].pipe ? stage_holders(blank, a, 1, s, p.box[i].pipe, p.boxes > 1) : 0;
	rows += stage_has_memory(s, v) ? stage_memory_rows(s, v, cols, false) : 0;
	rows += stage_reason(blank, a, 1, s, v);
	canvas_destroy(blank);
	return rows < 5 ? 5 : rows;
}
