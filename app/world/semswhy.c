/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a semop would do now, and who could end the wait of one that sleeps. */
#include <sys/ipc.h>

#include "world/sems.h"

/* The part that keeps it waiting as things stand: its IPC_NOWAIT counts. 0 none. */
static u32 first_that_waits(const struct world *w, const struct w_op *op)
{
	for (u32 p = op->object2; p; p = w->semop[p].next) {
		i64 value = w->sem[w->semop[p].sem].value;

		for (u32 b = op->object2; b != p; b = w->semop[b].next)
			value += w->semop[b].sem == w->semop[p].sem ? w->semop[b].delta : 0;
		if (w->semop[p].delta == 0 ? value != 0 : value + w->semop[p].delta < 0)
			return p;
	}
	return 0;
}

enum outlook sems_outlook(const struct world *w, u32 task)
{
	const struct w_op *op = &w->task[task].op;
	bool could, must;

	if (!op->object || !op->object2 || w->sems[op->object].removed || op->arg == 0)
		return OUTLOOK_GOES;
	sems_judge(w, task, &could, &must);
	if (w->sems[op->object].outside)
		return OUTLOOK_UNKNOWN;
	if (must || could)
		return must ? OUTLOOK_GOES : OUTLOOK_UNKNOWN;
	return w->semop[first_that_waits(w, op)].flags & IPC_NOWAIT ? OUTLOOK_GOES : OUTLOOK_BLOCKS;
}

u32 world_op_sem(const struct world *w, u32 task)
{
	const struct w_task *t = world_task(w, task);
	const struct w_op *op = t ? &t->op : NULL;

	if (!t || t->state >= TASK_ZOMBIE || !ipc_is_sem_call(op->call) || op->call == CALL_semctl)
		return 0;
	return w->semop[first_that_waits(w, op) ? first_that_waits(w, op) : op->object2].sem;
}

i32 world_op_sem_delta(const struct world *w, u32 task, u32 sem)
{
	i32 sum = 0;

	for (u32 p = world_op_sem(w, task) ? w->task[task].op.object2 : 0; p; p = w->semop[p].next)
		sum += w->semop[p].sem == sem ? w->semop[p].delta : 0;
	return sum;
}

bool sems_wait(const struct world *w, u32 task, struct ipc_wait *wait)
{
	const struct w_op *op = &w->task[task].op;
	const struct w_sems *s = &w->sems[op->object];
	bool could, must;

	if (!op->object)
		return false;
	sems_judge(w, task, &could, &must);
	wait->reason = WHY_SYSV_SEM;
	wait->kind = OBJ_SEMS;
	wait->object = op->object;
	wait->off = world_op_sem(w, task);
	wait->timeout = op->arg;
	wait->outside = !s->creator || s->outside;
	wait->anybody = true;
	wait->open_ended = wait->outside || op->arg != TIME_NONE || could;
	for (u32 u = s->undo; u; u = w->semop[u].next) /* its end would give it back */
		if (w->semop[u].delta > 0 && !w->proc[w->semop[u].proc].ended && !wait->proc)
			wait->proc = w->semop[u].proc;
	return true;
}
