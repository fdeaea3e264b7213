/* SPDX-License-Identifier: GPL-3.0-or-later */
/* PCT (Burckhardt, Kothari, Musuvathi, Nagarakatte, ASPLOS 2010): each task gets a random priority, the highest that can
 * go goes; at d - 1 random steps the one that runs falls below all others. */
#include "explore/private.h"

enum { CHANGES_MAX = 4 };

struct pct {
	u64 state;
	u32 priority[TASKS_MAX];
	u32 change[CHANGES_MAX], changes, passed;
	u32 known; /* tasks that have a priority */
	u32 current;
};

static u64 next_random(struct pct *p)
{
	p->state += 0x9e3779b97f4a7c15u;
	return mix(p->state, 0x9c7);
}

static void give(struct exec *x, struct pct *p)
{
	while (p->known < x->tasks)
		p->priority[p->known++] = CHANGES_MAX + 1 + (u32)(next_random(p) % 1000000);
}

static u32 highest(const struct pct *p, u64 set)
{
	u32 best = TASKS_MAX;

	for (u32 t = 0; t < p->known; t++)
		if (set & BIT(t) && (best == TASKS_MAX || p->priority[t] > p->priority[best]))
			best = t;
	return best;
}

static struct decision pick(struct exec *x, void *arg, u64 enabled, u64 timed, u32 current)
{
	struct pct *p = arg;
	bool by_time = !enabled;

	(void)current;
	give(x, p);
	/* now and then somebody's time passes though others could go */
	if (enabled && timed && next_random(p) % 8 == 0)
		by_time = true;
	p->current = highest(p, by_time ? timed : enabled);
	return (struct decision){p->current, by_time};
}

/* Asked again at the next change, and after each step while a higher one waits, which may be let go by it. */
static u32 until(struct exec *x, void *arg, u32 current)
{
	struct pct *p = arg;
	u32 n = UINT32_MAX;

	give(x, p);
	for (u32 t = 0; t < x->tasks; t++)
		if (x->task[t].standing != X_GONE && !(x->enabled & BIT(t)) &&
			p->priority[t] > p->priority[current])
			n = 1;
	for (u32 i = 0; i < p->changes; i++)
		if (p->change[i] > x->steps.n && p->change[i] - x->steps.n < n)
			n = (u32)(p->change[i] - x->steps.n);
	return n;
}

static void ran(struct exec *x, void *arg)
{
	struct pct *p = arg;

	for (u32 i = 0; i < p->changes; i++)
		if (p->change[i] && x->steps.n >= p->change[i]) {
			p->change[i] = 0;
			if (p->current < TASKS_MAX)
				p->priority[p->current] = CHANGES_MAX - p->passed++;
		}
}

bool pct_one(struct search *s, u64 nth, struct err *err)
{
	struct pct p = {.state = s->opt->seed * 0x2545f4914f6cdd1du + nth * 0x9e3779b9u,
		.changes = 1 + nth % 3,
		.current = TASKS_MAX};
	struct plan plan = {.pick = pick, .until = until, .ran = ran, .arg = &p};
	u32 length = (u32)s->exec->steps.n ? (u32)s->exec->steps.n : 1;

	for (u32 i = 0; i < p.changes; i++)
		p.change[i] = 1 + (u32)(next_random(&p) % length);
	return search_execute(s, &plan, err);
}
