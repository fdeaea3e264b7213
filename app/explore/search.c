/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Bounds 0, 1, 2 ... of preemptions, depth first. A preemption is a switch away from a task that could have gone
 * on, or a time-out that passes while somebody could. Each execution is its predecessor's up to one choice; what
 * costs a preemption more waits for the next bound, so that nothing is run twice. No sleep sets: with a
 * bound they lose executions (BPOR, OOPSLA 2013). Left out is only a preemption before an operation on an
 * object that no other task has touched in any execution so far; when that turns out to be wrong, the
 * search begins anew.
 */
#include <stdio.h>
#include <stdlib.h>

#include "explore/private.h"

enum { MIX_FROM = 300, ITEMS_MAX = 2000000 };

/* ---- who touched what ---- */

static struct seen_key *seen_find(struct seen *s, u64 key)
{
	if (s->n * 2 >= s->cap) {
		struct seen old = *s;

		s->cap = old.cap ? old.cap * 2 : 1024;
		s->at = xmalloc(s->cap * sizeof *s->at);
		for (u32 i = 0; i < old.cap; i++)
			if (old.at[i].key) {
				u32 j = (u32)old.at[i].key & (s->cap - 1);

				while (s->at[j].key)
					j = (j + 1) & (s->cap - 1);
				s->at[j] = old.at[i];
			}
		free(old.at);
	}
	for (u32 j = (u32)key & (s->cap - 1);; j = (j + 1) & (s->cap - 1))
		if (!s->at[j].key || s->at[j].key == key)
			return &s->at[j];
}

static u64 cell_key(struct exec *x, const struct xstep *s, u32 i)
{
	return i ? place_key(x, s->task, s->addr + 4 * i) : s->object;
}

static u32 cells(const struct xstep *s)
{
	return s->how && s->size > 4 ? (u32)((s->addr & 3) + s->size + 3) / 4 : 1;
}

bool seen_note(struct seen *seen, struct exec *x)
{
	bool changed = x->anew;

	x->anew = false;
	for (size_t i = 0; i < x->steps.n; i++) {
		const struct xstep *s = &x->steps.at[i];
		u64 who = x->task[s->task].identity;

		for (u32 c = 0; c < cells(s); c++) {
			struct seen_key *k = seen_find(seen, cell_key(x, s, c));

			if (!k->key) {
				*k = (struct seen_key){.key = cell_key(x, s, c), .who = who};
				seen->n++;
			} else if (k->who != who && !k->shared) {
				k->shared = true;
				changed |= k->passed;
			}
		}
	}
	return changed;
}

bool seen_matters(struct seen *seen, struct exec *x, const struct xstep *s)
{
	for (u32 c = 0; c < cells(s); c++)
		if (seen_find(seen, cell_key(x, s, c))->shared)
			return true;
	for (u32 c = 0; c < cells(s); c++)
		seen_find(seen, cell_key(x, s, c))->passed = true;
	return false;
}

void seen_finish(struct seen *s)
{
	free(s->at);
	*s = (struct seen){0};
}

/* ---- choices ---- */

void choices_add(struct choices *c, u32 at, u32 task, bool by_time)
{
	if (c->n == c->cap) {
		c->cap = c->cap ? 2 * c->cap : 8;
		c->at = xrealloc(c->at, c->cap * sizeof *c->at);
	}
	c->at[c->n++] = (struct choice_made_at){at, (u8)task, by_time};
}

void choices_copy(struct choices *to, const struct choices *from)
{
	struct choices copy = {.n = from->n, .cap = from->n, .preemptions = from->preemptions};

	if (from->n) {
		copy.at = xmalloc(from->n * sizeof *copy.at);
		memcpy(copy.at, from->at, from->n * sizeof *copy.at);
	}
	free(to->at);
	*to = copy;
}

void choices_of(const struct exec *x, struct choices *c)
{
	c->n = 0;
	for (size_t i = 0; i < x->steps.n; i++) {
		const struct xstep *s = &x->steps.at[i];

		if (!i || s->task != s[-1].task || s->by_time)
			choices_add(c, (u32)i, s->task, s->by_time);
	}
	c->preemptions = preemptions_of(x);
}

u32 preemptions_of(const struct exec *x)
{
	u32 n = 0;

	for (size_t i = 1; i < x->steps.n; i++) {
		const struct xstep *s = &x->steps.at[i];

		n += s->by_time ? s->enabled != 0
				: s->task != s[-1].task && s->enabled & BIT(s[-1].task);
	}
	return n;
}

void choices_print(const struct exec *x, const struct choices *c, char *to, size_t n)
{
	size_t at = (size_t)snprintf(to, n, "%s", x->begins ? "k " : "");

	for (u32 i = 0; i < c->n && at + 24 < n; i++)
		at += (size_t)snprintf(to + at, n - at, "%s%u:%u%s", i ? " " : "", c->at[i].at,
			c->at[i].task + 1, c->at[i].by_time ? "t" : "");
}

bool choices_parse(const char *text, struct exec *x, struct choices *c)
{
	unsigned at, task;
	int used;

	text += strspn(text, " ");
	x->kills_seen = *text == 'k';
	text += *text == 'k';
	while (sscanf(text, " %u:%u%n", &at, &task, &used) == 2 && task >= 1 && task <= TASKS_MAX) {
		text += used;
		choices_add(c, at, task - 1, *text == 't');
		text += *text == 't';
	}
	return text[strspn(text, " ")] == '\0';
}

/* ---- executions ---- */

struct decision pick_next(struct exec *x, void *arg, u64 enabled, u64 timed, u32 current)
{
	(void)x;
	(void)arg;
	return exec_next(enabled, timed, current);
}

static void note_final(struct search *s)
{
	u64 key = s->exec->final | 1;
	u32 j;

	if (s->finals_n * 2 >= s->finals_cap) {
		u64 *old = s->finals;
		u32 cap = s->finals_cap;

		s->finals_cap = cap ? cap * 2 : 256;
		s->finals = xmalloc(s->finals_cap * sizeof *s->finals);
		for (u32 i = 0; i < cap; i++)
			if (old[i]) {
				for (j = (u32)old[i] & (s->finals_cap - 1); s->finals[j];
					j = (j + 1) & (s->finals_cap - 1))
					;
				s->finals[j] = old[i];
			}
		free(old);
	}
	for (j = (u32)key & (s->finals_cap - 1); s->finals[j]; j = (j + 1) & (s->finals_cap - 1))
		if (s->finals[j] == key)
			return;
	s->finals[j] = key;
	s->finals_n++;
	s->result->final_states = s->finals_n;
	s->result->final_hash += mix(key, 0xf17a1);
}

bool search_execute(struct search *s, const struct plan *p, struct err *err)
{
	if (!exec_run(s->exec, p, err))
		return false;
	s->result->schedules++;
	if (s->exec->verdict == EXPLORE_ENDLESS && s->result->schedules == 1) {
		s->result->verdict = EXPLORE_ENDLESS;
		return err_set(err, EXIT_CANNOT_RUN,
			"the first execution made %zu steps and had not ended: explore runs "
			"programs that end; --steps lets one "
			"make more",
			s->exec->steps.n);
	}
	if (s->opt->finals && s->exec->verdict != EXPLORE_ENDLESS && !s->exec->given_up)
		note_final(s);
	return true;
}

bool search_over(struct search *s)
{
	u64 most = s->opt->schedules ? s->opt->schedules : 20000;

	return s->stopped || s->result->schedules >= most ||
	       (s->opt->seconds &&
		       clock_ns() - s->started_ns > s->opt->seconds * UINT64_C(1000000000));
}

bool search_tell(struct search *s, u32 bound)
{
	u64 now = clock_ns(), most = s->opt->schedules ? s->opt->schedules : 20000;
	struct explore_progress p = {.schedules = s->result->schedules,
		.preemptions = bound,
		.waiting = s->waiting,
		.left = -1};
	u64 todo = most - s->result->schedules;

	if (s->stopped || now - s->told_ns < 200000000)
		return !s->stopped;
	s->told_ns = now;
	p.seconds = (double)(now - s->started_ns) / 1e9;
	if (p.schedules > 20)
		p.left = p.seconds / (double)p.schedules * (double)todo;
	if (s->opt->seconds && (p.left < 0 || p.left > s->opt->seconds - p.seconds))
		p.left = s->opt->seconds - p.seconds;
	if (s->tell && !s->tell(s->tell_arg, &p))
		s->stopped = true;
	return !s->stopped;
}

/* ---- bounded ---- */

typedef VEC(struct choices) items;

static void items_clear(items *v)
{
	for (size_t i = 0; i < v->n; i++)
		free(v->at[i].at);
	v->n = 0;
}

struct bounded {
	struct search *s;
	items now, later;
	u32 bound;
	bool dropped; /* there were too many to keep */
};

static void branch(
	struct bounded *b, const struct choices *from, u32 at, u32 task, bool by_time, u32 cost)
{
	items *to = from->preemptions + cost <= b->bound ? &b->now : &b->later;
	struct choices c = {
		.n = from->n, .cap = from->n + 1, .preemptions = from->preemptions + cost};

	if (to == &b->later && b->s->opt->preemptions == b->bound)
		return;
	if (to->n >= ITEMS_MAX) {
		b->dropped = true;
		return;
	}
	c.at = xmalloc(c.cap * sizeof *c.at);
	if (from->n)
		memcpy(c.at, from->at, from->n * sizeof *c.at);
	choices_add(&c, at, task, by_time);
	*vec_push(to) = c;
}

static void branches(struct bounded *b, const struct choices *from)
{
	struct exec *x = b->s->exec;
	u32 first = from->n ? from->at[from->n - 1].at + 1 : 0;

	for (u32 i = first; i < x->steps.n; i++) {
		const struct xstep *s = &x->steps.at[i];
		u64 last = i ? BIT(s[-1].task) : 0;
		bool goes_on = s->enabled & last && BIT(s->task) == last && !s->by_time;

		if (goes_on && !b->s->opt->plain_search && !seen_matters(&b->s->seen, x, s))
			continue;
		for (u32 t = 0; t < x->tasks; t++) {
			if (t == s->task)
				continue;
			if (s->enabled & BIT(t))
				branch(b, from, i, t, false, s->enabled & last && BIT(t) != last);
			if (s->timed & BIT(t))
				branch(b, from, i, t, true, s->enabled != 0);
		}
		if (s->timed & BIT(s->task) && !s->by_time)
			branch(b, from, i, s->task, true, 1);
	}
}

static bool found(struct search *s, bool by_pct)
{
	struct exec *x = s->exec;

	if (!x->verdict ||
		s->opt->finals) /* what ends there are is asked, not for the first failure */
		return false;
	s->result->verdict = x->verdict;
	s->result->by_pct = by_pct;
	choices_of(x, &s->failing);
	return true;
}

/* False: over (found, a limit, an error). *again: what was left out turned out to matter. */
static bool run_bound(struct bounded *b, bool *again, struct err *err)
{
	struct search *s = b->s;
	struct plan p = {.pick = pick_next};
	u64 pct = 0;

	while (b->now.n) {
		struct choices c = b->now.at[--b->now.n];
		bool ok;

		p.forced = &c;
		s->waiting = b->now.n;
		ok = search_execute(s, &p, err) && !found(s, false);
		if (ok && seen_note(&s->seen, s->exec)) {
			*again = true;
			free(c.at);
			return true;
		}
		if (ok)
			branches(b, &c);
		free(c.at);
		if (!ok || search_over(s) || !search_tell(s, b->bound))
			return false;
		if (!s->opt->no_pct && b->bound > 0 && s->result->schedules > MIX_FROM &&
			s->result->schedules % 2) {
			if (!pct_one(s, ++pct, err) || found(s, true) || search_over(s))
				return false;
			seen_note(&s->seen, s->exec);
		}
	}
	return true;
}

bool search_all(struct search *s, struct err *err)
{
	struct bounded b = {.s = s};
	bool again = true, going = true;

	while (going) {
		if (again) {
			items_clear(&b.now);
			items_clear(&b.later);
			*vec_push(&b.now) = (struct choices){0};
			b.bound = 0;
			again = false;
		}
		s->result->preemptions = b.bound;
		going = run_bound(&b, &again, err);
		if (!going || again)
			continue;
		s->result->exhausted = !b.dropped && (!b.later.n || b.bound == s->opt->preemptions);
		if (!b.later.n || b.bound == s->opt->preemptions)
			break;
		free(b.now.at);
		b.now = b.later;
		b.later = (items){0};
		b.bound++;
	}
	items_clear(&b.now);
	items_clear(&b.later);
	free(b.now.at);
	free(b.later.at);
	return !err->code;
}
