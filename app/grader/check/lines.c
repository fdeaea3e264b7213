/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each write to a FIFO holds whole lines and no more than PIPE_BUF bytes: then no other writer's bytes come in between, pipe(7). */
#include <limits.h>

#include "grader/check/all.h"

static void after(struct look *l)
{
	const struct world *w = l->scene->world;
	const struct w_task *t = world_task(w, l->rec->task);
	u32 pipe = world_op_pipe(w, l->rec->task), n;
	const u8 *bytes;
	char who[24], name[24];

	if (l->rec->kind != REC_ENTER || l->rec->call != CALL_write || !pipe || !t || !world_pipe(w, pipe)->fifo ||
		!l->learners(l->arg, l->rec->task))
		return;
	if (t->op.size > PIPE_BUF)
		check_broken(l, l->rec->task, l->rec->site, "%s writes %llu bytes to %s at once: more than PIPE_BUF, %d, may be cut by other writers",
			world_task_name(w, l->rec->task, who), (unsigned long long)t->op.size, world_pipe_name(w, pipe, name), PIPE_BUF);
	if (t->op.size && bytes_of_write(l->scene->log, t->op.pos, &bytes, &n) && n == t->op.size && bytes[n - 1] != '\n')
		check_broken(l, l->rec->task, l->rec->site, "%s writes a part of a line to %s: another writer may come in between",
			world_task_name(w, l->rec->task, who), world_pipe_name(w, pipe, name));
}

const struct check check_whole_lines = {
	.name = "whole_lines",
	.holds = "each write to a FIFO held whole lines",
	.verdict = GRADE_WRONG,
	.after = after,
};
