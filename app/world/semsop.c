/* SPDX-License-Identifier: GPL-3.0-or-later */
/* semop and semctl: begin, come back, are broken off. Is the result one of those that it may have had? */
#include <errno.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/sem.h>

#include "world/sems.h"

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
			sems_parts_give(w, &first);
			return 0;
		}
		part_add(w, &last, sems_make(w, set, s.sem_num), s.sem_op, (u16)s.sem_flg);
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
		part_add(w, &last, sems_make(w, set, i), value, PART_SETS);
		first = first ? first : last;
	}
	return first;
}

static void sem_found(struct world *w, u32 task, const struct ev_enter *ev)
{
	struct w_op *op = &w->task[task].op;
	u32 set = sems_find(w, sems_id(ev->fd, ev->space)), last = 0;

	if (!set && ev->space && ev->fd >= 0 && op->open)
		set = sems_new(w, 0, sems_id(ev->fd, ev->space)); /* cannot be asked */
	op->object = set;
	if (!set)
		return;
	if (op->call != CALL_semctl) {
		op->object2 = parts_of_semop(w, set, ev);
	} else if (op->arg == SETALL) {
		op->object2 = parts_of_setall(w, set, ev);
	} else if (op->arg == SETVAL && op->fd2 >= 0 && (u32)op->fd2 < w->sems[set].n) {
		part_add(w, &last, sems_make(w, set, (u32)op->fd2), (i32)op->size, PART_SETS);
		op->object2 = last;
	}
}

void sysv_parts_drop(struct world *w, u32 task)
{
	sems_parts_give(w, &w->task[task].op.object2);
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
	sems_touch(w, op->object);
	op->alone = 1;
	op->flow_lo = INT64_MAX;
	op->flow_hi = INT64_MIN;
	op->flow_next = s->open_ops;
	s->open_ops = task;
	s->removing += op->call == CALL_semctl && op->arg == IPC_RMID;
	if (has_effect(w, op))
		op->done = sems_disturb(w, op->object, task);
	sems_widen(w, op->object);
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
	sems_parts_give(w, &op->object2);
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

static void apply_parts(struct world *w, u32 task)
{
	const struct w_op *op = &w->task[task].op;

	for (u32 p = op->object2; p; p = w->semop[p].next) {
		const struct w_semop *part = &w->semop[p];
		struct w_sem *s = &w->sem[part->sem];

		if (part->flags & PART_SETS) {
			s->value = part->delta;
			s->sure = 1;
			sems_undo_clear(w, op->object, part->sem);
		} else {
			s->value += part->delta;
			if (part->flags & SEM_UNDO && part->delta)
				sems_undo_add(w, op->object, w->task[task].proc, part->sem, -part->delta);
		}
		if (part->delta || part->flags & PART_SETS)
			s->last = task;
	}
}

static void semop_done(struct world *w, u32 task)
{
	struct w_op *op = &w->task[task].op;
	u32 set = op->object;

	if (!op->tried && !w->sems[set].outside && !w->sems[set].removed) {
		if (sems_undo_explains(w, set, task))
			sems_unsure(w, set);
		else
			cannot_be(w, task, 0, "had to keep it waiting");
	}
	if (has_effect(w, op))
		sems_disturb(w, set, task);
	op_unlink(w, task);
	apply_parts(w, task);
	if (sems_parts_cut(op))
		sems_unsure(w, set);
	sems_widen(w, set);
}

static void semop_exit(struct world *w, u32 task, const struct ev_exit *ev)
{
	struct w_op *op = &w->task[task].op;
	const struct w_sems *s = &w->sems[op->object];

	if (!op->object)
		return;
	sems_touch(w, op->object);
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

	sems_disturb(w, set, task);
	op_unlink(w, task);
	apply_parts(w, task);
	for (u32 p = op->object2; p && overlap; p = w->semop[p].next) {
		w->sem[w->semop[p].sem].sure = 0;
		w->sem[w->semop[p].sem].undo_unsure = 1;
	}
	if (op->arg == SETALL && !op->object2)
		sems_unsure(w, set);
	sems_widen(w, set);
}

static void semctl_exit(struct world *w, u32 task, const struct ev_exit *ev)
{
	struct w_op *op = &w->task[task].op;
	u32 set = op->object;

	if (!set)
		return;
	sems_touch(w, set);
	if (ev->ret >= 0 && op->arg == GETVAL && op->flow_hi >= op->flow_lo && !w->sems[set].outside &&
		(ev->ret < op->flow_lo || ev->ret > op->flow_hi))
		cannot_be(w, task, ev->ret, "never had that value meanwhile");
	if (ev->ret == 0 && (op->arg == SETVAL || op->arg == SETALL))
		set_values(w, task);
	if (ev->ret == 0 && op->arg == IPC_RMID)
		sems_removed(w, set);
	if (ev->ret == -EIDRM && !w->sems[set].removed && !w->sems[set].removing && !w->sems[set].outside)
		cannot_be(w, task, ev->ret, "was not removed");
	world_explain(w);
	sem_drop(w, task);
}

const struct ipc_rule sysv_rule_semop = {.found = sem_found, .enter = sem_enter, .exit = semop_exit, .drop = sem_drop,
	.lost = sem_lost, .outlook = sems_outlook, .wait = sems_wait};
const struct ipc_rule sysv_rule_semctl = {.found = sem_found, .enter = sem_enter, .exit = semctl_exit, .drop = sem_drop,
	.lost = sem_lost};
