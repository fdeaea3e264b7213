/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Why a task waits, and who could end the wait, from the world alone. HANG is proven, never timed:
 * follow from the task to those who could wake it; if none of those reached can move by itself,
 * nobody is left, and the answer is the cycle in which they wait for one another.
 */
#include <stdlib.h>
#include <string.h>

#include "world/wait.h"

/* ---- who can move by himself ---- */

static bool can_move(const struct world *w, u32 task)
{
	struct wait wait;

	if (w->task[task].state != TASK_BLOCKED && w->task[task].state != TASK_SPINNING)
		return task_lives(w, task);
	wait_classify(w, task, &wait);
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

	wait_classify(w, task, &wait);
	wait_wakers(w, task, &wait, walk_process, walk);
	wait_end_of_children(w, task, walk_process, walk);
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

bool world_why_wait(const struct world *w, u32 task, struct why *why)
{
	const struct w_task *t = world_task(w, task);
	struct wait wait;

	memset(why, 0, sizeof *why);
	why->task = task;
	why->timeout_ns = TIME_NONE;
	if (!t || (t->state != TASK_BLOCKED && t->state != TASK_SPINNING))
		return false;
	wait_classify(w, task, &wait);
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
	wait_wakers(w, task, &wait, note_waker, why);
	if (wait.ipc.outside || (wait.reason == WHY_SEVERAL && wait_several_outside(w, task)))
		note_outside(why);
	if (wait.pipe && w->pipe[wait.pipe].outside)
		note_outside(why);
	if (wait.segment && !wait.task &&
		((!w->segment[wait.segment].creator && !w->segment[wait.segment].enclosed) || w->segment[wait.segment].shared_outside))
		note_outside(why);
	return true;
}

bool world_why(const struct world *w, u32 task, struct why *why)
{
	struct walk walk;

	if (!world_why_wait(w, task, why))
		return false;
	if (can_move(w, task))
		return true;
	walk = walk_begin(w);
	if (walk_wakers(w, task, &walk))
		find_cycle(w, task, &walk, why);
	walk_end(&walk);
	return true;
}
