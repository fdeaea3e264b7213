/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is between processes and has no bytes on their way, or no descriptors: System V queues and semaphores, eventfds,
 * locks of files, pidfds; and what is said of each object in the picture. */
#include <string.h>

#include "view/graph.h"
#include "view/private.h"

enum { WAITERS_MOST = 2, SYNCS_MOST = 3, NAMED_MOST = 4, SEMS_MOST = 4 };

/* ---- who has a part in what ---- */

static void hold_task(const struct scene *s, struct graph *g, u32 task, u32 kind, u32 object, u32 access)
{
	const struct w_task *t = world_task(s->world, task);
	int node = t ? graph_node(g, t->proc) : -1;

	if (node >= 0)
		graph_hold(g, node, kind, object, access);
}

/* No descriptor leads to a System V queue: it is of those who made it, are at it, or whose messages the world has. */
static void hold_queue(const struct scene *s, struct graph *g, u32 queue, const struct w_queue *q)
{
	const struct w_flow *f = world_flow(s->world, q->flow);

	for (u32 i = f ? f->span_first : 0; i; i = world_span(s->world, i)->next)
		hold_task(s, g, world_span(s->world, i)->task, OBJ_MQ, queue, ACCESS_WRITE);
	for (size_t i = 0; i < ARRAY_LEN(q->got); i++) {
		hold_task(s, g, q->got[i].sender, OBJ_MQ, queue, ACCESS_WRITE);
		hold_task(s, g, q->got[i].taker, OBJ_MQ, queue, ACCESS_READ);
	}
	for (int i = 0; i < g->tasks_n; i++) {
		u32 t = g->tasks[i], call = world_task(s->world, t)->op.call;

		if (world_op_queue(s->world, t) == queue && (call == CALL_msgrcv || call == CALL_msgsnd))
			hold_task(s, g, t, OBJ_MQ, queue, call == CALL_msgrcv ? ACCESS_READ : ACCESS_WRITE);
	}
}

static void hold_sems(const struct scene *s, struct graph *g, u32 set, const struct w_sems *e)
{
	hold_task(s, g, e->creator, OBJ_SEMS, set, ACCESS_READ | ACCESS_WRITE);
	for (u32 i = e->first; i; i = world_sem(s->world, i)->next)
		hold_task(s, g, world_sem(s->world, i)->last, OBJ_SEMS, set, ACCESS_READ | ACCESS_WRITE);
	for (int i = 0; i < g->tasks_n; i++) {
		const struct w_sem *m = world_sem(s->world, world_op_sem(s->world, g->tasks[i]));

		if (m && m->set == set)
			hold_task(s, g, g->tasks[i], OBJ_SEMS, set, ACCESS_READ);
	}
}

/* Of all locks of one file the first stands for all. */
static u32 first_lock(const struct scene *s, u32 lock)
{
	const struct w_lock *l = world_lock(s->world, lock);

	for (u32 i = 1; i < lock; i++)
		if (world_lock(s->world, i) && world_lock(s->world, i)->ino == l->ino)
			return i;
	return lock;
}

/* A POSIX lock is of a process; others are of an open file, and of all whose descriptors lead to it. */
static void hold_lock(const struct scene *s, struct graph *g, u32 lock, const struct w_lock *l)
{
	const struct w_file *f = l->kind != 2 ? world_file(s->world, l->owner) : NULL;
	bool any = false;

	for (u32 i = f ? f->fd_first : 0; i; i = world_fd(s->world, i)->same) {
		const struct w_fdt *t = world_fdt(s->world, world_fd(s->world, i)->fdt);
		int node = t ? graph_node(g, t->procs) : -1;

		if (node >= 0)
			graph_hold(g, node, OBJ_FILE, first_lock(s, lock), ACCESS_WRITE);
		any |= node >= 0;
	}
	if (!any)
		hold_task(s, g, l->task, OBJ_FILE, first_lock(s, lock), ACCESS_WRITE);
}

static bool is_blocked(const struct scene *s, u32 task)
{
	const struct w_task *t = world_task(s->world, task);

	return t && t->state == TASK_BLOCKED;
}

/* Named semaphores: memory that holds nothing else, of all who map it. Those that somebody waits for come first. */
static void hold_named(const struct scene *s, struct graph *g)
{
	int n = 0;

	for (int waited = 1; waited >= 0; waited--)
		for (u32 i = 1; i < world_syncs(s->world) && n < NAMED_MOST; i++) {
			const struct w_sync *x = world_sync(s->world, i);
			const struct w_segment *seg = x && !x->destroyed ? world_segment(s->world, x->segment) : NULL;

			if (!seg || seg->name || seg->gone || (x->wait_first != 0) != waited)
				continue;
			for (u32 m = seg->map_first; m; m = world_map(s->world, m)->segment_next) {
				int node = graph_node(g, world_map(s->world, m)->proc);
				if (node >= 0)
					graph_hold(g, node, GRAPH_SYNC, i, ACCESS_READ | ACCESS_WRITE);
			}
			n++;
		}
}

void graph_hold_others(const struct scene *s, struct graph *g)
{
	for (u32 i = 1; i < world_queues(s->world); i++) {
		const struct w_queue *q = world_queue(s->world, i);
		if (q && q->sysv && !q->gone)
			hold_queue(s, g, i, q);
	}
	for (u32 i = 1; i < world_sems_sets(s->world); i++) {
		const struct w_sems *e = world_sems(s->world, i);
		if (e && !e->removed)
			hold_sems(s, g, i, e);
	}
	hold_named(s, g);
	for (u32 i = 1; i < world_locks(s->world); i++) {
		const struct w_lock *l = world_lock(s->world, i);
		if (l)
			hold_lock(s, g, i, l);
	}
	for (int i = 0; i < g->tasks_n; i++) {
		u32 t = g->tasks[i], lock = is_blocked(s, t) ? world_lock_in_the_way(s->world, t, 0) : 0;
		if (lock)
			hold_task(s, g, t, OBJ_FILE, first_lock(s, lock), ACCESS_READ);
	}
	for (u32 i = 1; i < world_counters(s->world); i++) {
		const struct w_counter *c = world_counter(s->world, i);
		int node = c && c->kind == OBJ_PIDFD ? graph_node(g, c->target) : -1;
		if (node >= 0) /* whoever has it looks at that process */
			graph_hold(g, node, OBJ_PIDFD, i, ACCESS_WRITE);
	}
}

/* ---- who waits ---- */

/* A read of it, or a poll, select or epoll_wait for it among others. */
static bool waits_for_file(const struct scene *s, u32 task, u32 kind, u32 object)
{
	const struct w_task *t = world_task(s->world, task);
	const struct w_file *f = world_file(s->world, t->op.file);
	bool any = f && f->kind == kind && f->object == object;

	for (u32 i = world_waited_for(s->world, task); i && !any; i = world_watch(s->world, i)->next) {
		const struct w_watch *e = world_watch(s->world, i);
		const struct w_fd *d = e->epoll ? NULL : world_fd(s->world, world_fd_find(s->world, t->proc, e->fd));

		f = world_file(s->world, e->epoll ? e->file : d ? d->file : 0);
		any = f && f->kind == kind && f->object == object;
	}
	return any;
}

/* The object that a blocked task waits for is that of the link. */
static bool waits_at(const struct scene *s, u32 task, const struct link *l)
{
	const struct w_sem *m;
	const struct w_sync *x;
	u32 lock;

	switch (l->kind) {
	case OBJ_PIPE: return world_op_pipe(s->world, task) == l->object;
	case OBJ_MQ: return world_op_queue(s->world, task) == l->object;
	case OBJ_SEMS:
		m = world_sem(s->world, world_op_sem(s->world, task));
		return m && m->set == l->object;
	case OBJ_FILE:
		lock = world_lock_in_the_way(s->world, task, 0);
		return lock && first_lock(s, lock) == l->object;
	case OBJ_SEGMENT:
		x = world_sync(s->world, world_task(s->world, task)->waits_on);
		return x && x->segment == l->object;
	case GRAPH_SYNC: return world_task(s->world, task)->waits_on == l->object;
	case OBJ_EVENTFD:
	case OBJ_PIDFD: return waits_for_file(s, task, l->kind, l->object);
	default: return false;
	}
}

bool graph_is_waited_for(const struct scene *s, const struct graph *g, const struct link *l)
{
	for (int i = 0; i < g->tasks_n; i++)
		if (is_blocked(s, g->tasks[i]) && waits_at(s, g->tasks[i], l))
			return true;
	return false;
}

/* ", P2 waits", ", P2 and 3 more wait" */
static void add_waiters(const struct scene *s, const struct graph *g, const struct link *l, struct str *out)
{
	u32 n = 0;
	struct str names = {0};

	for (int i = 0; i < g->tasks_n; i++) {
		if (!is_blocked(s, g->tasks[i]) || !waits_at(s, g->tasks[i], l))
			continue;
		if (n++ >= WAITERS_MOST)
			continue;
		str_add(&names, n > 1 ? ", " : "");
		words_name(s, g->tasks[i], &names);
	}
	if (n)
		str_addf(out, ", %s", str_get(&names));
	if (n > WAITERS_MOST)
		str_addf(out, " and %u more", n - WAITERS_MOST);
	if (n)
		str_add(out, n > 1 ? " wait" : " waits");
	str_finish(&names);
}

/* ---- what is said of each ---- */

static void pipe_text(const struct scene *s, u32 pipe, struct str *out)
{
	const struct w_pipe *p = world_pipe(s->world, pipe);
	char name[24];

	str_add(out, world_pipe_name(s->world, pipe, name));
	if (p->fill > 0 && (u64)p->fill >= p->capacity)
		str_add(out, " FULL");
	else if (p->fill > 0)
		str_addf(out, " %lld B", (long long)p->fill);
}

/* "msg1 2 messages, first "job"" */
static void queue_text(const struct scene *s, u32 queue, struct str *out)
{
	const struct w_queue *q = world_queue(s->world, queue);
	const struct w_flow *f = q ? world_flow(s->world, q->flow) : NULL;
	const struct w_span *m = f ? world_span(s->world, f->span_first) : NULL;
	const u8 *bytes;
	u32 n;

	if (!q || !q->known)
		return;
	if (!q->count)
		str_add(out, " empty");
	else
		str_addf(out, " %lld message%s", (long long)q->count, q->count == 1 ? "" : "s");
	if (!q->count || !m || !f->spans_sure || !bytes_of_write(s->log, m->pos, &bytes, &n))
		return;
	str_add(out, q->count == 1 ? " " : ", first ");
	words_bytes(bytes, n < m->len ? n : (size_t)m->len, m->len, out);
}

static void sems_text(const struct scene *s, u32 set, struct str *out)
{
	const struct w_sems *e = world_sems(s->world, set);
	u32 sem = e ? e->first : 0;

	for (u32 i = 0; sem && i < SEMS_MOST; i++) {
		const struct w_sem *m = world_sem(s->world, sem);
		str_addf(out, m->sure ? " [%u]=%lld" : " [%u]=?", m->index, (long long)m->value);
		sem = m->next;
	}
	str_add(out, sem ? " ..." : "");
}

/* "sem1=0", "mutex1 held by P2" */
static void sync_text(const struct scene *s, u32 sync, struct str *out)
{
	const struct w_sync *x = world_sync(s->world, sync);
	char name[24];

	str_add(out, world_sync_name(s->world, sync, name));
	if (x->kind == SYNC_SEM && x->value_sure)
		str_addf(out, "=%lld", (long long)x->value);
	if (x->owner)
		str_addf(out, " held by %s", world_task_name(s->world, x->owner, name));
}

/* Semaphores, mutexes, ... that lie in a segment. */
static void segment_text(const struct scene *s, u32 segment, struct str *out)
{
	u32 said = 0;

	for (u32 i = 1; i < world_syncs(s->world); i++) {
		const struct w_sync *x = world_sync(s->world, i);

		if (!x || x->segment != segment || x->destroyed || said++ >= SYNCS_MOST)
			continue;
		str_add(out, " ");
		sync_text(s, i, out);
	}
	str_add(out, said > SYNCS_MOST ? " ..." : "");
}

static void lock_text(const struct scene *s, u32 lock, struct str *out)
{
	const struct w_lock *l = world_lock(s->world, lock);
	const char *path = l ? world_text(s->world, l->title) : "", *last = strrchr(path, '/');

	str_add(out, l && l->exclusive ? "exclusive lock" : "shared lock");
	if (!path[0])
		return;
	str_add(out, " of ");
	last = last ? last + 1 : path;
	str_add_escaped(out, last, strlen(last));
}

void graph_text(const struct scene *s, const struct graph *g, const struct link *l, struct str *out)
{
	const struct w_counter *c;
	char name[24];
	bool sure;
	u64 value;

	switch (l->kind) {
	case GRAPH_FAMILY: return;
	case OBJ_PIPE: pipe_text(s, l->object, out); return;
	case OBJ_SEGMENT:
		str_add(out, world_segment_name(s->world, l->object, name));
		segment_text(s, l->object, out);
		break;
	case GRAPH_SYNC: sync_text(s, l->object, out); break;
	case OBJ_FILE: lock_text(s, l->object, out); break;
	default: str_add(out, world_object_name(s->world, l->kind, l->object, name));
	}
	if (l->kind == OBJ_MQ)
		queue_text(s, l->object, out);
	if (l->kind == OBJ_SEMS)
		sems_text(s, l->object, out);
	if (l->kind == OBJ_EVENTFD) {
		value = world_counter_value(s->world, l->object, &sure);
		c = world_counter(s->world, l->object);
		if (sure || (c && !c->unsure))
			str_addf(out, " count %llu", (unsigned long long)value);
	}
	if (l->kind != OBJ_SOCKET)
		add_waiters(s, g, l, out);
}
