/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a semaphore may be worth while operations are open on its set, and what an operation may do by that: could
 * it have gone, could it have had to wait? Asked again at each change.
 */
#include <sys/sem.h>

#include "world/sems.h"

static void part_range(const struct world *w, u32 first, u32 sem, i64 *lo, i64 *hi)
{
	i64 net = 0;

	for (u32 p = first; p; p = w->semop[p].next) {
		const struct w_semop *part = &w->semop[p];

		if (part->sem != sem)
			continue;
		if (part->flags & PART_SETS) {
			*lo = part->delta < *lo ? part->delta : *lo;
			*hi = part->delta > *hi ? part->delta : *hi;
		} else {
			net += part->delta;
		}
	}
	*lo += net < 0 ? net : 0;
	*hi += net > 0 ? net : 0;
}

bool sems_proc_is_ending(const struct world *w, u32 proc)
{
	return !w->proc[proc].ended && w->proc[proc].ending == w->proc[proc].tasks;
}

/* What it may be worth, as this task's operation finds it. */
void sems_range(const struct world *w, u32 sem, u32 task, i64 *lo, i64 *hi)
{
	u32 set = w->sem[sem].set;

	*lo = w->sem[sem].sure ? w->sem[sem].value : 0;
	*hi = w->sem[sem].sure ? w->sem[sem].value : SEM_MOST;
	for (u32 t = w->sems[set].open_ops; t; t = w->task[t].op.flow_next)
		if (t != task && !w->task[t].op.asleep)
			part_range(w, w->task[t].op.object2, sem, lo, hi);
	for (u32 u = w->sems[set].undo; u; u = w->semop[u].next) {
		const struct w_semop *undo = &w->semop[u];

		if (undo->sem != sem || !sems_proc_is_ending(w, undo->proc))
			continue;
		*lo += undo->delta < 0 ? undo->delta : 0;
		*hi += undo->delta > 0 ? undo->delta : 0;
	}
}

bool sems_parts_cut(const struct w_op *op)
{
	return op->size * sizeof(struct sembuf) > op->held;
}

/* Could it go; must it? Its parts are taken in order, all or none. */
void sems_judge(const struct world *w, u32 task, bool *could, bool *must)
{
	const struct w_op *op = &w->task[task].op;

	*could = *must = true;
	if (sems_parts_cut(op)) /* not all of its parts are known */
		*must = false;
	for (u32 p = op->object2; p; p = w->semop[p].next) {
		const struct w_semop *part = &w->semop[p];
		i64 lo, hi, shift = 0;

		sems_range(w, part->sem, task, &lo, &hi);
		for (u32 b = op->object2; b != p; b = w->semop[b].next)
			shift += w->semop[b].sem == part->sem ? w->semop[b].delta : 0;
		lo += shift;
		hi += shift;
		if (part->delta == 0) {
			*could &= lo <= 0 && hi >= 0;
			*must &= lo == 0 && hi == 0;
		} else {
			*could &= hi + part->delta >= 0;
			*must &= lo + part->delta >= 0;
		}
	}
}

/* Something is, or may be, otherwise: what do those who are inside see? */
void sems_widen(struct world *w, u32 set)
{
	for (u32 t = w->sems[set].open_ops; t; t = w->task[t].op.flow_next) {
		struct w_op *op = &w->task[t].op;
		bool could, must;
		i64 lo, hi;

		if (op->call == CALL_semctl) {
			u32 sem = op->fd2 >= 0 ? sems_at(w, set, (u32)op->fd2) : 0;
			if (op->arg != GETVAL || !sem)
				continue;
			sems_range(w, sem, t, &lo, &hi);
			op->flow_lo = lo < op->flow_lo ? lo : op->flow_lo;
			op->flow_hi = hi > op->flow_hi ? hi : op->flow_hi;
			continue;
		}
		sems_judge(w, t, &could, &must);
		op->tried |= could;
		op->loose |= !must;
	}
}

/* From now on those who sleep may be woken. Returns how many were not known to sleep. */
u32 sems_disturb(struct world *w, u32 set, u32 by)
{
	u32 awake = 0;

	for (u32 t = w->sems[set].open_ops; t; t = w->task[t].op.flow_next) {
		awake += t != by && !w->task[t].op.asleep;
		w->task[t].op.asleep = 0;
		if (t != by)
			w->task[t].op.alone = 0;
	}
	return awake;
}

void sems_unsure(struct world *w, u32 set)
{
	for (u32 s = w->sems[set].first; s; s = w->sem[s].next)
		w->sem[s].sure = 0;
}
