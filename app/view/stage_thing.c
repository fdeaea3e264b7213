/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Objects without bytes in the picture, each a box of a few lines: eventfd and its count, timerfd, signalfd, pidfd, what an
 * epoll waits for, the values of a semaphore set, the locks of a file. */
#include <stdio.h>
#include <string.h>

#include "view/private.h"
#include "view/stage.h"

enum { LINES_MOST = 4 };

/* Of the open files of one locked file the first stands for all. */
static bool is_first_of_file(const struct scene *s, u32 counter)
{
	const struct w_counter *c = world_counter(s->world, counter);

	for (u32 i = 1; i < counter; i++) {
		const struct w_counter *o = world_counter(s->world, i);
		if (o && o->kind == OBJ_FILE && o->mask == c->mask)
			return false;
	}
	return true;
}

bool thing_is(const struct scene *s, struct thing t, u32 kind, u32 object)
{
	const struct w_counter *a = t.kind == kind ? world_counter(s->world, t.object) : NULL, *b = world_counter(s->world, object);

	return a && b && (t.object == object || (kind == OBJ_FILE && a->mask == b->mask));
}

static u32 locks_of(const struct scene *s, u64 file, u32 *locks, u32 max)
{
	u32 n = 0;

	for (u32 i = 1; i < world_locks(s->world) && n < max; i++) {
		const struct w_lock *l = world_lock(s->world, i);
		if (l && l->ino == file)
			locks[n++] = i;
	}
	return n;
}

u32 thing_next(const struct scene *s, u32 after, struct thing *at)
{
	u32 counters = world_counters(s->world), i = after;

	for (i++; i < counters; i++) {
		const struct w_counter *c = world_counter(s->world, i);

		if (!c || (c->kind == OBJ_FILE && !is_first_of_file(s, i)))
			continue;
		*at = (struct thing){c->kind, i};
		return i;
	}
	for (; i - counters < world_sems_sets(s->world); i++) {
		const struct w_sems *e = world_sems(s->world, i - counters);

		if (!e || e->removed)
			continue;
		*at = (struct thing){OBJ_SEMS, i - counters};
		return i;
	}
	return 0;
}

static u32 add_ends(const struct scene *s, u32 file, struct w_end *at, u32 n, u32 max)
{
	const struct w_file *f = world_file(s->world, file);

	for (u32 i = f ? f->fd_first : 0; i && n < max;) {
		const struct w_fd *d = world_fd(s->world, i);
		const struct w_fdt *t = d ? world_fdt(s->world, d->fdt) : NULL;

		if (t && t->procs)
			at[n++] = (struct w_end){t->procs, i};
		i = d ? d->same : 0;
	}
	return n;
}

u32 thing_holders(const struct scene *s, struct thing t, struct w_end *at, u32 max)
{
	const struct w_counter *c = t.kind == OBJ_SEMS ? NULL : world_counter(s->world, t.object);
	u32 n = 0;

	if (!c)
		return 0;
	if (c->kind != OBJ_FILE)
		return add_ends(s, c->file, at, 0, max);
	for (u32 i = 1; i < world_counters(s->world); i++) {
		const struct w_counter *o = world_counter(s->world, i);
		if (o && o->kind == OBJ_FILE && o->mask == c->mask)
			n = add_ends(s, o->file, at, n, max);
	}
	return n;
}

void thing_title(const struct scene *s, struct thing t, char *title, size_t room)
{
	const struct w_head *h = world_head(s->world);
	bool marked = h->last_object_kind == t.kind && h->last_object == t.object;
	char name[24];

	world_object_name(s->world, t.kind, t.object, name);
	snprintf(title, room, "%s%s", name[0] ? name : "locked file", marked ? " \u25a0" : "");
}

/* ---- lines ---- */

static void add_name_of(const struct scene *s, u32 file, i32 fd, struct str *out)
{
	const struct w_file *f = world_file(s->world, file);
	char name[24] = "";

	if (f)
		world_object_name(s->world, f->kind, f->object, name);
	if (name[0])
		str_add(out, name);
	else
		str_addf(out, "fd %d", fd);
}

static void watched_lines(const struct scene *s, const struct w_counter *c, struct str *out)
{
	str_add(out, "waits for");
	if (!c->watch_first)
		str_add(out, " nothing yet");
	for (u32 e = c->watch_first; e;) {
		const struct w_watch *k = world_watch(s->world, e);
		str_add(out, e == c->watch_first ? " " : ", ");
		add_name_of(s, k->file, k->fd, out);
		e = k->next;
	}
	str_add(out, "\n");
}

static void lock_lines(const struct scene *s, const struct w_counter *c, struct str *out)
{
	u32 locks[LINES_MOST + 1], n = locks_of(s, c->mask, locks, LINES_MOST + 1);

	if (!n)
		str_add(out, "nobody holds a lock\n");
	for (u32 i = 0; i < n; i++) {
		const struct w_lock *l = world_lock(s->world, locks[i]);

		if (i == LINES_MOST - 1 && n > LINES_MOST) {
			str_add(out, "and more\n");
			return;
		}
		words_name(s, l->task, out);
		str_addf(out, " %s", l->exclusive ? "exclusive" : "shared");
		if (l->kind != 1 && l->end == INT64_MAX)
			str_addf(out, " %lld-", (long long)l->start);
		else if (l->kind != 1)
			str_addf(out, " %lld-%lld", (long long)l->start, (long long)l->end);
		str_add(out, "\n");
	}
}

static void sem_lines(const struct scene *s, u32 set, struct str *out)
{
	const struct w_sems *e = world_sems(s->world, set);
	u32 i = 0, sem = e ? e->first : 0;

	for (; sem && i < 6; i++) {
		const struct w_sem *m = world_sem(s->world, sem);
		str_addf(out, m->sure ? "%s[%u] %lld" : "%s[%u] ?", i ? "  " : "", m->index, (long long)m->value);
		sem = m->next;
	}
	str_add(out, sem ? " ...\n" : "\n");
	for (u32 t = 1; t < world_tasks(s->world); t++) {
		const struct w_task *task = world_task(s->world, t);
		u32 at = task && task->state == TASK_BLOCKED ? world_op_sem(s->world, t) : 0;

		if (!at || world_sem(s->world, at)->set != set)
			continue;
		words_name(s, t, out);
		str_addf(out, " waits at [%u]\n", world_sem(s->world, at)->index);
	}
}

static void mask_line(u64 mask, struct str *out)
{
	bool first = true;

	str_add(out, "takes ");
	for (int sig = 1; sig <= 64; sig++)
		if (mask >> (sig - 1) & 1) {
			str_add(out, first ? "" : ", ");
			words_signal(sig, out);
			first = false;
		}
	str_add(out, first ? "no signal\n" : "\n");
}

/* Who sleeps at it has changed nothing. */
static bool count_is_known(const struct scene *s, const struct w_counter *c)
{
	for (u32 t = c->open_ops; t; t = world_task(s->world, t)->op.flow_next)
		if (world_task(s->world, t)->state != TASK_BLOCKED)
			return false;
	return !c->unsure;
}

/* A line each, a newline behind each. */
static void lines_of(const struct scene *s, const struct view_state *v, struct thing t, struct str *out)
{
	const struct w_counter *c = t.kind == OBJ_SEMS ? NULL : world_counter(s->world, t.object);
	bool sure = false, hidden = v->hide & HIDE_FULL;
	const struct w_proc *p;
	char name[24];
	u64 value;

	switch (t.kind) {
	case OBJ_SEMS:
		if (!hidden)
			sem_lines(s, t.object, out);
		return;
	case OBJ_EVENTFD:
		value = world_counter_value(s->world, t.object, &sure);
		if (!hidden && (sure || count_is_known(s, c)))
			str_addf(out, value > UINT32_MAX ? "%llu\n" : "count %llu\n", (unsigned long long)value);
		else if (!hidden)
			str_add(out, "count unknown\n");
		str_add(out, c->semaphore ? "a read takes 1\n" : "a read takes all\n");
		return;
	case OBJ_TIMERFD:
		str_add(out, hidden ? "" : c->due_ns ? "set: real clock\n" : "not set\n");
		if (c->interval_ns) {
			str_add(out, "again every ");
			words_duration(c->interval_ns, out);
			str_add(out, "\n");
		}
		return;
	case OBJ_SIGNALFD: mask_line(c->mask, out); return;
	case OBJ_PIDFD:
		p = world_proc(s->world, c->target);
		str_addf(out, "stands for %s\n", p ? world_proc_name(s->world, c->target, name) : "a process outside");
		if (p && !hidden)
			str_add(out, p->ended ? "which has ended\n" : "which lives\n");
		return;
	case OBJ_EPOLL: watched_lines(s, c, out); return;
	default:
		if (!hidden)
			lock_lines(s, c, out);
	}
}

int thing_rows(const struct scene *s, const struct view_state *v, struct thing t)
{
	struct str lines = {0};
	int n = 0;

	lines_of(s, v, t, &lines);
	for (const char *at = str_get(&lines); *at; at++)
		n += *at == '\n';
	str_finish(&lines);
	return n < 1 ? 1 : n > LINES_MOST ? LINES_MOST : n;
}

void thing_draw_inside(struct canvas *c, struct area a, int row, int col, int cols, const struct scene *s,
	const struct view_state *v, struct thing t)
{
	struct str lines = {0};
	char *at, *end;

	lines_of(s, v, t, &lines);
	at = lines.s;
	for (int i = 0; i < LINES_MOST && at && (end = strchr(at, '\n')); i++, at = end + 1) {
		*end = 0;
		canvas_put_cut(c, a, row + i, col, cols, i ? AT_DIM : AT_STRONG, at);
	}
	str_finish(&lines);
}
