/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who could end a wait: holders of an end, children, owners, those who map a word, ... */
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "world/wait.h"

static bool is_vfork_waker(const struct world *w, u32 task, u32 child)
{
	return w->proc[child].vfork && w->proc[child].creator == task;
}

static void each_holder(const struct world *w, const struct wait *wait, waker_fn *fn, void *ctx)
{
	struct w_end some[16], *ends = some;
	u32 n = world_pipe_ends(w, wait->pipe, wait->access, some, ARRAY_LEN(some));

	if (n > ARRAY_LEN(some)) {
		ends = xmalloc(n * sizeof *ends);
		world_pipe_ends(w, wait->pipe, wait->access, ends, n);
	}
	for (u32 i = 0; i < n; i++)
		fn(w, ends[i].proc, 0, ends[i].fd, ctx);
	if (ends != some)
		free(ends);
}

static int by_number(const void *a, const void *b)
{
	u32 x = *(const u32 *)a, y = *(const u32 *)b;

	return (x > y) - (x < y);
}

static void each_child(
	const struct world *w, u32 task, const struct wait *wait, waker_fn *fn, void *ctx)
{
	VEC(u32) children = {0};

	for (u32 c = w->proc[w->task[task].proc].child_first; c; c = w->proc[c].sibling) {
		if (w->proc[c].ended || !outlook_is_meant(&w->proc[c], wait->pid, wait->group))
			continue;
		if (wait->reason == WHY_VFORK && !is_vfork_waker(w, task, c))
			continue;
		*vec_push(&children) = c;
	}
	if (children.n)
		qsort(children.at, children.n, sizeof *children.at, by_number);
	for (size_t i = 0; i < children.n; i++)
		fn(w, children.at[i], 0, 0, ctx);
	free(children.at);
}

/* Processes that have the memory: mapped (to spin on: so that they can write), or open. */
static bool has_memory(const struct world *w, u32 proc, const struct wait *wait)
{
	u32 vm = maps_of(w, proc), need = wait->reason == WHY_SPIN ? PROT_WRITE : 0;

	if (!wait->segment || vm == wait->proc)
		return vm == wait->proc;
	for (u32 m = w->proc[vm].map_first; m; m = w->map[m].proc_next)
		if (w->map[m].segment == wait->segment && (w->map[m].prot & need) == need)
			return true;
	for (u32 f = w->segment[wait->segment].files; f; f = w->file[f].next)
		for (u32 d = w->file[f].fd_first; d; d = w->fd[d].same)
			if (w->fd[d].fdt == w->proc[proc].fdt)
				return true;
	return false;
}

static void each_of_memory(
	const struct world *w, u32 task, const struct wait *wait, waker_fn *fn, void *ctx)
{
	for (u32 p = 1; p < world_procs(w); p++) {
		if (w->proc[p].ended || (p == w->task[task].proc && w->proc[p].tasks < 2))
			continue; /* who waits cannot end it himself */
		if (has_memory(w, p, wait))
			fn(w, p, 0, 0, ctx);
	}
}

/* Those who have an open file with that access. */
static void each_of_files(const struct world *w, u32 first, u32 access, waker_fn *fn, void *ctx)
{
	for (u32 p = 1; p < world_procs(w); p++)
		for (u32 d = w->proc[p].fdt ? w->fdt[w->proc[p].fdt].first : 0; d; d = w->fd[d].next)
			for (u32 f = first; f; f = w->file[f].next)
				if (f == w->fd[d].file && w->file[f].access & access)
					fn(w, p, 0, d, ctx);
}

/* Who has a socket that one without a peer has exchanged datagrams with: what it waits for may be a question, or an answer. */
static void each_of_talks(const struct world *w, u32 socket, waker_fn *fn, void *ctx)
{
	for (u32 p = 1; p < world_procs(w); p++)
		for (u32 d = w->proc[p].fdt ? w->fdt[w->proc[p].fdt].first : 0; d; d = w->fd[d].next) {
			const struct w_file *f = &w->file[w->fd[d].file];

			if (f->kind == OBJ_SOCKET && socket_talks_with(w, f->object, socket))
				fn(w, p, 0, d, ctx);
		}
}

/* Whose locks are in the way: those who have the table (POSIX locks), or the open file. */
static void each_of_locks(const struct world *w, u32 task, waker_fn *fn, void *ctx)
{
	for (u32 l = world_lock_in_the_way(w, task, 0); l; l = world_lock_in_the_way(w, task, l)) {
		u32 owner = w->lock[l].owner;

		if (w->lock[l].kind != 2)
			each_of_files(w, owner, ACCESS_READ | ACCESS_WRITE, fn, ctx);
		for (u32 p = w->lock[l].kind == 2 ? w->fdt[owner].procs : 0; p; p = w->proc[p].fdt_next)
			fn(w, p, 0, 0, ctx);
	}
}

/* Whoever could make one of those that are waited for ready. */
static void each_of_several(const struct world *w, u32 task, u32 first, int depth, waker_fn *fn, void *ctx)
{
	for (u32 e = first; e && depth < 6; e = w->watch[e].next) {
		u32 file = watch_file(w, task, &w->watch[e]);
		const struct w_file *f = &w->file[file];
		const struct w_counter *c = world_counter(w, f->object);
		struct wait end = {.pipe = f->object};
		struct ipc_wait other;

		switch (file ? f->kind : OBJ_NONE) {
		case OBJ_PIPE: /* the other end, or that it is closed */
			end.access = f->access == ACCESS_READ ? ACCESS_WRITE : f->access == ACCESS_WRITE ? ACCESS_READ
													 : ACCESS_READ | ACCESS_WRITE;
			each_holder(w, &end, fn, ctx);
			break;
		case OBJ_EVENTFD:
		case OBJ_TIMERFD: each_of_files(w, file, ACCESS_READ | ACCESS_WRITE, fn, ctx); break;
		case OBJ_SOCKET:
			socket_poll_wait(w, f->object, &other);
			each_of_files(w, other.files, other.access, fn, ctx);
			if (other.talks_with)
				each_of_talks(w, other.talks_with, fn, ctx);
			break;
		case OBJ_MQ:
			each_of_files(w, w->queue[f->object].files,
				w->watch[e].events & POLLIN ? ACCESS_WRITE : ACCESS_READ, fn, ctx);
			break;
		case OBJ_PIDFD:
			if (c && c->target && !w->proc[c->target].ended)
				fn(w, c->target, 0, 0, ctx);
			break;
		case OBJ_EPOLL:
			if (c)
				each_of_several(w, task, c->watch_first, depth + 1, fn, ctx);
			break;
		default: break;
		}
	}
}

static bool one_of_several_outside(const struct world *w, u32 task, u32 first, int depth)
{
	for (u32 e = first; e && depth < 6; e = w->watch[e].next) {
		u32 file = watch_file(w, task, &w->watch[e]);
		const struct w_file *f = &w->file[file];
		const struct w_counter *c = world_counter(w, f->object);
		struct ipc_wait other;

		switch (file ? f->kind : OBJ_NONE) {
		case OBJ_TTY: return true;
		case OBJ_PIPE:
			if (w->pipe[f->object].outside)
				return true;
			break;
		case OBJ_SOCKET:
			socket_poll_wait(w, f->object, &other);
			if (other.outside)
				return true;
			break;
		case OBJ_EPOLL:
			if (c && one_of_several_outside(w, task, c->watch_first, depth + 1))
				return true;
			break;
		default: break;
		}
	}
	return false;
}

bool wait_several_outside(const struct world *w, u32 task)
{
	return one_of_several_outside(w, task, world_waited_for(w, task), 0);
}

/* Of a System V object, whose id any process may have, the others that are watched. */
static void each_other(const struct world *w, u32 task, waker_fn *fn, void *ctx)
{
	for (u32 p = 1; p < world_procs(w); p++)
		if (!w->proc[p].ended && p != w->task[task].proc)
			fn(w, p, 0, 0, ctx);
}

static bool is_sysv(const struct world *w, u32 task, const struct wait *wait)
{
	u32 call = w->task[task].op.call;

	if (wait->reason == WHY_OTHER && (call == CALL_semop || call == CALL_semtimedop || call == CALL_msgsnd || call == CALL_msgrcv))
		return true; /* on which object is not known */
	return wait->ipc.kind == OBJ_SEMS || (wait->ipc.kind == OBJ_MQ && w->queue[wait->ipc.object].sysv);
}

void wait_end_of_children(const struct world *w, u32 task, waker_fn *fn, void *ctx)
{
	const struct w_proc *p = &w->proc[w->task[task].proc];

	if (!(p->sig_caught & 1ull << (SIGCHLD - 1)))
		return;
	for (u32 c = p->child_first; c; c = w->proc[c].sibling)
		if (!w->proc[c].ended)
			fn(w, c, 0, 0, ctx);
}

void wait_wakers(
	const struct world *w, u32 task, const struct wait *wait, waker_fn *fn, void *ctx)
{
	if (wait->nobody)
		return;
	if (wait->reason == WHY_LOCK) {
		each_of_locks(w, task, fn, ctx);
		return;
	}
	if (wait->reason == WHY_SEVERAL) {
		each_of_several(w, task, world_waited_for(w, task), 0, fn, ctx);
		return;
	}
	if (is_sysv(w, task, wait)) {
		each_other(w, task, fn, ctx);
		return;
	}
	if (wait->ipc.kind) {
		if (wait->ipc.proc)
			fn(w, wait->ipc.proc, 0, 0, ctx);
		each_of_files(w, wait->ipc.files, wait->ipc.access, fn, ctx);
		if (wait->ipc.talks_with)
			each_of_talks(w, wait->ipc.talks_with, fn, ctx);
	} else if (wait->task)
		fn(w, w->task[wait->task].proc, wait->task, 0, ctx);
	else if (wait->segment || wait->proc)
		each_of_memory(w, task, wait, fn, ctx);
	else if (wait->pipe)
		each_holder(w, wait, fn, ctx);
	else if (wait->reason == WHY_CHILD || wait->reason == WHY_VFORK)
		each_child(w, task, wait, fn, ctx);
}
