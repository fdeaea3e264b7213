/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The wait-for graph in lines: who waits for whom, those that stand still for good first; and how to mend it. */
#include <stdlib.h>

#include "view/private.h"
#include "view/report.h"

static void add_targets(const struct scene *s, const struct why *y, struct str *out)
{
	u32 said = 0, last = 0;
	char name[24];

	for (u32 i = 0; i < y->wakers_n && i < ARRAY_LEN(y->wakers); i++) {
		const struct why_waker *k = &y->wakers[i];
		bool task =
			k->task && !k->fd && (y->reason == WHY_MUTEX || y->reason == WHY_THREAD);

		if (k->outside || (k->proc == last && !task))
			continue;
		str_addf(out, "%s%s", said++ ? ", " : "",
			task ? world_task_name(s->world, k->task, name)
			     : world_proc_name(s->world, k->proc, name));
		last = k->proc;
	}
	for (u32 i = 0; i < y->wakers_n && i < ARRAY_LEN(y->wakers); i++)
		if (y->wakers[i].outside)
			str_addf(out, "%soutside", said++ ? ", " : "");
	if (!said)
		str_add(out, y->timeout_ns != TIME_NONE ? "time"
			     : y->reason == WHY_OTHER   ? "not known"
							: "nobody");
}

static void add_line(
	const struct scene *s, const struct world_standing *st, u32 task, struct str *out)
{
	bool plain = s->style == STYLE_PLAIN;
	struct str reason = {0};
	struct why y;

	if (!world_why_wait(s->world, task, &y))
		return;
	words_name(s, task, out);
	str_add(out, plain ? " waits for " : " ──→ ");
	add_targets(s, &y, out);
	words_reason(s, task, &reason);
	str_addf(out, plain ? ": %s" : "   %s", str_get(&reason));
	if (st->of[task] == STANDS_STUCK)
		str_add(out, st->cycle[task]
				     ? plain ? ", in a cycle, for good" : "   for good (circle)"
			     : plain ? ", for good"
				     : "   for good");
	str_add(out, plain ? ".\n" : "\n");
	str_finish(&reason);
}

/* Whom of its own cycle a task waits for; 0 nobody. */
static u32 next_in_cycle(const struct scene *s, const struct world_standing *st, u32 task)
{
	struct why y;

	if (!world_why_wait(s->world, task, &y))
		return 0;
	for (u32 i = 0; i < y.wakers_n && i < ARRAY_LEN(y.wakers); i++) {
		const struct why_waker *k = &y.wakers[i];

		if (k->outside)
			continue;
		if (k->task && st->cycle[k->task] == st->cycle[task])
			return k->task;
		for (u32 t = 1; t < world_tasks(s->world); t++)
			if (world_task(s->world, t) && world_task(s->world, t)->proc == k->proc &&
				st->cycle[t] == st->cycle[task])
				return t;
	}
	return 0;
}

/* "In a circle: P1 ──→ P3 ──→ P2 ──→ P1.", a circle of one left out: its line says it. */
static void add_cycle(
	const struct scene *s, const struct world_standing *st, u32 cycle, struct str *out)
{
	enum { MOST_SHOWN = 8 };
	u32 at = 1, n = 1, end;

	while (at < world_tasks(s->world) && (st->cycle[at] != cycle || st->of[at] != STANDS_STUCK))
		at++;
	if (at == world_tasks(s->world))
		return;
	/* As many steps as there are tasks: then it is in the circle itself, not only on the way to it. */
	for (u32 i = 0; i < world_tasks(s->world) && at; i++)
		at = next_in_cycle(s, st, at);
	end = at;
	for (u32 i = 0; i < world_tasks(s->world) && at; i++, at = next_in_cycle(s, st, at))
		end = at < end ? at : end; /* told from the first of them on */
	at = end;
	if (!at || next_in_cycle(s, st, at) == at)
		return;
	str_add(out, "In a circle: ");
	words_name(s, at, out);
	do {
		at = next_in_cycle(s, st, at);
		str_add(out, s->style == STYLE_PLAIN ? " waits for " : " ──→ ");
		if (at != end && ++n > MOST_SHOWN) {
			str_add(out, "...");
			break;
		}
		words_name(s, at, out);
	} while (at != end);
	str_add(out, ".\n");
}

void words_waits(const struct scene *s, struct str *out)
{
	struct world_standing st;
	struct report r = {.scene = *s, .standing = &st};
	u32 n, *order;

	world_standing(s->world, &st);
	order = report_order(&r, &n);
	for (u32 c = 1; c <= st.cycles; c++)
		add_cycle(s, &st, c, out);
	for (u32 i = 0; i < n; i++)
		add_line(s, &st, order[i], out);
	if (!n)
		str_add(out, "Nobody waits.\n");
	words_mend(s, out);
	free(order);
	world_standing_finish(&st);
}

bool words_mend(const struct scene *s, struct str *out)
{
	struct world_standing st;
	struct report r = {.scene = *s, .standing = &st};
	struct str mend = {0};
	bool any;

	world_standing(s->world, &st);
	any = report_mend(&r, &mend);
	if (any)
		str_addf(out, "To mend it: %s.\n", str_get(&mend));
	str_finish(&mend);
	world_standing_finish(&st);
	return any;
}
