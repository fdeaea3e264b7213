/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who and what is in the picture of up to three processes, and in which rows and columns. Where a process stands depends on
 * its order of birth alone, so that nothing jumps when descriptors are closed. */
#include <stdio.h>

#include "view/private.h"
#include "view/stage_layout.h"

static bool proc_is_over(const struct scene *s, u32 i)
{
	const struct w_proc *p = world_proc(s->world, i);

	return p->ended && p->reaped;
}

int stage_procs_count(const struct scene *s, bool living)
{
	int n = 0;

	for (u32 i = 1; i < world_procs(s->world); i++)
		if (world_proc(s->world, i) && !(living && proc_is_over(s, i)))
			n++;
	return n;
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
	bool only_living = stage_procs_count(s, false) > PROCS_MAX;

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

int stage_arrows(const struct scene *s, const struct picture *p, const struct box *b, bool left,
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
bool stage_is_turned(const struct scene *s, const struct picture *p, const struct box *b)
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
	int left = stage_arrows(s, p, &b, true, arrows, ENDS_MAX), right = stage_arrows(s, p, &b, false, arrows, ENDS_MAX);

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
		int n = stage_arrows(s, p, &p->box[i / 2], i % 2, arrows, ENDS_MAX);

		for (int k = 0; k < n; k++)
			most = max_int(most, snprintf(NULL, 0, "fd %d", arrows[k].fd));
	}
	return most + 6 + (p->procs > 2 ? 3 : 0);
}

void stage_layout(
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
