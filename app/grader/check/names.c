/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Nothing with a name is left: no FIFO, socket, file, shared memory, queue, semaphore. What is there was asked of the kernel
 * when all had ended. */
#include "grader/check/all.h"

static void end(struct look *l)
{
	if (l->left_n)
		check_broken(l, 0, 0, "the %s is still there when all have ended%s", l->left[0],
			l->left_n > 1 ? ", and it is not the only one" : "");
}

const struct check check_no_name_left_behind = {
	.name = "no_name_left_behind",
	.holds = "no name was left behind: no FIFO, socket, shared memory, queue or semaphore",
	.verdict = GRADE_LEAK,
	.end = end,
};
