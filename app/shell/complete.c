/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/private.h"

/* What may stand as an argument: actors, pipes. Commands come from the table. */
void complete_words(const struct shell *sh, struct shell_words *out)
{
	const struct world *w = timeline_world(session_timeline(sh->session));
	char name[24];

	for (u32 task = 1; task < world_tasks(w); task++) {
		const struct w_task *t = world_task(w, task);

		if (t && t->state != TASK_GONE)
			*vec_push(&out->list) = xstrdup(world_task_name(w, task, name));
	}
	for (u32 pipe = 1; pipe < world_pipes(w); pipe++)
		if (world_pipe(w, pipe))
			*vec_push(&out->list) = xstrdup(world_pipe_name(w, pipe, name));
}
