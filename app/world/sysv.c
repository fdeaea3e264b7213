/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * System V semaphores and shared memory. A semop is open until it comes back; it has its whole effect at some
 * moment in between, or none. While it is open, every change on its set asks again: could it have gone at
 * this moment (op.tried), could it have had to wait (op.loose)? A result must be one of those seen. Those that
 * were found asleep have had no effect as long as nothing was done to the set since (op.asleep). What
 * SEM_UNDO owes is paid between the moment a process is about to end and its end.
 */
#include <errno.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/sem.h>
#include <sys/shm.h>

#include "world/private.h"

#define SEM_MOST 32767 /* SEMVMX */
#define PAGE_UP(n) (((n) + 4095) & ~4095ull)

/* ---- sets ---- */

static u32 set_find(const struct world *w, u64 id)
{
	for (u32 i = w->h->use[POOL_SEMS].n; i-- > 1;)
		if (w->sems[i].used && !w->sems[i].removed && w->sems[i].id == id)
			return i;
	return 0;
}

static u64 id_of(i32 id, u32 space)
{
	return (u64)space << 32 | (u32)id;
}

static void touch(struct world *w, u32 set)
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
static u32 sem_make(struct world *w, u32 set, u32 index)
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

static void parts_give(struct world *w, u32 *first)
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
	parts_give(w, &w->sems[oldest].undo);
	pool_give(w, POOL_SEMS, oldest);
}

static u32 set_new(struct world *w, u32 creator, u64 id)
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
	touch(w, index);
	return index;
}

/* ---- what a semaphore may be worth ---- */

enum { PART_SETS = 1u << 31 }; /* flags of a part: the value is set to delta (SETVAL, SETALL) */

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

static bool proc_is_ending(const struct world *w, u32 proc)
{
	return !w->proc[proc].ended && w->proc[proc].ending == w->proc[proc].tasks;
}

/* What it may be worth, as this task's operation finds it. */
static void sem_range(const struct world *w, u32 sem, u32 task, i64 *lo, i64 *hi)
{
	u32 set = w->sem[sem].set;

	*lo = w->sem[sem].sure ? w->sem[sem].value : 0;
	*hi = w->sem[sem].sure ? w->sem[sem].value : SEM_MOST;
	for (u32 t = w->sems[set].open_ops; t; t = w->task[t].op.flow_next)
		if (t != task && !w->task[t].op.asleep)
			part_range(w, w->task[t].op.object2, sem, lo, hi);
	for (u32 u = w->sems[set].undo; u; u = w->semop[u].next) {
		const struct w_semop *undo = &w->semop[u];

		if (undo->sem != sem || !proc_is_ending(w, undo->proc))
			continue;
		*lo += undo->delta < 0 ? undo->delta : 0;
		*hi += undo->delta > 0 ? undo->delta : 0;
	}
}

static bool parts_cut(const struct w_op *op)
{
	return op->size * sizeof(struct sembuf) > op->held;
}

/* Could it go; must it? Its parts are taken in order, all or none. */
static void judge(const struct world *w, u32 task, bool *could, bool *must)
{
	const struct w_op *op = &w->task[task].op;

	*could = *must = true;
	if (parts_cut(op)) /* not all of its parts are known */
		*must = false;
	for (u32 p = op->object2; p; p = w->semop[p].next) {
		const struct w_semop *part = &w->semop[p];
		i64 lo, hi, shift = 0;

		sem_range(w, part->sem, task, &lo, &hi);
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
static void widen(struct world *w, u32 set)
{
	for (u32 t = w->sems[set].open_ops; t; t = w->task[t].op.flow_next) {
		struct w_op *op = &w->task[t].op;
		bool could, must;
		i64 lo, hi;

		if (op->call == CALL_semctl) {
			u32 sem = op->fd2 >= 0 ? sems_at(w, set, (u32)op->fd2) : 0;
			if (op->arg != GETVAL || !sem)
				continue;
			sem_range(w, sem, t, &lo, &hi);
			op->flow_lo = lo < op->flow_lo ? lo : op->flow_lo;
			op->flow_hi = hi > op->flow_hi ? hi : op->flow_hi;
			continue;
		}
		judge(w, t, &could, &must);
		op->tried |= could;
		op->loose |= !must;
	}
}

/* From now on those who sleep may be woken. Returns how many were not known to sleep. */
static u32 disturb(struct world *w, u32 set, u32 by)
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

static void sems_unsure(struct world *w, u32 set)
{
	for (u32 s = w->sems[set].first; s; s = w->sem[s].next)
		w->sem[s].sure = 0;
}

/* ---- an operation begins, and ends ---- */

static void part_add(struct world *w, u32 *last, u32 sem, i32 delta, u32 flags)
{
	u32 part = pool_take(w, POOL_SEMOP);

	if (!part)
		return;
	w->semop[part].sem = sem;
	w->semop[part].delta = delta;
	w->semop[part].flags = flags;
	if (*last)
		w->semop[*last].next = part;
	*last = part;
}

static u32 parts_of_semop(struct world *w, u32 set, const struct ev_enter *ev)
{
	u32 first = 0, last = 0;
	struct sembuf s;

	for (u32 off = 0; off + sizeof s <= ev->held; off += (u32)sizeof s) {
		memcpy(&s, ev->contents + off, sizeof s);
		if (s.sem_num >= w->sems[set].n) { /* EFBIG */
			parts_give(w, &first);
			return 0;
		}
		part_add(w, &last, sem_make(w, set, s.sem_num), s.sem_op, (u16)s.sem_flg);
		first = first ? first : last;
	}
	return first;
}

static u32 parts_of_setall(struct world *w, u32 set, const struct ev_enter *ev)
{
	u32 first = 0, last = 0;
	u16 value;

	for (u32 i = 0; i < w->sems[set].n && (i + 1) * sizeof value <= ev->held; i++) {
		memcpy(&value, ev->contents + i * sizeof value, sizeof value);
		part_add(w, &last, sem_make(w, set, i), value, PART_SETS);
		first = first ? first : last;
	}
	return first;
}

static void sem_found(struct world *w, u32 task, const struct ev_enter *ev)
{
	struct w_op *op = &w->task[task].op;
	u32 set = set_find(w, id_of(ev->fd, ev->space)), last = 0;

	if (!set && ev->space && ev->fd >= 0 && op->open)
		set = set_new(w, 0, id_of(ev->fd, ev->space)); /* cannot be asked */
	op->object = set;
	if (!set)
		return;
	if (op->call != CALL_semctl) {
		op->object2 = parts_of_semop(w, set, ev);
	} else if (op->arg == SETALL) {
		op->object2 = parts_of_setall(w, set, ev);
	} else if (op->arg == SETVAL && op->fd2 >= 0 && (u32)op->fd2 < w->sems[set].n) {
		part_add(w, &last, sem_make(w, set, (u32)op->fd2), (i32)op->size, PART_SETS);
		op->object2 = last;
	}
}

void sysv_parts_drop(struct world *w, u32 task)
{
	parts_give(w, &w->task[task].op.object2);
}

static bool has_effect(const struct world *w, const struct w_op *op)
{
	for (u32 p = op->object2; p; p = w->semop[p].next)
		if (w->semop[p].delta || w->semop[p].flags & PART_SETS)
			return true;
	return op->call == CALL_semctl && op->arg == IPC_RMID;
}

static void sem_enter(struct world *w, u32 task, const struct ev_enter *ev)
{
	struct w_op *op = &w->task[task].op;
	struct w_sems *s = &w->sems[op->object];

	(void)ev;
	if (!op->object)
		return;
	touch(w, op->object);
	op->alone = 1;
	op->flow_lo = INT64_MAX;
	op->flow_hi = INT64_MIN;
	op->flow_next = s->open_ops;
	s->open_ops = task;
	s->removing += op->call == CALL_semctl && op->arg == IPC_RMID;
	if (has_effect(w, op))
		op->done = disturb(w, op->object, task);
	widen(w, op->object);
}

static void op_unlink(struct world *w, u32 task)
{
	struct w_op *op = &w->task[task].op;
	u32 *link = &w->sems[op->object].open_ops;

	while (*link && *link != task)
		link = &w->task[*link].op.flow_next;
	if (!*link)
		return;
	*link = op->flow_next;
	op->flow_next = 0;
	w->sems[op->object].removing -= op->call == CALL_semctl && op->arg == IPC_RMID;
}

static void sem_drop(struct world *w, u32 task)
{
	struct w_op *op = &w->task[task].op;

	if (!op->object)
		return;
	op_unlink(w, task);
	parts_give(w, &op->object2);
}

/* It died inside: its operation was done, or was not. */
static void sem_lost(struct world *w, u32 task)
{
	struct w_op *op = &w->task[task].op;

	if (op->object && !op->asleep)
		for (u32 p = op->object2; p; p = w->semop[p].next)
			if (w->semop[p].delta || w->semop[p].flags & PART_SETS)
				w->sem[w->semop[p].sem].sure = 0;
	sem_drop(w, task);
}

static void cannot_be(struct world *w, u32 task, i64 ret, const char *because)
{
	world_drift(w, "%s of task %u returned %lld at event %llu, but sems%u %s", call_name(w->task[task].op.call), task,
		(long long)ret, (unsigned long long)world_now(w), w->sems[w->task[task].op.object].name, because);
}

static void undo_add(struct world *w, u32 set, u32 proc, u32 sem, i32 adjust)
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

static void undo_clear(struct world *w, u32 set, u32 sem)
{
	for (u32 u = w->sems[set].undo; u; u = w->semop[u].next)
		if (w->semop[u].sem == sem)
			w->semop[u].delta = 0;
}

static void apply_parts(struct world *w, u32 task)
{
	const struct w_op *op = &w->task[task].op;

	for (u32 p = op->object2; p; p = w->semop[p].next) {
		const struct w_semop *part = &w->semop[p];
		struct w_sem *s = &w->sem[part->sem];

		if (part->flags & PART_SETS) {
			s->value = part->delta;
			s->sure = 1;
			undo_clear(w, op->object, part->sem);
		} else {
			s->value += part->delta;
			if (part->flags & SEM_UNDO && part->delta)
				undo_add(w, op->object, w->task[task].proc, part->sem, -part->delta);
		}
		if (part->delta || part->flags & PART_SETS)
			s->last = task;
	}
}

/* May the death of a process that nothing told of yet be why? */
static bool undo_explains(const struct world *w, u32 set, u32 task)
{
	for (u32 u = w->sems[set].undo; u; u = w->semop[u].next)
		if (w->semop[u].delta > 0 && w->semop[u].proc != w->task[task].proc && !w->proc[w->semop[u].proc].ended)
			return true;
	return false;
}

static void semop_done(struct world *w, u32 task)
{
	struct w_op *op = &w->task[task].op;
	u32 set = op->object;

	if (!op->tried && !w->sems[set].outside && !w->sems[set].removed) {
		if (undo_explains(w, set, task))
			sems_unsure(w, set);
		else
			cannot_be(w, task, 0, "had to keep it waiting");
	}
	if (has_effect(w, op))
		disturb(w, set, task);
	op_unlink(w, task);
	apply_parts(w, task);
	if (parts_cut(op))
		sems_unsure(w, set);
	widen(w, set);
}

static void semop_exit(struct world *w, u32 task, const struct ev_exit *ev)
{
	struct w_op *op = &w->task[task].op;
	const struct w_sems *s = &w->sems[op->object];

	if (!op->object)
		return;
	touch(w, op->object);
	if (ev->ret == 0)
		semop_done(w, task);
	else if (ev->ret == -EAGAIN && !op->loose && !s->outside)
		cannot_be(w, task, ev->ret, "did not keep it waiting");
	else if (ev->ret == -EIDRM && !s->removed && !s->removing && !s->outside)
		cannot_be(w, task, ev->ret, "was not removed");
	world_explain(w);
	sem_drop(w, task);
}

/* A task inside from before this SETVAL, or still inside: which of the two came first nobody knows. */
static bool others_overlap(const struct world *w, u32 task)
{
	const struct w_op *op = &w->task[task].op;

	if (op->done || !op->alone)
		return true;
	for (u32 t = w->sems[op->object].open_ops; t; t = w->task[t].op.flow_next)
		if (w->task[t].op.seq > op->seq)
			return true;
	return false;
}

static void set_values(struct world *w, u32 task)
{
	struct w_op *op = &w->task[task].op;
	bool overlap = others_overlap(w, task);
	u32 set = op->object;

	disturb(w, set, task);
	op_unlink(w, task);
	apply_parts(w, task);
	for (u32 p = op->object2; p && overlap; p = w->semop[p].next) {
		w->sem[w->semop[p].sem].sure = 0;
		w->sem[w->semop[p].sem].undo_unsure = 1;
	}
	if (op->arg == SETALL && !op->object2)
		sems_unsure(w, set);
	widen(w, set);
}

static void set_removed(struct world *w, u32 set)
{
	w->sems[set].removed = 1;
	parts_give(w, &w->sems[set].undo);
	touch(w, set);
}

static void semctl_exit(struct world *w, u32 task, const struct ev_exit *ev)
{
	struct w_op *op = &w->task[task].op;
	u32 set = op->object;

	if (!set)
		return;
	touch(w, set);
	if (ev->ret >= 0 && op->arg == GETVAL && op->flow_hi >= op->flow_lo && !w->sems[set].outside &&
		(ev->ret < op->flow_lo || ev->ret > op->flow_hi))
		cannot_be(w, task, ev->ret, "never had that value meanwhile");
	if (ev->ret == 0 && (op->arg == SETVAL || op->arg == SETALL))
		set_values(w, task);
	if (ev->ret == 0 && op->arg == IPC_RMID)
		set_removed(w, set);
	if (ev->ret == -EIDRM && !w->sems[set].removed && !w->sems[set].removing && !w->sems[set].outside)
		cannot_be(w, task, ev->ret, "was not removed");
	world_explain(w);
	sem_drop(w, task);
}

static void get_enter(struct world *w, u32 task, const struct ev_enter *ev)
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
	set = set_find(w, id_of((i32)ev->ret, (u32)op->off));
	if (!set)
		set = set_new(w, made ? task : 0, id_of((i32)ev->ret, (u32)op->off));
	if (!set)
		return;
	if (key)
		w->sems[set].key = key;
	if (made && op->size && op->size <= 32000 && !sems_at(w, set, (u32)op->size - 1)) {
		u32 known = w->sems[set].n;
		sem_make(w, set, (u32)op->size - 1);
		for (u32 s = w->sems[set].first; s; s = w->sem[s].next)
			w->sem[s].sure |= w->sem[s].index >= known; /* Linux begins with 0 */
	}
	touch(w, set);
	world_explain(w);
}

/* ---- what it would do, and who could end its wait ---- */

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

static enum outlook sem_outlook(const struct world *w, u32 task)
{
	const struct w_op *op = &w->task[task].op;
	bool could, must;

	if (!op->object || !op->object2 || w->sems[op->object].removed || op->arg == 0)
		return OUTLOOK_GOES;
	judge(w, task, &could, &must);
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

static bool sem_wait_of(const struct world *w, u32 task, struct ipc_wait *wait)
{
	const struct w_op *op = &w->task[task].op;
	const struct w_sems *s = &w->sems[op->object];
	bool could, must;

	if (!op->object)
		return false;
	judge(w, task, &could, &must);
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
const struct ipc_rule sysv_rule_semop = {.found = sem_found, .enter = sem_enter, .exit = semop_exit, .drop = sem_drop,
	.lost = sem_lost, .outlook = sem_outlook, .wait = sem_wait_of};
const struct ipc_rule sysv_rule_semctl = {.found = sem_found, .enter = sem_enter, .exit = semctl_exit, .drop = sem_drop,
	.lost = sem_lost};
const struct ipc_rule sysv_rule_semget = {.enter = get_enter, .exit = semget_exit};

/* ---- SEM_UNDO ---- */

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
		disturb(w, set, 0);
		widen(w, set);
	}
}

static void pay(struct world *w, const struct w_semop *undo)
{
	struct w_sem *s = &w->sem[undo->sem];
	i64 lo, hi;

	/* The kernel cuts off at 0: what it came to depends on what open operations had done by then. */
	sem_range(w, undo->sem, 0, &lo, &hi);
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
		disturb(w, set, 0);
		widen(w, set);
		w->sems[set].touched_seq = world_now(w);
	}
}

/* ---- world against kernel ---- */

static bool all_asleep(const struct world *w, u32 set)
{
	for (u32 t = w->sems[set].open_ops; t; t = w->task[t].op.flow_next)
		if (w->task[t].state != TASK_BLOCKED)
			return false;
	for (u32 u = w->sems[set].undo; u; u = w->semop[u].next)
		if (proc_is_ending(w, w->semop[u].proc))
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
		judge(w, t, &could, &must);
		op->tried = could;
		op->loose = 1;
		if (must && op->object2 && !w->sems[set].outside)
			world_drift(w, "semop of task %u sleeps at event %llu, but sems%u lets it go", t,
				(unsigned long long)world_now(w), w->sems[set].name);
	}
}

void sems_observe(struct world *w, u32 task, const struct ev_observe *ev)
{
	u32 set = set_find(w, ev->a), sem, index = (u32)ev->b;
	const struct w_op *op = &w->task[task].op;
	struct w_sem *s;

	if (ev->c == OBS_UNKNOWN) {
		if (set) {
			w->sems[set].outside = 1;
			set_removed(w, set);
		}
		return;
	}
	if (ev->c > SEM_MOST || index >= 32000)
		return;
	if (!set && !(set = set_new(w, task && op->open && op->call == CALL_semget && ev->c == 0 ? task : 0, ev->a)))
		return;
	w->sems[set].outside |= !!(ev->b & OBS_OUTSIDE);
	sem = sems_at(w, set, index);
	if (!sem)
		sem = sem_make(w, set, index);
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

/* ---- shared memory ---- */

static void shmget_exit(struct world *w, u32 task, const struct ev_exit *ev)
{
	u32 segment = ev->ret < 0 ? 0 : segment_find(w, (u32)ev->ret, w->task[task].op.off);

	if (!segment)
		return;
	segment_touch(w, segment);
	world_explain(w);
}
const struct ipc_rule sysv_rule_shmget = {.enter = get_enter, .exit = shmget_exit};

static void shm_found(struct world *w, u32 task, const struct ev_enter *ev)
{
	struct w_op *op = &w->task[task].op;

	op->segment = ev->fd < 0 ? 0 : segment_find(w, (u32)ev->fd, ev->space);
}

static void shmat_exit(struct world *w, u32 task, const struct ev_exit *ev)
{
	const struct w_op *op = &w->task[task].op;
	u32 segment = segment_find(w, ev->arg, ev->arg2);
	struct w_map map = {.segment = segment, .addr = (u64)ev->ret,
		.prot = PROT_READ | (op->size & SHM_RDONLY ? 0 : PROT_WRITE) | (op->size & SHM_EXEC ? PROT_EXEC : 0)};

	if (ev->ret <= 0 || !segment || w->segment[segment].kind != SEGMENT_SYSV || (map.addr & 4095))
		return;
	map.len = PAGE_UP(w->segment[segment].size);
	if (!map.len || map.len > 1ull << 46 || map.addr > 1ull << 47)
		return;
	map_add(w, w->task[task].proc, &map, op->site);
	segment_touch(w, segment);
	world_explain(w);
}
const struct ipc_rule sysv_rule_shmat = {.found = shm_found, .exit = shmat_exit};

static void shmctl_exit(struct world *w, u32 task, const struct ev_exit *ev)
{
	const struct w_op *op = &w->task[task].op;

	if (!op->segment || ev->ret < 0)
		return;
	if (op->arg == IPC_RMID)
		segment_removed(w, op->segment);
	segment_touch(w, op->segment);
	world_explain(w);
}
const struct ipc_rule sysv_rule_shmctl = {.found = shm_found, .exit = shmctl_exit};

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
