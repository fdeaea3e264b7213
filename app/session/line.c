/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Stepping by source line: operations, until the task stands at another line of its own files. */
#include <string.h>

#include "session/private.h"

enum { LINE_STEPS_MAX = 10000 };

/* The line a task is held at; NULL: it is not known. Frames stay as long as the sources do. */
static const struct frame *line_of(struct session *s, u32 task)
{
	const struct w_task *t = world_task(timeline_now(s->timeline), task);
	const struct place *p = t && t->op.site ? sources_place(s->sources, t->op.site) : NULL;

	return p ? p->shown : NULL;
}

static bool same_line(const struct frame *a, const struct frame *b)
{
	return a && b && a->line == b->line && strcmp(a->file, b->file) == 0;
}

/* Held before an operation of its own, and not spinning. */
static bool goes_on(struct session *s, u32 task)
{
	const struct w_task *t = world_task(timeline_now(s->timeline), task);

	return t && t->state == TASK_POISED && !t->poised_signal;
}

bool session_step_line(struct session *s, u32 task, bool (*stop)(void *), void *arg, u32 *steps,
	struct err *err)
{
	const struct frame *from = line_of(s, task);

	*steps = 0;
	do {
		if (!session_step(s, task, err))
			return false;
		++*steps;
	} while (*steps < LINE_STEPS_MAX && goes_on(s, task) && same_line(from, line_of(s, task)) &&
		 !(stop && stop(arg)));
	return true;
}
