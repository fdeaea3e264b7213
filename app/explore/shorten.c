/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A failing schedule made shorter: each switch is left out in turn, and what still fails in the same way with fewer
 * preemptions, or with as many in fewer switches or steps, is taken. At the end no single switch can go. What the
 * bounded search found has the fewest preemptions already. */
#include <stdlib.h>

#include "explore/private.h"

enum { TRIES_MAX = 400 };

struct measure {
	u32 preemptions, switches, steps;
};

static struct measure measure(const struct exec *x, const struct choices *c)
{
	return (struct measure){preemptions_of(x), c->n, (u32)x->steps.n};
}

static bool is_less(struct measure a, struct measure b)
{
	if (a.preemptions != b.preemptions)
		return a.preemptions < b.preemptions;
	if (a.switches != b.switches)
		return a.switches < b.switches;
	return a.steps < b.steps;
}

static bool execute(struct search *s, const struct choices *c, struct err *err)
{
	struct plan p = {.pick = pick_next, .forced = c};

	s->result->shortening++;
	return exec_run(s->exec, &p, err);
}

/* Without the i-th. */
static void without(const struct choices *c, u32 i, struct choices *out)
{
	choices_copy(out, c);
	memmove(&out->at[i], &out->at[i + 1], (out->n - i - 1) * sizeof *out->at);
	out->n--;
}

bool shorten(struct search *s, struct err *err)
{
	struct choices try = {0}, now = {0};
	struct measure best;
	u32 tries = 0;
	bool ok = execute(s, &s->failing, err);

	if (!ok || s->exec->verdict != s->result->verdict)
		return ok;
	choices_of(s->exec, &s->failing);
	best = measure(s->exec, &s->failing);
	for (u32 i = 0; ok && i < s->failing.n && tries < TRIES_MAX; i++) {
		without(&s->failing, i, &try);
		tries++;
		ok = execute(s, &try, err);
		if (!ok || s->exec->verdict != s->result->verdict)
			continue;
		choices_of(s->exec, &now);
		if (!is_less(measure(s->exec, &now), best))
			continue;
		best = measure(s->exec, &now);
		choices_copy(&s->failing, &now);
		i = UINT32_MAX; /* from the beginning */
	}
	free(try.at);
	free(now.at);
	/* once more, so that what is told is of this one */
	if (ok)
		ok = execute(s, &s->failing, err);
	s->result->switches = best.preemptions;
	s->result->steps = (u32)s->exec->steps.n;
	return ok;
}
