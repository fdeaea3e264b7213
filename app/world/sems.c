/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sets of System V semaphores: find, make (semget), remove, forget; names, and what must hold. */
#include <sys/ipc.h>

#include "world/sems.h"

u32 sems_find(const struct world *w, u64 id)
{
	for (u32 i = w->h->use[POOL_SEMS].n; i-- > 1;)
		if (w->sems[i].used && !w->sems[i].removed && w->sems[i].id == id)
			return i;
	return 0;
}

u64 sems_id(i32 id, u32 space)
{
	return (u64)space << 32 | (u32)id;
}

void sems_touch(struct world *w, u32 set)
{
	w->sems[set].touched_seq = world_now(w);
	w->h->pub.last_object_kind = OBJ_SEMS;
	w->h->pub.last_object = set;
}

u32 sems_at(const struct world *w, u32 set, u32 index)
{
	u32 s = w->sems[set].first;

	while (s && w->sem[s].index != index)
		s = w->sem[s].next;
	return s;
}

/* The semaphore, made known with all before it. */
u32 sems_make(struct world *w, u32 set, u32 index)
{
	u32 *link = &w->sems[set].first;

	for (u32 i = 0; i <= index; i++, link = &w->sem[*link].next) {
		if (*link)
			continue;
		u32 sem = pool_take(w, POOL_SEM);
		if (!sem)
			return 0;
		w->sem[sem].set = set;
		w->sem[sem].index = i;
		*link = sem;
	}
	if (w->sems[set].n <= index)
		w->sems[set].n = index + 1;
	return sems_at(w, set, index);
}

void sems_parts_give(struct world *w, u32 *first)
{
	while (*first) {
		u32 next = w->semop[*first].next;

		pool_give(w, POOL_SEMOP, *first);
		*first = next;
	}
}

static void forget_oldest(struct world *w)
{
	u32 gone = 0, oldest = 0;

	for (u32 i = 1; i < w->h->use[POOL_SEMS].n; i++) {
		const struct w_sems *s = &w->sems[i];

		if (!s->used || !s->removed)
			continue;
		gone++;
		if (!s->open_ops && (!oldest || s->touched_seq < w->sems[oldest].touched_seq))
			oldest = i;
	}
	if (gone <= GONE_OBJECTS_KEPT || !oldest)
		return;
	for (u32 t = 1; t < w->h->use[POOL_TASK].n; t++)
		if (w->task[t].op.object == oldest && ipc_is_sem_call(w->task[t].op.call))
			return;
	while (w->sems[oldest].first) {
		u32 sem = w->sems[oldest].first;

		w->sems[oldest].first = w->sem[sem].next;
		pool_give(w, POOL_SEM, sem);
	}
	sems_parts_give(w, &w->sems[oldest].undo);
	pool_give(w, POOL_SEMS, oldest);
}

u32 sems_new(struct world *w, u32 creator, u64 id)
{
	u32 index;
	struct w_sems *s;

	forget_oldest(w);
	index = pool_take(w, POOL_SEMS);
	s = &w->sems[index];
	if (!index)
		return 0;
	s->name = ++w->h->pub.objects_named[OBJ_SEMS];
	s->creator = creator;
	s->nth = creator ? ++w->task[creator].made_objects[OBJ_SEMS] : ++w->h->outside_sems;
	s->id = id;
	s->site = creator ? w->task[creator].op.site : 0;
	sems_touch(w, index);
	return index;
}

void sems_removed(struct world *w, u32 set)
{
	w->sems[set].removed = 1;
	sems_parts_give(w, &w->sems[set].undo);
	sems_touch(w, set);
}

void sysv_get_enter(struct world *w, u32 task, const struct ev_enter *ev)
{
	w->task[task].op.off = ev->space;
}

static void semget_exit(struct world *w, u32 task, const struct ev_exit *ev)
{
	const struct w_op *op = &w->task[task].op;
	u32 flags = (u32)(op->arg >> 32), key = (u32)op->arg, set;
	bool made = key == IPC_PRIVATE || (flags & (IPC_CREAT | IPC_EXCL)) == (IPC_CREAT | IPC_EXCL);

	if (ev->ret < 0 || ev->ret > INT32_MAX)
		return;
	set = sems_find(w, sems_id((i32)ev->ret, (u32)op->off));
	if (!set)
		set = sems_new(w, made ? task : 0, sems_id((i32)ev->ret, (u32)op->off));
	if (!set)
		return;
	if (key)
		w->sems[set].key = key;
	if (made && op->size && op->size <= 32000 && !sems_at(w, set, (u32)op->size - 1)) {
		u32 known = w->sems[set].n;
		sems_make(w, set, (u32)op->size - 1);
		for (u32 s = w->sems[set].first; s; s = w->sem[s].next)
			w->sem[s].sure |= w->sem[s].index >= known; /* Linux begins with 0 */
	}
	sems_touch(w, set);
	world_explain(w);
}

const struct ipc_rule sysv_rule_semget = {.enter = sysv_get_enter, .exit = semget_exit};

void sems_identity(const struct world *w, u32 set, struct str *out)
{
	const struct w_sems *s = &w->sems[set];

	str_add(out, "sems ");
	if (s->key)
		str_addf(out, "key 0x%x", s->key);
	else
		identity_made_by(w, s->creator, s->nth, out);
}

bool sems_hold(const struct world *w, u32 set, struct str *where)
{
	u32 n = 0;

	for (u32 s = w->sems[set].first; s; s = w->sem[s].next, n++)
		if (!w->sem[s].used || w->sem[s].set != set || w->sem[s].index != n) {
			str_addf(where, "semaphore %u of set %u is out of order", n, set);
			return false;
		}
	for (u32 t = w->sems[set].open_ops; t; t = w->task[t].op.flow_next)
		if (!w->task[t].op.open || w->task[t].op.object != set || !ipc_is_sem_call(w->task[t].op.call)) {
			str_addf(where, "task %u has no operation on set %u", t, set);
			return false;
		}
	if (n != w->sems[set].n) {
		str_addf(where, "set %u counts %u semaphores, has %u", set, w->sems[set].n, n);
		return false;
	}
	return true;
}
