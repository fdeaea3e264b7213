/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every order, without a bound, each once up to exchange of independent neighbours: sleep sets (Godefroid 1996). When
 * of two that could go both ways have to be tried, the way tried second need not begin with what the first began with,
 * until somebody has done something that depends on it. Only here, never with a bound: there it loses executions.
 */
#include <stdlib.h>
#include <sys/syscall.h>

#include "explore/private.h"

struct branch_point {
	struct choices c;
	u64 asleep;
};

struct exhausting {
	struct search *s;
	VEC(struct branch_point) todo;
	VEC(u64) asleep; /* before each step of this execution */
	u64 now;
	u32 from;       /* the first step that is not its predecessor's */
	u32 known;      /* steps dealt with */
	bool redundant; /* nobody is left but who sleeps */
};

/* ---- what depends on what ---- */

static bool is_simple(u16 op)
{
	return (op >= HOOK_SEM_WAIT && op <= HOOK_MUTEX_UNLOCK) ||
	       (op >= HOOK_SPIN_INIT && op <= HOOK_SPIN_UNLOCK);
}

static bool depends(const struct xstep *s, const struct xtask *k)
{
	if (k->point == POINT_NONE || k->standing != X_AT || k->fed || s->inside || s->by_time)
		return true;
	if (s->point == POINT_CALL || k->point == POINT_CALL)
		return s->point == k->point || s->object == k->object;
	if (s->point == POINT_ACCESS && k->point == POINT_ACCESS) {
		if (s->size > 4 || k->op_size > 4)
			return (s->how & 3) != HOOK_LOAD || (k->second & 3) != HOOK_LOAD;
		return s->object == k->object &&
		       ((s->how & 3) != HOOK_LOAD || (k->second & 3) != HOOK_LOAD);
	}
	if (s->point != k->point)
		return s->object == k->object;
	return !is_simple(s->op) || !is_simple(k->op) || s->object == k->object;
}

/* ---- an execution ---- */

static void ran(struct exec *x, void *arg)
{
	struct exhausting *e = arg;

	for (; e->known < x->steps.n; e->known++) {
		const struct xstep *s = &x->steps.at[e->known];

		*vec_push(&e->asleep) = e->known < e->from ? 0 : e->now;
		if (e->known < e->from)
			continue;
		e->now &= ~BIT(s->task);
		for (u32 t = 0; t < x->tasks; t++)
			if (e->now & BIT(t) && depends(s, &x->task[t]))
				e->now &= ~BIT(t);
	}
}

static struct decision pick(struct exec *x, void *arg, u64 enabled, u64 timed, u32 current)
{
	struct exhausting *e = arg;
	u64 asleep = x->steps.n < e->from ? 0 : e->now;

	if (enabled & ~asleep)
		return exec_next(enabled & ~asleep, 0, current);
	if (!enabled && timed)
		return exec_next(0, timed, current);
	e->redundant = true;
	return (struct decision){TASKS_MAX, false};
}

static void branches(struct exhausting *e, const struct choices *from)
{
	struct exec *x = e->s->exec;
	u32 first = from->n ? from->at[from->n - 1].at + 1 : 0;

	for (u32 i = first; i < x->steps.n; i++) {
		const struct xstep *s = &x->steps.at[i];
		u64 asleep = e->asleep.at[i] | BIT(s->task);

		for (u32 t = 0; t < x->tasks; t++) {
			for (int by_time = 0; by_time < 2; by_time++) {
				struct branch_point *b;
				struct choices c = {0};
				u64 could = by_time ? s->timed & ~s->enabled : s->enabled & ~asleep;

				if (!(could & BIT(t)) || (t == s->task && s->by_time == by_time))
					continue;
				choices_copy(&c, from);
				choices_add(&c, i, t, by_time);
				b = vec_push(&e->todo);
				*b = (struct branch_point){c, by_time ? 0 : asleep};
				if (!by_time)
					asleep |= BIT(t);
			}
		}
	}
}

static bool execute(struct exhausting *e, struct branch_point *b, struct err *err)
{
	struct plan p = {.forced = &b->c, .pick = pick, .ran = ran, .arg = e};

	e->asleep.n = 0;
	e->known = 0;
	e->redundant = false;
	e->from = b->c.n ? b->c.at[b->c.n - 1].at : 0;
	e->now = b->asleep;
	return search_execute(e->s, &p, err);
}

bool exhaustive_all(struct search *s, struct err *err)
{
	struct exhausting e = {.s = s};
	bool going = true;

	*vec_push(&e.todo) = (struct branch_point){0};
	while (going && e.todo.n) {
		struct branch_point b = e.todo.at[--e.todo.n];

		s->waiting = e.todo.n;
		going = execute(&e, &b, err);
		if (going && s->exec->verdict) {
			s->result->verdict = s->exec->verdict;
			choices_of(s->exec, &s->failing);
			s->result->preemptions = s->failing.preemptions;
			going = s->opt->finals &&
				!search_over(s); /* what ends there are is asked */
		}
		if (going)
			branches(&e, &b.c);
		free(b.c.at);
		going = going && !search_over(s) && search_tell(s, 0);
	}
	s->result->exhausted = going && !e.todo.n;
	while (e.todo.n)
		free(e.todo.at[--e.todo.n].c.at);
	free(e.todo.at);
	free(e.asleep.at);
	return !err->code;
}
