/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "schedule/lib.h"

bool schedule_can_step(const struct world *w, u32 task)
{
	const struct w_task *t = world_task(w, task);

	return t && (t->state == TASK_POISED || t->state == TASK_HELD_EXIT ||
			    t->state == TASK_SPINNING);
}

bool schedule_can_pass(const struct world *w, u32 task)
{
	struct why why;

	return (world_why(w, task, &why) && why.timeout_ns != TIME_NONE) || world_alarm(w, task) != TIME_NONE;
}

/* The next in order of birth that spins, or that does not. */
static u32 next_of(const struct world *w, u32 last, bool spins)
{
	u32 n = world_tasks(w);

	if (n < 2)
		return 0;
	for (u32 i = 1; i < n; i++) {
		u32 task = (last + i - 1) % (n - 1) + 1;

		if (schedule_can_step(w, task) &&
			(world_task(w, task)->state == TASK_SPINNING) == spins)
			return task;
	}
	return 0;
}

u32 schedule_next(const struct world *w, u32 last)
{
	u32 task = next_of(w, last, false);

	return task ? task : next_of(w, last, true);
}

u32 schedule_next_time(const struct world *w)
{
	u64 least = TIME_NONE;
	u32 first = 0;

	for (u32 task = 1; task < world_tasks(w); task++) {
		struct why why;
		u64 ns = world_why(w, task, &why) ? why.timeout_ns : TIME_NONE, alarm = world_alarm(w, task);

		ns = alarm < ns ? alarm : ns;
		if (ns < least) {
			least = ns;
			first = task;
		}
	}
	return first;
}

struct choice schedule_free(const struct world *w, u32 last)
{
	u32 task = next_of(w, last, false);

	if (task)
		return (struct choice){CHOICE_STEP, task};
	task = schedule_next_time(w);
	if (task)
		return (struct choice){CHOICE_TIME, task};
	/* all who can move only re-read what has not changed: in turn, for they may count their tries */
	task = next_of(w, last, true);
	if (task)
		return (struct choice){CHOICE_STEP, task};
	return (struct choice){CHOICE_NONE, 0};
}
