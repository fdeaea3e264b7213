/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Time: processes and pipes as lines downwards, what happened as marks on them. A deed is an event
 * that a learner sees happen: a call that came back, a wait that began, a birth, an end. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "view/memory.h"
#include "view/private.h"

/* ---- deeds ---- */

/* "load in = 2", "store in = 3", "atomic update n 3 -> 4" */
static void access_text(
	const struct scene *s, const struct w_op *op, const struct ev_exit *e, struct str *out)
{
	u32 size = (u32)op->size;

	if (op->call == CALL_update) {
		str_add(out, " ");
		words_value(s, op->segment, op->off, size, e->arg2, out);
		str_add(out, " to ");
	} else {
		str_add(out, " = ");
	}
	words_value(s, op->segment, op->off, size, e->arg, out);
}

static bool says_nothing_by_result(u32 call)
{
	return call == CALL_close || call == CALL_pipe || call == CALL_pipe2 ||
	       (call >= CALL_munmap && call <= CALL_ftruncate) ||
	       (call >= CALL_sem_init && call <= CALL_pthread_join);
}

static void exit_text(const struct scene *s, const struct rec *r, const struct w_op *op,
	const struct ev_exit *e, struct str *out)
{
	words_op(s, r->task, op, false, out);
	if (r->flags & EVF_RESTART || (e->ret <= -512 && e->ret >= -530))
		str_add(out, " again");
	else if (e->ret < 0)
		str_addf(out, " %s",
			strerrorname_np((int)-e->ret) ? strerrorname_np((int)-e->ret) : "failed");
	else if (call_is_access(op->call))
		access_text(s, op, e, out);
	else if (says_nothing_by_result(op->call))
		return;
	else if (op->call == CALL_mmap)
		str_addf(out, " = 0x%llx", (unsigned long long)e->ret);
	else
		str_addf(out, " = %lld", (long long)e->ret);
}

static u32 pipe_of(const struct world *w, const struct w_op *op, u8 *role)
{
	const struct w_file *f = world_file(w, op->file);

	switch (op->call) {
	case CALL_read:
	case CALL_readv:
	case CALL_preadv2: *role = ACCESS_READ; break;
	case CALL_write:
	case CALL_writev:
	case CALL_pwritev2:
	case CALL_vmsplice: *role = ACCESS_WRITE; break;
	default: return 0;
	}
	return f && f->kind == OBJ_PIPE ? f->object : 0;
}

/* What of an event needs the world before it. False: it is no deed. */
static bool deed_before(
	const struct scene *s, const struct rec *r, struct deed *d, struct str *text)
{
	const struct w_task *t = world_task(s->world, r->task);

	if (r->kind != REC_EXIT || !t)
		return r->kind != REC_EXIT;
	struct ev_exit e;

	memcpy(&e, rec_body(r), sizeof e);
	d->pipe = e.ret >= 0 ? pipe_of(s->world, &t->op, &d->role) : 0;
	exit_text(s, r, &t->op, &e, text);
	return true;
}

static bool deed_after(const struct scene *s, const struct rec *r, struct deed *d, struct str *text)
{
	const struct w_task *t = world_task(s->world, r->task);
	struct ev_observe o;
	struct ev_spawn sp;
	struct ev_end end;
	struct ev_signal sig;

	if (!t)
		return false;
	d->proc = t->proc;
	switch (r->kind) {
	case REC_EXIT: return true;
	case REC_SPAWN:
		memcpy(&sp, rec_body(r), sizeof sp);
		t = world_task(s->world, sp.creator);
		d->other = d->proc;
		d->proc = t ? t->proc : d->proc;
		str_add(text, t ? "fork" : "started");
		return true;
	case REC_EXEC: str_add(text, "exec"); return true;
	case REC_END:
		memcpy(&end, rec_body(r), sizeof end);
		if (WIFSIGNALED(end.status)) {
			str_add(text, "killed by ");
			words_signal(WTERMSIG(end.status), text);
		} else {
			str_addf(text, "ended, status %d", WEXITSTATUS(end.status));
		}
		return true;
	case REC_SIGNAL:
		memcpy(&sig, rec_body(r), sizeof sig);
		str_add(text, "gets ");
		words_signal(sig.sig, text);
		return true;
	case REC_OBSERVE:
		memcpy(&o, rec_body(r), sizeof o);
		if (o.what != OBS_STATE || o.a != OBS_BLOCKED || t->state != TASK_BLOCKED)
			return false;
		d->blocked = 1;
		words_op(s, r->task, &t->op, false, text);
		str_add(text, " BLOCKED");
		return true;
	default: return false;
	}
}

/* The return of fork says nothing that the birth has not said. */
static bool is_told_already(const struct rec *r)
{
	return r->kind == REC_EXIT && (r->call == CALL_fork || r->call == CALL_vfork ||
					      r->call == CALL_clone || r->call == CALL_clone3);
}

void deeds_collect(
	struct timeline *tl, const struct scene *scene, u64 first, u64 last, struct deeds *out)
{
	struct scene s = *scene;
	struct str text = {0};

	if (first < 1)
		first = 1;
	s.style = STYLE_SHORT;
	if (first > last || !timeline_seek_event(tl, first - 1))
		return;
	for (u64 event = first; event <= last; event++) {
		struct deed d = {.event = event};
		const struct rec *r = timeline_event(tl, event, NULL);
		u64 before;
		bool is;

		str_clear(&text);
		s.world = timeline_world(tl);
		before = world_head(s.world)->moment;
		is = r && !is_told_already(r) && deed_before(&s, r, &d, &text);
		if (!timeline_seek_event(tl, event))
			break;
		s.world = timeline_world(tl);
		d.moment =
			before +
			1; /* events belong to the moment that they, or one after them, completes */
		if (!is || !deed_after(&s, r, &d, &text))
			continue;
		snprintf(d.text, sizeof d.text, "%s", str_get(&text));
		*vec_push(out) = d;
	}
	str_finish(&text);
}

/* ---- drawing ---- */

enum { LANES_MAX = 6, LANE_COLS = 14 };
struct lane {
	bool is_pipe;
	u32 index;
	int col;
};
struct lanes {
	struct lane at[LANES_MAX];
	int n, width;
};

static void add_lane(struct lanes *l, bool is_pipe, u32 index)
{
	for (int i = 0; i < l->n; i++)
		if (l->at[i].is_pipe == is_pipe && l->at[i].index == index)
			return;
	if (l->n < LANES_MAX)
		l->at[l->n++] = (struct lane){is_pipe, index, 0};
}

/* First process, the pipes, the other processes: as on the stage. */
static void choose_lanes(
	const struct scene *s, const struct view_state *v, struct lanes *l, int cols)
{
	u32 procs[LANES_MAX], pipes[LANES_MAX];
	u32 procs_n = 0, pipes_n = 0, most = cols > 9 + LANE_COLS ? (u32)(cols - 9) / LANE_COLS : 1;

	*l = (struct lanes){0};
	for (size_t i = v->deeds_n; i-- > 0;) {
		const struct deed *d = &v->deeds[i];

		for (int k = 0; k < 2; k++) {
			u32 proc = k ? d->other : d->proc, at = 0;

			while (at < procs_n && procs[at] != proc)
				at++;
			if (proc && at == procs_n && procs_n < 4 && procs_n < most)
				procs[procs_n++] = proc;
		}
		for (u32 at = 0; d->pipe && pipes_n < 2; at++) {
			if (at == pipes_n)
				pipes[pipes_n++] = d->pipe;
			if (pipes[at] == d->pipe)
				break;
		}
	}
	if (procs_n + pipes_n > most)
		pipes_n = most > procs_n ? most - procs_n : 0;
	if (pipes_n == 2 && pipes[0] > pipes[1]) {
		u32 swap = pipes[0];

		pipes[0] = pipes[1];
		pipes[1] = swap;
	}
	for (u32 low = 0, k = 0; k < procs_n; k++) {
		u32 next = UINT32_MAX;

		for (u32 i = 0; i < procs_n; i++)
			if (procs[i] > low && procs[i] < next)
				next = procs[i];
		add_lane(l, false, next);
		for (u32 i = 0; k == 0 && i < pipes_n; i++)
			add_lane(l, true, pipes[i]);
		low = next;
	}
	(void)s;
	l->width = l->n ? (cols - 9) / l->n : cols;
	for (int i = 0; i < l->n; i++)
		l->at[i].col = 9 + i * l->width;
}

static int lane_of(const struct lanes *l, bool is_pipe, u32 index)
{
	for (int i = 0; i < l->n; i++)
		if (l->at[i].is_pipe == is_pipe && l->at[i].index == index)
			return i;
	return -1;
}

/* Was it there at that event? */
static bool lane_lives(const struct scene *s, const struct lane *l, u64 event)
{
	if (l->is_pipe) {
		const struct w_pipe *p = world_pipe(s->world, l->index);

		return p && p->made_seq <= event && (!p->gone || p->touched_seq >= event);
	}
	const struct w_proc *p = world_proc(s->world, l->index);

	return p && p->born_seq <= event && (!p->ended || p->end_seq >= event);
}

static void arrow(struct canvas *c, struct area a, int row, int from, int to)
{
	int step = from < to ? 1 : -1;

	for (int col = from; col != to; col += step)
		canvas_put(c, a, row, col, AT_DIM, "\u2500");
	canvas_put(c, a, row, to, AT_DIM, step > 0 ? "\u2192" : "\u2190");
}

/* The arrow between a process's text (from `begin` to `end`) and another lane at `there`. */
static void draw_link(
	struct canvas *c, struct area a, int row, int begin, int end, int there, bool towards)
{
	if (there > end + 3) {
		if (towards)
			arrow(c, a, row, end + 1, there - 1);
		else
			arrow(c, a, row, there - 1, end + 1);
	} else if (there < begin - 3) {
		if (towards)
			arrow(c, a, row, begin - 2, there + 1);
		else
			arrow(c, a, row, there + 1, begin - 2);
	}
}

static void draw_deed(struct canvas *c, struct area a, int row, const struct scene *s,
	const struct lanes *l, const struct deed *d)
{
	int me = lane_of(l, false, d->proc), pipe = d->pipe ? lane_of(l, true, d->pipe) : -1;
	int other = d->other && d->other != d->proc ? lane_of(l, false, d->other) : -1;
	int end;

	canvas_putf(c, a, row, 1, AT_DIM, "%5llu", (unsigned long long)d->moment);
	for (int i = 0; i < l->n; i++)
		if (i != me && lane_lives(s, &l->at[i], d->event))
			canvas_put(c, a, row, l->at[i].col, AT_DIM, "\u2502");
	if (me < 0)
		return;
	canvas_put(c, a, row, l->at[me].col, AT_MARK, "\u25a0");
	end = canvas_put_cut(c, a, row, l->at[me].col + 2,
		me + 1 < l->n || l->width > 40 ? l->width - 3 : a.cols - l->at[me].col - 3,
		d->blocked ? AT_BLOCKED : 0, d->text);
	if (pipe >= 0)
		draw_link(c, a, row, l->at[me].col, end, l->at[pipe].col, d->role == ACCESS_WRITE);
	if (other >= 0) {
		draw_link(c, a, row, l->at[me].col, end,
			l->at[other].col + (l->at[other].col > end ? -1 : 1), true);
		canvas_put(c, a, row, l->at[other].col, AT_MARK, "\u25a0");
		canvas_put(c, a, row, l->at[other].col + 2, 0, "born");
	}
}

void time_draw(struct canvas *c, struct area a, const struct scene *s, const struct view_state *v)
{
	struct lanes lanes;
	struct str name = {0};
	size_t room = a.rows > 1 ? (size_t)a.rows - 1 : 0, first = 0;
	char buf[24];

	choose_lanes(s, v, &lanes, a.cols);
	if (!lanes.n || lanes.width < 10) {
		canvas_wrap(c, a, 0, 3, 0,
			lanes.n ? "There is no room for lines of time: z shows this pane alone."
				: "Nothing has happened yet.",
			0);
		return;
	}
	canvas_put(c, a, 0, 1, AT_DIM, "event");
	for (int i = 0; i < lanes.n; i++) {
		str_clear(&name);
		if (lanes.at[i].is_pipe)
			str_add(&name, world_pipe_name(s->world, lanes.at[i].index, buf));
		else
			words_task_name(s, card_task(s, v, lanes.at[i].index), &name);
		canvas_put_cut(c, a, 0, lanes.at[i].col, lanes.width - 1, AT_TITLE, str_get(&name));
	}
	if (v->deeds_n > room)
		first = v->deeds_n - room;
	if ((size_t)v->scroll[PANE_TIME] <= first)
		first -= (size_t)v->scroll[PANE_TIME];
	for (size_t i = first; i < v->deeds_n && i - first < room; i++)
		draw_deed(c, a, (int)(i - first) + 1, s, &lanes, &v->deeds[i]);
	str_finish(&name);
}
