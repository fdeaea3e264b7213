/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Has a run in the engine of the stage come to what explore found? The world is asked, nothing is remembered. */
#include <sys/wait.h>

#include "explore/private.h"
#include "schedule/lib.h"

bool explore_is_crash(int status)
{
	if (!WIFSIGNALED(status))
		return false;
	switch (WTERMSIG(status)) {
	case SIGABRT:
	case SIGSEGV:
	case SIGBUS:
	case SIGFPE:
	case SIGILL:
	case SIGTRAP:
	case SIGSYS: return true;
	default: return false;
	}
}

static void say_end(const struct world *w, u32 proc, struct str *out)
{
	const struct w_proc *p = world_proc(w, proc);
	char name[24];

	str_add(out, world_proc_name(w, proc, name));
	if (!p->ended)
		str_add(out, " has not ended");
	else if (WIFSIGNALED(p->status))
		str_addf(out, " was ended by SIG%s", sigabbrev_np(WTERMSIG(p->status)));
	else
		str_addf(out, " ended with status %d", WEXITSTATUS(p->status));
}

static bool reached_wrong(const struct world *w, int status, struct str *instead)
{
	const struct w_proc *first = world_proc(w, 1);

	if (first && first->ended && WIFEXITED(first->status) && WEXITSTATUS(first->status) != 0 &&
		(status < 0 || WEXITSTATUS(first->status) == status))
		return true;
	if (first && instead)
		say_end(w, 1, instead);
	return false;
}

/* Of the first process any signal counts: what others are killed with may be meant so. */
static bool reached_crash(const struct world *w, struct str *instead)
{
	for (u32 i = 1; i < world_procs(w); i++) {
		const struct w_proc *p = world_proc(w, i);

		if (p && p->ended && (explore_is_crash(p->status) || (i == 1 && WIFSIGNALED(p->status))))
			return true;
	}
	if (instead)
		str_add(instead, "no signal has ended any of its processes");
	return false;
}

static bool reached_hang(const struct world *w, struct str *instead)
{
	bool lives = false;
	char name[24];

	for (u32 t = 1; t < world_tasks(w); t++) {
		const struct w_task *k = world_task(w, t);
		bool moves = k && (k->state == TASK_RUNNING || (schedule_can_step(w, t) && k->state != TASK_SPINNING));

		if (k && (moves || schedule_can_pass(w, t))) {
			if (instead)
				str_addf(instead, moves ? "%s can go on" : "a time-out of %s can pass", world_task_name(w, t, name));
			return false;
		}
		lives = lives || (k && k->state < TASK_ZOMBIE);
	}
	if (!lives && instead)
		str_add(instead, "all have ended");
	return lives;
}

bool explore_reached(const struct world *w, enum explore_verdict verdict, int status, struct str *instead)
{
	switch (verdict) {
	case EXPLORE_WRONG: return reached_wrong(w, status, instead);
	case EXPLORE_CRASH: return reached_crash(w, instead);
	case EXPLORE_HANG: return reached_hang(w, instead);
	default: return true;
	}
}
