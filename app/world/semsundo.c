/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SEM_UNDO: what is owed, and that it is paid between the moment a process is about to end and its end. */
#include "world/sems.h"

void sems_undo_add(struct world *w, u32 set, u32 proc, u32 sem, i32 adjust)
{
	u32 u = w->sems[set].undo;

	while (u && (w->semop[u].proc != proc || w->semop[u].sem != sem))
		u = w->semop[u].next;
	if (!u) {
		u = pool_take(w, POOL_SEMOP);
		if (!u)
			return;
		w->semop[u].proc = proc;
		w->semop[u].sem = sem;
		w->semop[u].next = w->sems[set].undo;
		w->sems[set].undo = u;
	}
	w->semop[u].delta += adjust;
}

void sems_undo_clear(struct world *w, u32 set, u32 sem)
{
	for (u32 u = w->sems[set].undo; u; u = w->semop[u].next)
		if (w->semop[u].sem == sem)
			w->semop[u].delta = 0;
}

/* May the death of a process that nothing told of yet be why? */
bool sems_undo_explains(const struct world *w, u32 set, u32 task)
{
	for (u32 u = w->sems[set].undo; u; u = w->semop[u].next)
		if (w->semop[u].delta > 0 && w->semop[u].proc != w->task[task].proc && !w->proc[w->semop[u].proc].ended)
			return true;
	return false;
}

void sysv_process_ends(struct world *w, u32 proc)
{
	for (u32 set = 1; set < w->h->use[POOL_SEMS].n; set++) {
		bool owes = false;

		for (u32 u = w->sems[set].used ? w->sems[set].undo : 0; u; u = w->semop[u].next)
			if (w->semop[u].proc == proc) {
				owes |= w->semop[u].delta || w->sem[w->semop[u].sem].undo_unsure;
				if (w->sem[w->semop[u].sem].undo_unsure)
					w->sem[w->semop[u].sem].sure = 0;
			}
		if (!owes)
			continue;
		sems_disturb(w, set, 0);
		sems_widen(w, set);
	}
}

static void pay(struct world *w, const struct w_semop *undo)
{
	struct w_sem *s = &w->sem[undo->sem];
	i64 lo, hi;

	/* The kernel cuts off at 0: what it came to depends on what open operations had done by then. */
	sems_range(w, undo->sem, 0, &lo, &hi);
	if (s->undo_unsure || (lo != hi && (lo + undo->delta < 0 || hi + undo->delta > SEM_MOST)))
		s->sure = 0;
	s->value += undo->delta;
	if (s->value >= 0 && s->value <= SEM_MOST)
		return;
	s->value = s->value < 0 ? 0 : SEM_MOST;
}

void sysv_process_ended(struct world *w, u32 proc)
{
	for (u32 set = 1; set < w->h->use[POOL_SEMS].n; set++) {
		u32 *link = &w->sems[set].undo;
		bool paid = false;

		while (w->sems[set].used && *link) {
			u32 u = *link;

			if (w->semop[u].proc != proc) {
				link = &w->semop[u].next;
				continue;
			}
			if (w->semop[u].delta || w->sem[w->semop[u].sem].undo_unsure) {
				pay(w, &w->semop[u]);
				paid = true;
			}
			*link = w->semop[u].next;
			pool_give(w, POOL_SEMOP, u);
		}
		if (!paid)
			continue;
		sems_disturb(w, set, 0);
		sems_widen(w, set);
		w->sems[set].touched_seq = world_now(w);
	}
}
