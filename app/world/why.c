/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Why a task waits, and who could end the wait, from the world alone. HANG is proven, never timed:
 * follow from the task to those who could wake it; if none of those reached can move by itself,
 * nobody is left, and the answer is the cycle in which they wait for one another.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "world/private.h"

/* ---- one wait ---- */

struct wait {
	enum why_reason reason;
	u32 pipe, access; /* an end of this kind could end it */
	i32 pid;          /* WHY_CHILD: this child, 0 any */
	u32 sync, segment; /* what lies in memory: whoever has that could end it; segment 0: proc's own */
	u64 off;
	u32 proc;         /* own memory of this process */
	u32 task;         /* this task alone could end it: an owner, a thread joined */
	u32 group;        /* a child of this process group, 0 any */
	bool nobody;      /* the owner died with it: no one left can give it back */
	struct ipc_wait ipc; /* kind set: on another object */
	bool anybody;     /* it has a name by which those who do not have it yet could open it */
	u64 timeout;
	bool open_ended; /* a clock, a signal, somebody outside, or what the world does not know may end it */
};

static void wait_on_pipe(const struct world *w, struct wait *wait, enum why_reason reason, u32 pipe)
{
	const struct w_pipe *p = &w->pipe[pipe];

	wait->reason = reason;
	wait->pipe = pipe;
	wait->access = reason == WHY_EMPTY ? ACCESS_WRITE : ACCESS_READ;
	wait->anybody = p->fifo && !p->unlinked;
	wait->open_ended = p->outside || p->ghost_put || p->ghost_take ||
			   (reason == WHY_EMPTY && (p->fill > 0 || p->writers == 0)) ||
			   (reason == WHY_FULL && (p->pump_due || p->readers == 0));
}

static void wait_in_transfer(const struct world *w, const struct w_task *t, struct wait *wait)
{
	const struct w_file *f = outlook_file(w, t);
	bool reads = call_class(t->op.call) == CLASS_READ;

	if (f && f->kind == OBJ_PIPE)
		wait_on_pipe(w, wait, reads ? WHY_EMPTY : WHY_FULL, f->object);
	else if (f && f->kind == OBJ_TTY)
		wait->reason = WHY_TERMINAL;
}

static void wait_in_splice(const struct world *w, const struct w_task *t, struct wait *wait)
{
	if (t->op.pipe && t->op.role != ACCESS_WRITE && w->pipe[t->op.pipe].fill <= 0)
		wait_on_pipe(w, wait, WHY_EMPTY, t->op.pipe);
	else if (t->op.pipe2 || t->op.role == ACCESS_WRITE)
		wait_on_pipe(w, wait, WHY_FULL, t->op.pipe2 ? t->op.pipe2 : t->op.pipe);
}

static void wait_in_open(const struct world *w, const struct w_task *t, struct wait *wait)
{
	if (!t->op.object || !t->op.role)
		return;
	wait->reason = WHY_OPEN;
	wait->pipe = t->op.object;
	wait->access = ACCESS_READ + ACCESS_WRITE - t->op.role;
	wait->anybody = !w->pipe[wait->pipe].unlinked;
	wait->open_ended = w->pipe[wait->pipe].outside || fifo_outlook(w, t) != OUTLOOK_BLOCKS;
}

static bool has_living_child(const struct world *w, u32 proc)
{
	for (u32 c = w->proc[proc].child_first; c; c = w->proc[c].sibling)
		if (!w->proc[c].ended)
			return true;
	return false;
}

static bool has_vfork_child(const struct world *w, u32 task)
{
	for (u32 c = w->proc[w->task[task].proc].child_first; c; c = w->proc[c].sibling)
		if (w->proc[c].vfork && w->proc[c].creator == task)
			return true;
	return false;
}

/* ---- waits for memory, and for what lies in it ---- */

static void wait_on_place(const struct world *w, u32 task, struct wait *wait, u32 segment, u64 off)
{
	const struct w_segment *s = &w->segment[segment];

	wait->segment = segment;
	wait->off = off;
	wait->proc = segment ? 0 : maps_of(w, w->task[task].proc);
	wait->open_ended = segment && !s->creator; /* those who made it are not watched */
	wait->anybody = segment && s->title && !s->unlinked &&
			(s->kind == SEGMENT_POSIX || s->kind == SEGMENT_FILE);
}

static void wait_for_owner(const struct w_sync *s, struct wait *wait)
{
	wait->reason = WHY_MUTEX;
	if (s->owner_died) {
		wait->nobody = !s->robust;
		wait->open_ended = s->robust;
	} else if (s->owner && !(s->shaky & 1)) {
		wait->task = s->owner;
	} else if (!s->owner && s->value <= 0) {
		wait->open_ended = true; /* free, or locked before anybody looked */
	} else {
		return;
	}
	wait->anybody = false;
}

static void wait_on_sync(const struct world *w, u32 task, struct wait *wait)
{
	const struct w_op *op = &w->task[task].op;
	u32 sync = op->relocking && op->sync2 ? op->sync2 : op->sync;
	const struct w_sync *s = &w->sync[sync];

	wait->sync = sync;
	wait_on_place(w, task, wait, s->segment, s->off);
	switch (s->kind) {
	case SYNC_SEM:
		wait->reason = WHY_SEM;
		wait->open_ended |= s->value > 0 && s->value_sure;
		break;
	case SYNC_COND: wait->reason = WHY_COND; break;
	case SYNC_BARRIER:
		wait->reason = WHY_BARRIER;
		wait->open_ended |= s->limit && op->done != s->generation;
		break;
	default: wait_for_owner(s, wait);
	}
	if (sync_is_timed(op->call) && !op->relocking) {
		wait->timeout = op->hash;
		wait->open_ended |= op->hash != TIME_NONE;
	}
}

static void wait_in_join(const struct world *w, u32 task, struct wait *wait)
{
	u32 target = join_target(w, task);

	wait->reason = WHY_THREAD;
	wait->task = target;
	wait->proc = target ? 0 : w->task[task].proc; /* any of its threads */
	wait->open_ended = target && !task_lives(w, target);
}

static void wait_in_futex(const struct world *w, u32 task, struct wait *wait)
{
	const struct w_op *op = &w->task[task].op;

	wait->reason = WHY_FUTEX;
	wait->timeout = op->hash ? op->hash : TIME_NONE;
	wait->segment = op->segment;
	wait->off = op->off;
}

static void wait_spinning(const struct world *w, u32 task, struct wait *wait)
{
	const struct w_op *op = &w->task[task].op;

	wait->reason = WHY_SPIN;
	wait_on_place(w, task, wait, op->segment, op->off);
	if (w->segment[op->segment].owner)
		wait->proc = w->segment[op->segment].owner;
}

/* As the family of the call says. */
static bool wait_by_rule(const struct world *w, u32 task, struct wait *wait)
{
	struct ipc_wait ipc;

	if (!ipc_wait_of(w, task, &ipc))
		return false;
	wait->ipc = ipc;
	wait->reason = ipc.reason;
	wait->timeout = ipc.timeout;
	wait->anybody = ipc.anybody;
	wait->open_ended = ipc.open_ended;
	wait->off = ipc.off;
	return true;
}

/* What a blocked or spinning task waits for. Unless it is a pipe's end or a child, the wait is open-ended. */
static void classify(const struct world *w, u32 task, struct wait *wait)
{
	const struct w_task *t = &w->task[task];

	*wait = (struct wait){.reason = WHY_OTHER, .timeout = TIME_NONE, .open_ended = true};
	if (wait_by_rule(w, task, wait))
		return;
	switch (call_class(t->op.call)) {
	case CLASS_READ:
	case CLASS_WRITE: wait_in_transfer(w, t, wait); break;
	case CLASS_SPLICE:
	case CLASS_TEE:
	case CLASS_VMSPLICE: wait_in_splice(w, t, wait); break;
	case CLASS_WAIT:
		wait->reason = WHY_CHILD;
		wait->pid = outlook_pid(&t->op);
		wait->group = outlook_group(&t->op);
		wait->anybody = wait->group != 0; /* setpgid(2): others may join it */
		wait->open_ended = outlook_wait(w, t) != OUTLOOK_BLOCKS;
		break;
	case CLASS_SLEEP:
		wait->reason = WHY_TIMER;
		wait->timeout = t->op.arg;
		break;
	case CLASS_POLL:
		wait->reason = WHY_SEVERAL;
		wait->timeout = t->op.arg;
		/* A child's end may end it, by SIGCHLD (make waits so for its jobs). */
		wait->open_ended = t->op.arg != TIME_NONE || poll_outlook(w, task) != OUTLOOK_BLOCKS ||
				   has_living_child(w, t->proc);
		break;
	case CLASS_PAUSE: wait->reason = WHY_SIGNAL; break;
	case CLASS_FUTEX: wait_in_futex(w, task, wait); break;
	case CLASS_OPEN: wait_in_open(w, t, wait); break;
	case CLASS_ACCESS:
		if (t->state == TASK_SPINNING)
			wait_spinning(w, task, wait);
		break;
	case CLASS_SYNC:
		if (t->op.sync)
			wait_on_sync(w, task, wait);
		else if (sync_kind(t->op.call) == SYNC_THREAD)
			wait_in_join(w, task, wait);
		break;
	case CLASS_FORK:
		if (!has_vfork_child(w, task))
			break;
		wait->reason = WHY_VFORK;
		wait->open_ended = false;
		break;
	default: break;
	}
}

static bool is_vfork_waker(const struct world *w, u32 task, u32 child)
{
	return w->proc[child].vfork && w->proc[child].creator == task;
}

/* Those who could end the wait, in order of their names: processes (task 0: any of its tasks), with
 * an fd entry where it is by one; or one task. */
typedef void waker_fn(const struct world *, u32 proc, u32 task, u32 fd, void *ctx);

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

		switch (file ? f->kind : OBJ_NONE) {
		case OBJ_PIPE: /* the other end, or that it is closed */
			end.access = f->access == ACCESS_READ ? ACCESS_WRITE : f->access == ACCESS_WRITE ? ACCESS_READ
													 : ACCESS_READ | ACCESS_WRITE;
			each_holder(w, &end, fn, ctx);
			break;
		case OBJ_EVENTFD:
		case OBJ_TIMERFD: each_of_files(w, file, ACCESS_READ | ACCESS_WRITE, fn, ctx); break;
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

static void each_waker(
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
	if (wait->ipc.kind) {
		if (wait->ipc.proc)
			fn(w, wait->ipc.proc, 0, 0, ctx);
		each_of_files(w, wait->ipc.files, wait->ipc.access, fn, ctx);
	} else if (wait->task)
		fn(w, w->task[wait->task].proc, wait->task, 0, ctx);
	else if (wait->segment || wait->proc)
		each_of_memory(w, task, wait, fn, ctx);
	else if (wait->pipe)
		each_holder(w, wait, fn, ctx);
	else if (wait->reason == WHY_CHILD || wait->reason == WHY_VFORK)
		each_child(w, task, wait, fn, ctx);
}

/* ---- who can move by himself ---- */

static bool can_move(const struct world *w, u32 task)
{
	struct wait wait;

	if (w->task[task].state != TASK_BLOCKED && w->task[task].state != TASK_SPINNING)
		return task_lives(w, task);
	classify(w, task, &wait);
	return wait.open_ended || signals_timer_pending(w, w->task[task].proc); /* a timer that is set may end any wait */
}

struct walk {
	VEC(u32) found; /* tasks in the order they were reached */
	u8 *seen;       /* by task number */
};

static void walk_add(struct walk *walk, u32 task)
{
	if (walk->seen[task])
		return;
	walk->seen[task] = 1;
	*vec_push(&walk->found) = task;
}

static void walk_process(const struct world *w, u32 proc, u32 task, u32 fd, void *ctx)
{
	(void)fd;
	if (task) {
		if (task_lives(w, task))
			walk_add(ctx, task);
		return;
	}
	for (u32 t = w->proc[proc].task_first; t; t = w->task[t].proc_next)
		if (task_lives(w, t))
			walk_add(ctx, t);
}

/* For the proof: what has a name can be opened by all who live. */
static void walk_from(const struct world *w, u32 task, struct walk *walk)
{
	struct wait wait;

	classify(w, task, &wait);
	each_waker(w, task, &wait, walk_process, walk);
	for (u32 t = 1; wait.anybody && t < world_tasks(w); t++)
		if (task_lives(w, t) && !walk->seen[t] && can_move(w, t))
			walk_add(walk, t);
}

/* Those who wake, those who wake them, and so on. False as soon as one of them can move. */
static bool walk_wakers(const struct world *w, u32 task, struct walk *walk)
{
	walk_from(w, task, walk);
	for (size_t i = 0; i < walk->found.n; i++) {
		u32 t = walk->found.at[i];

		if (can_move(w, t))
			return false;
		walk_from(w, t, walk);
	}
	return true;
}

static struct walk walk_begin(const struct world *w)
{
	struct walk walk = {.seen = xmalloc(world_tasks(w))};

	return walk;
}

static void walk_end(struct walk *walk)
{
	free(walk->found.at);
	free(walk->seen);
}

/* All of this cycle: reached from `task`, and reaching it. */
static void fill_cycle(const struct world *w, u32 task, const struct walk *from, struct why *why)
{
	why->cycle[why->cycle_n++] = task;
	for (size_t i = 0; i < from->found.n && why->cycle_n < ARRAY_LEN(why->cycle); i++) {
		u32 t = from->found.at[i];
		struct walk back = walk_begin(w);

		walk_wakers(w, t, &back);
		if (t != task && back.seen[task])
			why->cycle[why->cycle_n++] = t;
		walk_end(&back);
	}
}

/* The task stands still for ever: name the cycle it is in, or else the nearest one it waits for. */
static void find_cycle(const struct world *w, u32 task, const struct walk *reached, struct why *why)
{
	if (reached->seen[task]) {
		fill_cycle(w, task, reached, why);
		return;
	}
	for (size_t i = 0; i < reached->found.n && !why->cycle_n; i++) {
		struct walk next = walk_begin(w);

		walk_wakers(w, reached->found.at[i], &next);
		if (next.seen[reached->found.at[i]])
			fill_cycle(w, reached->found.at[i], &next, why);
		walk_end(&next);
	}
	if (!why->cycle_n)
		why->cycle[why->cycle_n++] = task; /* nobody at all could wake it */
}

/* ---- the answer ---- */

static u32 ability(u32 state)
{
	switch (state) {
	case TASK_RUNNING:
	case TASK_HELD_EXIT:
	case TASK_SPINNING: return 4;
	case TASK_POISED: return 3;
	case TASK_ENDING: return 2;
	default: return 1;
	}
}

static u32 most_able_task(const struct world *w, u32 proc, u32 except)
{
	u32 best = 0;

	/* the list is newest first: of equals the oldest */
	for (u32 t = w->proc[proc].task_first; t; t = w->task[t].proc_next)
		if (t != except && task_lives(w, t) &&
			(!best || ability(w->task[t].state) >= ability(w->task[best].state)))
			best = t;
	return best;
}

static void note_waker(const struct world *w, u32 proc, u32 one, u32 fd, void *ctx)
{
	struct why *why = ctx;
	struct why_waker *k = &why->wakers[why->wakers_n];
	u32 task;

	if (why->wakers_n++ >= ARRAY_LEN(why->wakers))
		return;
	task = one ? one : most_able_task(w, proc, fd ? 0 : why->task);
	k->proc = proc;
	k->task = task;
	k->fd = fd;
	k->state = task ? w->task[task].state : 0;
	k->self = fd ? proc == w->task[why->task].proc : task == why->task;
}

static void note_outside(struct why *why)
{
	if (why->wakers_n++ < ARRAY_LEN(why->wakers))
		why->wakers[why->wakers_n - 1].outside = true;
}

bool world_why(const struct world *w, u32 task, struct why *why)
{
	const struct w_task *t = world_task(w, task);
	struct wait wait;
	struct walk walk;

	memset(why, 0, sizeof *why);
	why->task = task;
	why->timeout_ns = TIME_NONE;
	if (!t || (t->state != TASK_BLOCKED && t->state != TASK_SPINNING))
		return false;
	classify(w, task, &wait);
	why->reason = wait.reason;
	why->call = t->op.call;
	why->fd = t->op.fd;
	why->pipe = wait.pipe;
	why->sync = wait.sync;
	why->segment = wait.segment;
	why->off = wait.off;
	why->timeout_ns = wait.timeout;
	why->object_kind = wait.ipc.kind;
	why->object = wait.ipc.object;
	each_waker(w, task, &wait, note_waker, why);
	if (wait.ipc.outside)
		note_outside(why);
	if (wait.pipe && w->pipe[wait.pipe].outside)
		note_outside(why);
	if (wait.segment && !wait.task && !w->segment[wait.segment].creator)
		note_outside(why);
	if (can_move(w, task))
		return true;
	walk = walk_begin(w);
	if (walk_wakers(w, task, &walk))
		find_cycle(w, task, &walk, why);
	walk_end(&walk);
	return true;
}
