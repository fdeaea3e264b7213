/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a wait is about, in the words that INTERFACES.md promises. */
#include <stdlib.h>
#include <string.h>

#include "view/private.h"
#include "view/report.h"

const char *report_verdict(enum verdict v)
{
	static const char *const names[] = {
		[VERDICT_ENDED] = "ENDED", [VERDICT_HANG] = "HANG", [VERDICT_WAITS] = "WAITS", [VERDICT_RUNS] = "RUNS"};

	return names[v];
}

/* ---- the order in which they are told ---- */

enum { FOLLOWED = 500 }; /* one behind the other; those beyond are begun anew */

static void follow(const struct report *r, u32 task, u32 depth, u8 *told, u32 *order, u32 *n)
{
	struct why y;

	if (told[task] || !world_why_wait(r->scene.world, task, &y))
		return;
	told[task] = 1;
	order[(*n)++] = task;
	for (u32 i = 0; i < y.wakers_n && i < ARRAY_LEN(y.wakers); i++)
		if (y.wakers[i].task && depth < FOLLOWED)
			follow(r, y.wakers[i].task, depth + 1, told, order, n);
}

u32 *report_order(const struct report *r, u32 *n)
{
	u32 tasks = world_tasks(r->scene.world), *order = xmalloc((tasks + 1) * sizeof *order);
	u8 *told = xmalloc(tasks + 1);

	*n = 0;
	for (int stuck = 1; stuck >= 0; stuck--)
		for (u32 t = 1; t < tasks; t++)
			if ((r->standing->of[t] == STANDS_STUCK) == stuck)
				follow(r, t, 0, told, order, n);
	free(told);
	return order;
}

/* ---- one wait ---- */

/* Of several that are waited for the first one with an object that can be named. */
static const struct w_watch *first_watch(const struct scene *s, u32 task, u32 *file)
{
	const struct w_task *t = world_task(s->world, task);

	for (u32 e = world_waited_for(s->world, task); e;) {
		const struct w_watch *w = world_watch(s->world, e);
		u32 fd = w->epoll ? 0 : world_fd_find(s->world, t->proc, w->fd);

		*file = w->epoll ? w->file : fd ? world_fd(s->world, fd)->file : 0;
		if (world_file(s->world, *file))
			return w;
		e = w->next;
	}
	return NULL;
}

i32 report_fd(const struct scene *s, const struct why *y)
{
	const struct w_watch *w;
	u32 file;

	if (y->reason == WHY_SEVERAL)
		return (w = first_watch(s, y->task, &file)) ? w->fd : -1;
	switch (y->reason) {
	case WHY_EMPTY:
	case WHY_FULL:
	case WHY_COUNTER:
	case WHY_LOCK:
	case WHY_TERMINAL: return y->object_kind == OBJ_MQ && world_queue(s->world, y->object)->sysv ? -1 : y->fd;
	case WHY_OTHER: return y->fd;
	default: return -1;
	}
}

static const char *kind_of(const struct scene *s, u32 kind, u32 object)
{
	switch (kind) {
	case OBJ_PIPE: return world_pipe(s->world, object) && world_pipe(s->world, object)->fifo ? "fifo" : "pipe";
	case OBJ_SOCKET: return words_socket_kind(s->world, object);
	case OBJ_MQ: return world_queue(s->world, object) && world_queue(s->world, object)->sysv ? "msg" : "mq";
	case OBJ_SEMS: return "sem";
	case OBJ_TIMERFD: return "timer";
	case OBJ_SIGNALFD: return "signal";
	case OBJ_PIDFD: return "child";
	case OBJ_FILE: return "lock";
	default: return "other";
	}
}

static const char *sync_kind_word(const struct scene *s, u32 sync)
{
	const struct w_sync *x = world_sync(s->world, sync);

	switch (x ? x->kind : 0) {
	case SYNC_SEM: return "sem";
	case SYNC_COND: return "cond";
	case SYNC_MUTEX:
	case SYNC_RWLOCK:
	case SYNC_SPIN: return "mutex";
	default: return "other";
	}
}

/* Which object it is, is not known; what it is, is. */
static const char *kind_by_call(u32 call)
{
	switch (call) {
	case CALL_msgsnd:
	case CALL_msgrcv: return "msg";
	case CALL_semop:
	case CALL_semtimedop: return "sem";
	case CALL_mq_timedsend:
	case CALL_mq_timedreceive: return "mq";
	case CALL_open:
	case CALL_openat: return "fifo";
	case CALL_flock:
	case CALL_fcntl: return "lock";
	default: return "other";
	}
}

const char *report_kind(const struct scene *s, const struct why *y)
{
	u32 file;

	if (y->reason == WHY_SEVERAL) {
		const struct w_file *f = first_watch(s, y->task, &file) ? world_file(s->world, file) : NULL;
		return f ? kind_of(s, f->kind, f->object) : words_nothing_polled(s, y->task) ? "signal" : "other";
	}
	if (y->object_kind)
		return kind_of(s, y->object_kind, y->object);
	if (y->pipe)
		return kind_of(s, OBJ_PIPE, y->pipe);
	if (y->sync)
		return sync_kind_word(s, y->sync);
	switch (y->reason) {
	case WHY_CHILD:
	case WHY_VFORK: return "child";
	case WHY_TIMER: return "timer";
	case WHY_SIGNAL: return "signal";
	case WHY_SPIN: return "shm";
	default: return kind_by_call(y->call);
	}
}

const char *report_reason(const struct scene *s, const struct why *y)
{
	const struct w_sync *x = world_sync(s->world, y->sync);

	switch (y->reason) {
	case WHY_EMPTY: return "empty";
	case WHY_FULL: return "full";
	case WHY_CHILD:
	case WHY_VFORK:
	case WHY_THREAD: return "running";
	case WHY_TIMER: return "time";
	case WHY_SEVERAL: return "not ready";
	case WHY_SIGNAL: return "no signal";
	case WHY_TERMINAL: return "no input";
	case WHY_SEM:
	case WHY_SYSV_SEM: return "too low";
	case WHY_MUTEX: return x && x->owner_died ? "owner ended" : "held";
	case WHY_LOCK: return "held";
	case WHY_COND: return "not signalled";
	case WHY_BARRIER: return "not all there";
	case WHY_SPIN: return "unchanged";
	case WHY_FUTEX: return "unchanged";
	case WHY_OPEN: return "no other end";
	case WHY_COUNTER: return "not ready";
	default: return "unknown";
	}
}

bool report_object(const struct scene *s, const struct why *y, struct str *out)
{
	const struct w_file *f;
	char name[24];
	u32 file;

	if (y->reason == WHY_SEVERAL) {
		f = first_watch(s, y->task, &file) ? world_file(s->world, file) : NULL;
		if (f && f->kind == OBJ_PIPE)
			str_add(out, world_pipe_name(s->world, f->object, name));
		else if (f && f->kind >= OBJ_SOCKET)
			str_add(out, world_object_name(s->world, f->kind, f->object, name));
		return out->len != 0;
	}
	if (y->pipe)
		str_add(out, world_pipe_name(s->world, y->pipe, name));
	else if (y->sync)
		str_add(out, world_sync_name(s->world, y->sync, name));
	else if (y->object_kind)
		str_add(out, world_object_name(s->world, y->object_kind, y->object, name));
	else if ((y->reason == WHY_CHILD || y->reason == WHY_VFORK) && y->wakers_n)
		str_add(out, words_proc(s, y->wakers[0].proc, name));
	else if (y->reason == WHY_THREAD && y->wakers_n && y->wakers[0].task)
		words_name(s, y->wakers[0].task, out);
	else if (y->segment)
		str_add(out, world_segment_name(s->world, y->segment, name));
	return out->len != 0;
}

const char *report_how(const struct w_fd *fd)
{
	static const char *const how[] = {[FD_OPENED] = "opened", [FD_INHERITED] = "inherited", [FD_DUP] = "dup",
		[FD_RECEIVED] = "received", [FD_UNKNOWN] = "unknown"};

	return fd->how < ARRAY_LEN(how) && how[fd->how] ? how[fd->how] : "unknown";
}
