/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Why a task waits, and who could end the wait, from the world alone. HANG is proven, never timed:
 * follow from the task to those who could wake it; if none of those reached can move by itself,
 * nobody is left, and the answer is the cycle in which they wait for one another.
 */
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "world/private.h"

/* ---- outlook: what would the call do? ---- */

static const struct w_file *op_file(const struct world *w, const struct w_task *t)
{
	u32 fd;

	if (t->op.file)
		return &w->file[t->op.file];
	fd = world_fd_find(w, t->proc, t->op.fd);
	return fd ? &w->file[w->fd[fd].file] : NULL;
}

static enum outlook outlook_read(const struct world *w, const struct w_task *t)
{
	const struct w_file *f = op_file(w, t);
	const struct w_pipe *p;

	if (f && f->kind != OBJ_PIPE)
		return OUTLOOK_UNKNOWN; /* a terminal, or something else */
	if (!f || !(f->access & ACCESS_READ) || t->op.size == 0 || f->flags & O_NONBLOCK)
		return OUTLOOK_GOES;
	p = &w->pipe[f->object];
	if (p->outside)
		return OUTLOOK_UNKNOWN;
	if (p->writers == 0 ||
		p->fill - p->ghost_take -
				(pipe_open_takes(w, f->object) - op_takes(&t->op, f->object)) >
			0)
		return OUTLOOK_GOES;
	return p->fill + p->ghost_put + pipe_open_puts(w, f->object) <= 0 ? OUTLOOK_BLOCKS
									  : OUTLOOK_UNKNOWN;
}

static enum outlook outlook_write(const struct world *w, const struct w_task *t)
{
	const struct w_file *f = op_file(w, t);
	const struct w_pipe *p;
	i64 size = op_size(&t->op), pages = size / PIPE_PAGE + 1;

	if (!f || f->kind != OBJ_PIPE)
		return f && f->kind == OBJ_TTY ? OUTLOOK_UNKNOWN : OUTLOOK_GOES;
	p = &w->pipe[f->object];
	if (!(f->access & ACCESS_WRITE) || size == 0 || f->flags & O_NONBLOCK)
		return OUTLOOK_GOES;
	if (p->outside)
		return OUTLOOK_UNKNOWN;
	if (p->readers == 0)
		return OUTLOOK_GOES; /* EPIPE */
	if (p->slots_sure && !p->pump_due)
		return slots_room(p, w, &t->op) == (u64)size - t->op.done ? OUTLOOK_GOES
									  : OUTLOOK_BLOCKS;
	/* not more slots than bytes are in use */
	return p->fill + p->ghost_put + pipe_open_puts(w, f->object) + pages <= p->slots_max
		       ? OUTLOOK_GOES
		       : OUTLOOK_UNKNOWN;
}

/* The child this wait is about: any one when 0. */
static i32 waited_pid(const struct w_op *op)
{
	if (op->call == CALL_waitid)
		return op->size == P_PID ? op->fd : 0;
	return op->fd > 0 ? op->fd : 0;
}

static enum outlook outlook_wait(const struct world *w, const struct w_task *t)
{
	i32 pid = waited_pid(&t->op);
	bool living = false;

	if (t->op.arg & WNOHANG)
		return OUTLOOK_GOES;
	for (u32 c = w->proc[t->proc].child_first; c; c = w->proc[c].sibling) {
		if (pid && w->proc[c].pid != pid)
			continue;
		if (w->proc[c].ended)
			return OUTLOOK_GOES;
		living = true;
	}
	return living ? OUTLOOK_BLOCKS : OUTLOOK_GOES; /* ECHILD */
}

enum outlook world_outlook(const struct world *w, u32 task)
{
	const struct w_task *t = world_task(w, task);

	if (!t || !t->op.call)
		return OUTLOOK_UNKNOWN;
	switch (call_class(t->op.call)) {
	case CLASS_READ: return outlook_read(w, t);
	case CLASS_WRITE: return outlook_write(w, t);
	case CLASS_WAIT: return outlook_wait(w, t);
	case CLASS_SLEEP: return t->op.arg ? OUTLOOK_BLOCKS : OUTLOOK_GOES;
	case CLASS_PAUSE: return OUTLOOK_BLOCKS;
	case CLASS_POLL: return t->op.arg ? OUTLOOK_UNKNOWN : OUTLOOK_GOES;
	case CLASS_FORK:
		return t->op.call == CALL_vfork || t->op.arg & CLONE_VFORK ? OUTLOOK_BLOCKS
									   : OUTLOOK_GOES;
	case CLASS_SPLICE:
	case CLASS_TEE:
	case CLASS_VMSPLICE: return OUTLOOK_UNKNOWN;
	case CLASS_NONE:
		return t->op.call == CALL_futex || t->op.call == CALL_recvmsg ||
				       t->op.call == CALL_recvmmsg
			       ? OUTLOOK_UNKNOWN
			       : OUTLOOK_GOES;
	default: return OUTLOOK_GOES;
	}
}

/* ---- one wait ---- */

struct wait {
	enum why_reason reason;
	u32 pipe, access; /* an end of this kind could end it */
	i32 pid;          /* WHY_CHILD: this child, 0 any */
	u64 timeout;
	bool open_ended; /* a clock, a signal, somebody outside, or what the world does not know may end it */
};

static void wait_on_pipe(const struct world *w, struct wait *wait, enum why_reason reason, u32 pipe)
{
	const struct w_pipe *p = &w->pipe[pipe];

	wait->reason = reason;
	wait->pipe = pipe;
	wait->access = reason == WHY_EMPTY ? ACCESS_WRITE : ACCESS_READ;
	wait->open_ended = p->outside || p->ghost_put || p->ghost_take ||
			   (reason == WHY_EMPTY && (p->fill > 0 || p->writers == 0)) ||
			   (reason == WHY_FULL && (p->pump_due || p->readers == 0));
}

static void wait_in_transfer(const struct world *w, const struct w_task *t, struct wait *wait)
{
	const struct w_file *f = op_file(w, t);
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

static bool has_vfork_child(const struct world *w, u32 task)
{
	for (u32 c = w->proc[w->task[task].proc].child_first; c; c = w->proc[c].sibling)
		if (w->proc[c].vfork && w->proc[c].creator == task)
			return true;
	return false;
}

/* What a blocked task waits for. Unless it is a pipe's end or a child, the wait is open-ended. */
static void classify(const struct world *w, u32 task, struct wait *wait)
{
	const struct w_task *t = &w->task[task];

	*wait = (struct wait){.reason = WHY_OTHER, .timeout = TIME_NONE, .open_ended = true};
	switch (call_class(t->op.call)) {
	case CLASS_READ:
	case CLASS_WRITE: wait_in_transfer(w, t, wait); break;
	case CLASS_SPLICE:
	case CLASS_TEE:
	case CLASS_VMSPLICE: wait_in_splice(w, t, wait); break;
	case CLASS_WAIT:
		wait->reason = WHY_CHILD;
		wait->pid = waited_pid(&t->op);
		wait->open_ended = outlook_wait(w, t) != OUTLOOK_BLOCKS;
		break;
	case CLASS_SLEEP:
		wait->reason = WHY_TIMER;
		wait->timeout = t->op.arg;
		break;
	case CLASS_POLL:
		wait->reason = WHY_SEVERAL;
		wait->timeout = t->op.arg;
		break;
	case CLASS_PAUSE: wait->reason = WHY_SIGNAL; break;
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

/* Processes that could end the wait, in order of their names; an fd entry where it is by one. */
typedef void waker_fn(const struct world *, u32 proc, u32 fd, void *ctx);

static void each_holder(const struct world *w, const struct wait *wait, waker_fn *fn, void *ctx)
{
	struct w_end some[16], *ends = some;
	u32 n = world_pipe_ends(w, wait->pipe, wait->access, some, ARRAY_LEN(some));

	if (n > ARRAY_LEN(some)) {
		ends = xmalloc(n * sizeof *ends);
		world_pipe_ends(w, wait->pipe, wait->access, ends, n);
	}
	for (u32 i = 0; i < n; i++)
		fn(w, ends[i].proc, ends[i].fd, ctx);
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
		if (w->proc[c].ended || (wait->pid && w->proc[c].pid != wait->pid))
			continue;
		if (wait->reason == WHY_VFORK && !is_vfork_waker(w, task, c))
			continue;
		*vec_push(&children) = c;
	}
	if (children.n)
		qsort(children.at, children.n, sizeof *children.at, by_number);
	for (size_t i = 0; i < children.n; i++)
		fn(w, children.at[i], 0, ctx);
	free(children.at);
}

static void each_waker(
	const struct world *w, u32 task, const struct wait *wait, waker_fn *fn, void *ctx)
{
	if (wait->pipe)
		each_holder(w, wait, fn, ctx);
	else if (wait->reason == WHY_CHILD || wait->reason == WHY_VFORK)
		each_child(w, task, wait, fn, ctx);
}

/* ---- who can move by himself ---- */

static bool can_move(const struct world *w, u32 task)
{
	struct wait wait;

	if (w->task[task].state != TASK_BLOCKED)
		return task_lives(w, task);
	classify(w, task, &wait);
	return wait.open_ended;
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

static void walk_process(const struct world *w, u32 proc, u32 fd, void *ctx)
{
	(void)fd;
	for (u32 t = w->proc[proc].task_first; t; t = w->task[t].proc_next)
		if (task_lives(w, t))
			walk_add(ctx, t);
}

/* Those who wake, those who wake them, and so on. False as soon as one of them can move. */
static bool walk_wakers(const struct world *w, u32 task, struct walk *walk)
{
	struct wait wait;

	classify(w, task, &wait);
	each_waker(w, task, &wait, walk_process, walk);
	for (size_t i = 0; i < walk->found.n; i++) {
		u32 t = walk->found.at[i];

		if (can_move(w, t))
			return false;
		classify(w, t, &wait);
		each_waker(w, t, &wait, walk_process, walk);
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

static u32 most_able_task(const struct world *w, u32 proc)
{
	u32 best = 0;

	/* the list is newest first: of equals the oldest */
	for (u32 t = w->proc[proc].task_first; t; t = w->task[t].proc_next)
		if (task_lives(w, t) &&
			(!best || ability(w->task[t].state) >= ability(w->task[best].state)))
			best = t;
	return best;
}

static void note_waker(const struct world *w, u32 proc, u32 fd, void *ctx)
{
	struct why *why = ctx;
	struct why_waker *k = &why->wakers[why->wakers_n];
	u32 task;

	if (why->wakers_n++ >= ARRAY_LEN(why->wakers))
		return;
	task = most_able_task(w, proc);
	k->proc = proc;
	k->task = task;
	k->fd = fd;
	k->state = task ? w->task[task].state : 0;
	k->self = proc == w->task[why->task].proc;
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
	if (!t || t->state != TASK_BLOCKED)
		return false;
	classify(w, task, &wait);
	why->reason = wait.reason;
	why->call = t->op.call;
	why->fd = t->op.fd;
	why->pipe = wait.pipe;
	why->timeout_ns = wait.timeout;
	each_waker(w, task, &wait, note_waker, why);
	if (wait.pipe && w->pipe[wait.pipe].outside)
		note_outside(why);
	if (wait.open_ended)
		return true;
	walk = walk_begin(w);
	if (walk_wakers(w, task, &walk))
		find_cycle(w, task, &walk, why);
	walk_end(&walk);
	return true;
}
