/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Waiting for several: poll(2), select(2), epoll(7). What each descriptor that is waited for would say now, from the world;
 * what the world does not follow (terminals, clocks, processes outside) says nothing either way.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/epoll.h>

#include "world/private.h"

enum { NESTED_MOST = 5 }; /* EP_MAX_NESTS of fs/eventpoll.c */

/* ---- is it ready? ---- */

static enum outlook pipe_ready(const struct world *w, const struct w_file *f, u32 events)
{
	const struct w_pipe *p = &w->pipe[f->object];
	bool busy = false;

	for (u32 t = p->open_ops; t; t = op_next(w, t, f->object))
		busy |= w->task[t].state != TASK_BLOCKED;
	if (p->outside || p->ghost_put || p->ghost_take || busy || p->openers || p->read_due || p->pump_due)
		return OUTLOOK_UNKNOWN;
	/* POLLHUP and POLLERR are told unasked. A FIFO opened before anybody wrote says no POLLHUP. */
	if (f->access & ACCESS_READ && (!p->writers || (events & POLLIN && p->fill > 0)))
		return p->fifo && !p->writers && p->fill <= 0 ? OUTLOOK_UNKNOWN : OUTLOOK_GOES;
	if (f->access & ACCESS_WRITE && !p->readers)
		return OUTLOOK_GOES;
	if (!(f->access & ACCESS_WRITE) || !(events & POLLOUT))
		return OUTLOOK_BLOCKS;
	if (!p->slots_sure)
		return OUTLOOK_UNKNOWN;
	return p->slot_count < p->slots_max ? OUTLOOK_GOES : OUTLOOK_BLOCKS;
}

static enum outlook ready(const struct world *w, u32 file, u32 events, int depth);

static enum outlook epoll_ready(const struct world *w, const struct w_counter *c, int depth)
{
	enum outlook all = OUTLOOK_BLOCKS;

	if (c->unsure || depth > NESTED_MOST)
		return OUTLOOK_UNKNOWN;
	for (u32 e = c->watch_first; e; e = w->watch[e].next) {
		enum outlook one = ready(w, w->watch[e].file, w->watch[e].events, depth + 1);

		if (w->watch[e].events & (EPOLLET | EPOLLONESHOT))
			one = OUTLOOK_UNKNOWN; /* told once, perhaps already */
		if (one == OUTLOOK_GOES)
			return one;
		all = one == OUTLOOK_UNKNOWN ? one : all;
	}
	return all;
}

static enum outlook counter_ready(const struct world *w, const struct w_file *f, u32 events, int depth)
{
	const struct w_counter *c = &w->counter[f->object];
	bool sure;
	u64 value;

	switch (f->kind) {
	case OBJ_EVENTFD:
		value = world_counter_value(w, f->object, &sure);
		for (u32 t = c->open_ops; t && !c->unsure; t = w->task[t].op.flow_next) {
			if (w->task[t].state != TASK_BLOCKED)
				return OUTLOOK_UNKNOWN;
		}
		if (c->unsure)
			return OUTLOOK_UNKNOWN;
		return (events & POLLIN && value > 0) || (events & POLLOUT && value < UINT64_MAX - 1) ? OUTLOOK_GOES : OUTLOOK_BLOCKS;
	case OBJ_TIMERFD: return c->due_ns || c->unsure ? OUTLOOK_UNKNOWN : OUTLOOK_BLOCKS;
	case OBJ_PIDFD:
		if (!c->target || !(events & POLLIN))
			return c->target ? OUTLOOK_BLOCKS : OUTLOOK_UNKNOWN;
		return w->proc[c->target].ended ? OUTLOOK_GOES : OUTLOOK_BLOCKS;
	case OBJ_EPOLL: return events & POLLIN ? epoll_ready(w, c, depth) : OUTLOOK_BLOCKS;
	default: return OUTLOOK_UNKNOWN;
	}
}

static enum outlook ready(const struct world *w, u32 file, u32 events, int depth)
{
	const struct w_file *f = file && w->file[file].used ? &w->file[file] : NULL;

	if (!f)
		return OUTLOOK_UNKNOWN;
	switch (f->kind) {
	case OBJ_PIPE: return pipe_ready(w, f, events);
	case OBJ_EVENTFD:
	case OBJ_SIGNALFD:
	case OBJ_TIMERFD:
	case OBJ_PIDFD:
	case OBJ_EPOLL: return counter_ready(w, f, events, depth);
	case OBJ_SOCKET: return socket_ready(w, f->object, events);
	default: return OUTLOOK_UNKNOWN; /* queues (whoever knows the name), terminals */
	}
}

enum outlook world_ready(const struct world *w, u32 file, u32 events)
{
	return ready(w, file, events, 0);
}

/* ---- poll and select: what they ask for ---- */

static bool is_epoll(u32 call)
{
	return call == CALL_epoll_wait || call == CALL_epoll_pwait || call == CALL_epoll_pwait2;
}

void poll_begin(struct world *w, u32 task, const struct ev_enter *ev)
{
	struct w_op *op = &w->task[task].op;
	struct pollfd p;
	u32 *link = &op->object;

	if (is_epoll(op->call))
		return;
	for (u32 i = 0; i < ev->held / sizeof p; i++) {
		u32 index;

		memcpy(&p, ev->contents + i * sizeof p, sizeof p);
		index = p.fd >= 0 ? pool_take(w, POOL_WATCH) : 0;
		if (!index)
			continue;
		w->watch[index].fd = p.fd;
		w->watch[index].events = (u16)p.events;
		*link = index;
		link = &w->watch[index].next;
	}
}

void poll_leave(struct world *w, u32 task)
{
	struct w_op *op = &w->task[task].op;

	if (is_epoll(op->call))
		return;
	while (op->object) {
		u32 next = w->watch[op->object].next;

		pool_give(w, POOL_WATCH, op->object);
		op->object = next;
	}
}

static u32 epoll_of(const struct world *w, const struct w_task *t)
{
	const struct w_file *f = outlook_file(w, t);

	return f && f->kind == OBJ_EPOLL ? f->object : 0;
}

u32 world_waited_for(const struct world *w, u32 task)
{
	const struct w_task *t = world_task(w, task);

	if (!t || call_class(t->op.call) != CLASS_POLL)
		return 0;
	if (is_epoll(t->op.call))
		return epoll_of(w, t) ? w->counter[epoll_of(w, t)].watch_first : 0;
	return t->op.object;
}

u32 watch_file(const struct world *w, u32 task, const struct w_watch *watch)
{
	u32 fd = watch->epoll ? 0 : world_fd_find(w, w->task[task].proc, watch->fd);

	return watch->epoll ? watch->file : fd ? w->fd[fd].file : 0;
}

enum outlook poll_outlook(const struct world *w, u32 task)
{
	const struct w_task *t = &w->task[task];
	enum outlook all = OUTLOOK_BLOCKS;
	u32 n = 0;

	if (t->op.arg == 0)
		return OUTLOOK_GOES;
	if (is_epoll(t->op.call))
		return epoll_of(w, t) ? epoll_ready(w, &w->counter[epoll_of(w, t)], 0) : OUTLOOK_UNKNOWN;
	for (u32 e = t->op.object; e; e = w->watch[e].next, n++) {
		enum outlook one = ready(w, watch_file(w, task, &w->watch[e]), w->watch[e].events, 0);

		if (one == OUTLOOK_GOES)
			return one;
		all = one == OUTLOOK_UNKNOWN ? one : all;
	}
	return n * sizeof(struct pollfd) < t->op.held ? OUTLOOK_UNKNOWN : /* negative ones were asked, or the pool is full */
	       t->op.size > n ? OUTLOOK_UNKNOWN : all;
}

/* A settled point: who sleeps though something he waits for is there. */
void poll_check_sleepers(struct world *w)
{
	if (w->h->use[POOL_WATCH].n <= 1)
		return;
	for (u32 t = 1; t < w->h->use[POOL_TASK].n; t++)
		if (w->task[t].state == TASK_BLOCKED && w->task[t].op.open && call_class(w->task[t].op.call) == CLASS_POLL &&
			poll_outlook(w, t) == OUTLOOK_GOES)
			world_drift(w, "%s of task %u sleeps at event %llu, though one of its descriptors is ready",
				call_name(w->task[t].op.call), t, (unsigned long long)world_now(w));
}

/* ---- epoll_ctl ---- */

void watches_forget(struct world *w, u32 file)
{
	while (w->file[file].watched) {
		u32 e = w->file[file].watched, *link = &w->counter[w->watch[e].epoll].watch_first;

		w->file[file].watched = w->watch[e].of_file;
		while (*link && *link != e)
			link = &w->watch[*link].next;
		if (*link)
			*link = w->watch[e].next;
		pool_give(w, POOL_WATCH, e);
	}
}

static void ctl_enter(struct world *w, u32 task, const struct ev_enter *ev)
{
	struct w_op *op = &w->task[task].op;

	(void)ev;
	op->file = call_hold_file(w, task, op->fd);
	op->file2 = call_hold_file(w, task, op->fd2);
	op->alone = 1;
	/* others on the same epoll at the same time: either may come first */
	for (u32 t = 1; t < w->h->use[POOL_TASK].n; t++) {
		struct w_op *other = &w->task[t].op;
		if (t == task || !other->open || other->call != CALL_epoll_ctl || other->file != op->file)
			continue;
		op->alone = other->alone = 0;
	}
}

static u32 watch_find(const struct world *w, u32 epoll, u32 file, i32 fd)
{
	u32 e = w->counter[epoll].watch_first;

	while (e && (w->watch[e].file != file || w->watch[e].fd != fd))
		e = w->watch[e].next;
	return e;
}

static void watch_add(struct world *w, u32 epoll, const struct w_op *op)
{
	u32 e = pool_take(w, POOL_WATCH), *link = &w->counter[epoll].watch_first;

	if (!e)
		return;
	while (*link)
		link = &w->watch[*link].next;
	*link = e;
	w->watch[e].epoll = epoll;
	w->watch[e].fd = op->fd2;
	w->watch[e].file = op->file2;
	w->watch[e].events = (u32)op->size;
	w->watch[e].of_file = w->file[op->file2].watched;
	w->file[op->file2].watched = e;
}

void watch_found(struct world *w, u32 epoll, u32 file, i32 fd, u32 events)
{
	struct w_op op = {.fd2 = fd, .file2 = file, .size = events};

	if (!watch_find(w, epoll, file, fd))
		watch_add(w, epoll, &op);
}

static void watch_remove(struct world *w, u32 e)
{
	u32 *link = &w->counter[w->watch[e].epoll].watch_first;

	while (*link != e)
		link = &w->watch[*link].next;
	*link = w->watch[e].next;
	link = &w->file[w->watch[e].file].watched;
	while (*link != e)
		link = &w->watch[*link].of_file;
	*link = w->watch[e].of_file;
	pool_give(w, POOL_WATCH, e);
}

static void ctl_exit(struct world *w, u32 task, const struct ev_exit *ev)
{
	const struct w_op *op = &w->task[task].op;
	u32 epoll = op->file && w->file[op->file].kind == OBJ_EPOLL ? w->file[op->file].object : 0, e;
	bool ok = true;

	if (!epoll)
		return;
	if (!op->file2) { /* of something the world does not follow: it may be ready at any time */
		w->counter[epoll].unsure |= ev->ret == 0 && op->arg == EPOLL_CTL_ADD;
		return;
	}
	e = watch_find(w, epoll, op->file2, op->fd2);
	if (ev->ret == -EEXIST)
		ok = e != 0;
	else if (ev->ret == -ENOENT || (ev->ret == 0 && op->arg != EPOLL_CTL_ADD))
		ok = !e == (ev->ret != 0);
	else if (ev->ret == 0)
		ok = !e;
	if (ok || !op->alone || w->counter[epoll].unsure)
		world_explain(w);
	else
		world_drift(w, "epoll_ctl(%d, %d) of task %u returned %lld at event %llu, which its watches do not explain", op->fd,
			op->fd2, task, (long long)ev->ret, (unsigned long long)world_now(w));
	w->counter[epoll].touched_seq = world_now(w);
	if (ev->ret != 0)
		return;
	if (op->arg == EPOLL_CTL_DEL && e)
		watch_remove(w, e);
	else if (e)
		w->watch[e].events = (u32)op->size;
	else if (op->arg == EPOLL_CTL_ADD)
		watch_add(w, epoll, op);
}
const struct ipc_rule counter_rule_ctl = {.enter = ctl_enter, .exit = ctl_exit};
