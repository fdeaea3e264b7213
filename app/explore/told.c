/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A failing execution as the worker tells it: who did what, by identities that the stage's world knows. */
#include <sys/syscall.h>

#include "explore/private.h"

/* "1.2", "1/2": as world_task_identity has it. */
static void identity(const struct exec *x, u32 t, struct str *to)
{
	const struct xtask *k = &x->task[t];

	if (!k->creator) {
		str_add(to, "1");
		return;
	}
	if (k->leads) {
		identity(x, k->creator - 1, to);
		str_addf(to, ".%u", k->nth);
		return;
	}
	for (u32 i = 0; i < x->tasks; i++)
		if (x->task[i].tgid == k->tgid && x->task[i].leads) {
			identity(x, i, to);
			break;
		}
	str_addf(to, "/%u", k->nth);
}

void told_take(struct told *told, const struct exec *x)
{
	char who[TASKS_MAX][24] = {0};

	told->n = 0;
	told->files = false;
	told->signals = x->signalled;
	told->status = x->root_status;
	for (u32 t = 0; t < x->tasks; t++) {
		struct str id = {0};

		identity(x, t, &id);
		strncpy(who[t], str_get(&id),
			sizeof who[t] - 1); /* deeper than that nobody follows it */
		str_finish(&id);
	}
	memcpy(told->culprit, who[x->culprit], sizeof told->culprit);
	told->culprit_status = x->task[x->culprit].status;
	for (size_t i = 0; i < x->steps.n && i < TOLD_STEPS; i++) {
		const struct xstep *s = &x->steps.at[i];
		struct told_step *to = &told->step[told->n++];

		*to = (struct told_step){.point = s->point,
			.how = s->how & 0xff,
			.by_time = s->by_time,
			.of_file = s->of_file,
			.rings = s->rings,
			.op = s->op,
			.nr = s->nr};
		told->files = told->files || s->of_file;
		memcpy(to->identity, who[s->task], sizeof to->identity);
		to->preempts = i && s->task != s[-1].task && s->enabled & BIT(s[-1].task);
		to->inside = s->inside;
		to->exits =
			s->point == POINT_CALL && (s->nr == SYS_exit || s->nr == SYS_exit_group);
	}
}
