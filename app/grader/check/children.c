/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every child is waited for by who made it, before that one ends. */
#include <signal.h>
#include <sys/wait.h>

#include "grader/check/all.h"

/* It is collected without a wait where SIGCHLD is ignored on purpose, wait(2). Who is killed cannot wait any more. */
static void before(struct look *l)
{
	const struct world *w = l->scene->world;
	const struct w_task *t = world_task(w, l->rec->task);
	const struct w_proc *p = t ? world_proc(w, t->proc) : NULL;
	const struct ev_end *end = rec_body(l->rec);
	char who[24], child[24];

	if (l->rec->kind != REC_END || !(l->rec->flags & EVF_LAST) || !p || !l->learners(l->arg, l->rec->task) || WIFSIGNALED(end->status) ||
		p->sig_ignored >> (SIGCHLD - 1) & 1)
		return;
	for (u32 i = p->child_first; i; i = world_proc(w, i)->sibling) {
		const struct w_proc *c = world_proc(w, i);

		if (c->reaped)
			continue;
		check_broken(l, c->creator, c->born_site, "%s ends and has not waited for its child %s, which %s", world_proc_name(w, t->proc, who),
			world_proc_name(w, i, child), c->ended ? "has ended and stays a zombie until then" : "still runs");
		return;
	}
}

const struct check check_no_zombie = {
	.name = "no_zombie",
	.holds = "every child was waited for",
	.verdict = GRADE_LEAK,
	.before = before,
};
