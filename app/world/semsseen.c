/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sets of semaphores: world against kernel, at settled points. */
#include "world/sems.h"

static bool all_asleep(const struct world *w, u32 set)
{
	for (u32 t = w->sems[set].open_ops; t; t = w->task[t].op.flow_next)
		if (w->task[t].state != TASK_BLOCKED)
			return false;
	for (u32 u = w->sems[set].undo; u; u = w->semop[u].next)
		if (sems_proc_is_ending(w, w->semop[u].proc))
			return false;
	return true;
}

/* The last of the set that is told: whoever sleeps now has had no effect. */
static void set_settled(struct world *w, u32 set)
{
	for (u32 t = w->sems[set].open_ops; t; t = w->task[t].op.flow_next)
		w->task[t].op.asleep = 1;
	for (u32 t = w->sems[set].open_ops; t; t = w->task[t].op.flow_next) {
		struct w_op *op = &w->task[t].op;
		bool could, must;

		if (op->call == CALL_semctl)
			continue;
		sems_judge(w, t, &could, &must);
		op->tried = could;
		op->loose = 1;
		if (must && op->object2 && !w->sems[set].outside)
			world_drift(w, "semop of task %u sleeps at event %llu, but sems%u lets it go", t,
				(unsigned long long)world_now(w), w->sems[set].name);
	}
}

void sems_observe(struct world *w, u32 task, const struct ev_observe *ev)
{
	u32 set = sems_find(w, ev->a), sem, index = (u32)ev->b;
	const struct w_op *op = &w->task[task].op;
	struct w_sem *s;

	if (ev->c == OBS_UNKNOWN) {
		if (set) {
			w->sems[set].outside = 1;
			sems_removed(w, set);
		}
		return;
	}
	if (ev->c > SEM_MOST || index >= 32000)
		return;
	if (!set && !(set = sems_new(w, task && op->open && op->call == CALL_semget && ev->c == 0 ? task : 0, ev->a)))
		return;
	w->sems[set].outside |= !!(ev->b & OBS_OUTSIDE);
	sem = sems_at(w, set, index);
	if (!sem)
		sem = sems_make(w, set, index);
	s = &w->sem[sem];
	if (!sem || (s->sure && !all_asleep(w, set)))
		return;
	if (s->sure && s->value != (i64)ev->c && !w->sems[set].outside)
		world_drift(w, "semaphore %u of sems%u is %llu at event %llu, the world says %lld", index, w->sems[set].name,
			(unsigned long long)ev->c, (unsigned long long)world_now(w), (long long)s->value);
	s->value = (i64)ev->c;
	s->sure = all_asleep(w, set);
	if (s->sure && !s->next)
		set_settled(w, set);
}
