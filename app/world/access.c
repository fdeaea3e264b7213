/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Loads, stores, updates of shared memory. What each task last saw; whether it only re-reads what
 * has not changed (it spins); who is about to touch the same cell.
 *
 * A task spins with period k when its newest loads have shown three equal rounds of k and it stands
 * before the first of the next: same line, same cell, same value, no other operation in between. An
 * update that left the value as it was counts as a load: a lock tried in vain. That can be wrong of
 * a loop that counts its tries, so a spinning task may still be stepped.
 */
#include <errno.h>
#include <string.h>

#include "world/private.h"

/* ---- who is about to touch what ---- */

static bool writes(const struct w_op *op)
{
	return op->call != CALL_load;
}

static bool overlap(const struct w_op *a, const struct w_op *b)
{
	return a->segment == b->segment && a->off < b->off + b->size && b->off < a->off + a->size;
}

static bool clash(const struct w_op *a, const struct w_op *b)
{
	return (writes(a) || writes(b)) && overlap(a, b);
}

static bool is_race(const struct w_op *a, const struct w_op *b)
{
	return !(a->flags & EVF_ATOMIC) || !(b->flags & EVF_ATOMIC);
}

/* Of the tasks poised at an access to the same segment: how many clash with this one's, and does a
 * race come of one of them? */
static u32 count_clashes(const struct world *w, u32 task, bool *race)
{
	const struct w_op *op = &w->task[task].op;
	u32 n = 0;

	*race = false;
	for (u32 t = w->segment[op->segment].accesses; t; t = w->task[t].op.next) {
		const struct w_op *other = &w->task[t].op;

		if (t == task || other->open || !clash(op, other))
			continue;
		n++;
		*race |= is_race(op, other);
	}
	return n;
}

u32 world_conflict(const struct world *w, u32 task, bool *race)
{
	const struct w_task *t = world_task(w, task);
	u32 found = 0;
	bool found_race = false;

	if (race)
		*race = false;
	if (!t || t->op.open || !op_is_access(&t->op) || !t->op.segment)
		return 0;
	for (u32 o = w->segment[t->op.segment].accesses; o; o = w->task[o].op.next) {
		const struct w_op *other = &w->task[o].op;
		bool worse = is_race(&t->op, other) && !found_race;

		if (o == task || other->open || !clash(&t->op, other))
			continue;
		if (!found || worse || (o < found && is_race(&t->op, other) == found_race))
			found = o;
		found_race |= is_race(&t->op, other);
	}
	if (race)
		*race = found_race;
	return found;
}

/* ---- where it goes ---- */

static void note_site(struct w_segment *s, u32 task, u32 site)
{
	for (u32 i = 0; site && i < ARRAY_LEN(s->access_site); i++) {
		if (s->access_site[i] == site)
			return;
		if (s->access_site[i])
			continue;
		s->access_site[i] = site;
		s->access_task[i] = task;
		return;
	}
}

static void now_hooked(struct world *w, u32 task)
{
	if (w->task[task].hooked)
		return;
	for (u32 t = w->proc[w->task[task].proc].task_first; t; t = w->task[t].proc_next)
		w->task[t].hooked = 1;
}

void access_begin(struct world *w, u32 task)
{
	struct w_op *op = &w->task[task].op;
	u64 off;
	u32 segment = segment_at(w, w->task[task].proc, op->arg, &off), n;
	bool race;

	now_hooked(w, task);
	if (!segment || !op->size || op->size > INT64_MAX || off > INT64_MAX)
		return;
	op->segment = segment;
	op->off = off;
	op->next = w->segment[segment].accesses;
	w->segment[segment].accesses = task;
	note_site(&w->segment[segment], task, op->site);
	w->h->pub.last_segment = segment;
	n = count_clashes(w, task, &race);
	if (op->open)
		w->h->pub.races += race;
	else
		w->h->pub.conflicts += n;
}

void access_leave(struct world *w, u32 task)
{
	struct w_op *op = &w->task[task].op;
	u32 *link;
	bool race;

	if (!op_is_access(op) || !op->segment)
		return;
	if (!op->open)
		w->h->pub.conflicts -= count_clashes(w, task, &race);
	link = &w->segment[op->segment].accesses;
	while (*link != task)
		link = &w->task[*link].op.next;
	*link = op->next;
	op->next = op->segment = 0;
}

/* ---- what a task saw ---- */

const struct w_looks *world_looks(const struct world *w, u32 task)
{
	const struct w_task *t = world_task(w, task);

	return t && t->looks ? &w->looks[t->looks] : NULL;
}

static bool within(const struct w_load *l, u32 segment, u64 from, u64 to)
{
	return l->segment == segment && l->off < to && from < l->off + l->size;
}

const struct w_load *world_saw(const struct world *w, u32 task, u32 segment, u64 off, u32 size)
{
	const struct w_looks *k = world_looks(w, task);
	const struct w_load *around = NULL;

	for (u32 i = 0; k && i < k->saw_n; i++) {
		const struct w_load *l = &k->saw[i];

		if (l->segment != segment || l->off > off || l->off + l->size < off + size)
			continue;
		if (l->off == off && l->size == size)
			return l;
		if (!around)
			around = l;
	}
	return around;
}

static struct w_looks *looks_of(struct world *w, u32 task)
{
	struct w_task *t = &w->task[task];

	if (!t->looks) {
		t->looks = pool_take(w, POOL_LOOKS);
		w->looks[t->looks].task = t->looks ? task : 0;
	}
	return t->looks ? &w->looks[t->looks] : NULL;
}

void looks_drop(struct world *w, u32 task)
{
	struct w_task *t = &w->task[task];

	if (t->looks)
		pool_give(w, POOL_LOOKS, t->looks);
	t->looks = 0;
}

static void rounds_end(struct w_looks *k)
{
	k->loads_n = 0;
	memset(k->rounds, 0, sizeof k->rounds);
}

void looks_interrupt(struct world *w, u32 task)
{
	if (w->task[task].looks)
		rounds_end(&w->looks[w->task[task].looks]);
}

void looks_forget(struct world *w, u32 segment)
{
	for (u32 i = 1; i < w->h->use[POOL_LOOKS].n; i++) {
		struct w_looks *k = &w->looks[i];
		u32 kept = 0;

		if (!k->used)
			continue;
		for (u32 s = 0; s < k->saw_n; s++)
			if (k->saw[s].segment != segment)
				k->saw[kept++] = k->saw[s];
		k->saw_n = kept;
		rounds_end(k);
		if (k->stored_segment == segment)
			k->stored_segment = 0;
	}
}

/* To the front, in place of what was there of the same cell. */
static void saw_add(struct w_looks *k, const struct w_load *l)
{
	u32 at = 0;

	while (at < k->saw_n && (k->saw[at].segment != l->segment || k->saw[at].off != l->off ||
					k->saw[at].size != l->size))
		at++;
	if (at == k->saw_n && k->saw_n < SAW_KEPT)
		k->saw_n++;
	if (at == SAW_KEPT)
		at--;
	memmove(&k->saw[1], &k->saw[0], at * sizeof k->saw[0]);
	k->saw[0] = *l;
}

static bool equal_loads(const struct w_load *a, const struct w_load *b)
{
	return a->segment == b->segment && a->off == b->off && a->size == b->size &&
	       a->call == b->call && a->value == b->value &&
	       (a->site == b->site || !a->site || !b->site);
}

static void load_add(struct w_looks *k, const struct w_load *l)
{
	for (u32 n = 0; n < LOADS_KEPT; n++) {
		if (n >= k->loads_n || !equal_loads(&k->loads[n], l))
			k->rounds[n] = 0;
		else if (k->rounds[n] < UINT8_MAX)
			k->rounds[n]++;
	}
	memmove(&k->loads[1], &k->loads[0], (LOADS_KEPT - 1) * sizeof k->loads[0]);
	k->loads[0] = *l;
	if (k->loads_n < LOADS_KEPT)
		k->loads_n++;
}

/* ---- spinning ---- */

bool access_spins(struct world *w, u32 task)
{
	struct w_task *t = &w->task[task];
	const struct w_looks *k = t->looks ? &w->looks[t->looks] : NULL;
	struct w_load next = {.segment = t->op.segment,
		.size = (u32)t->op.size,
		.site = t->op.site,
		.call = t->op.call,
		.off = t->op.off};

	for (u32 n = 1; k && t->op.segment && n <= k->loads_n; n++) {
		next.value = k->loads[n - 1].value;
		if (k->rounds[n - 1] < 2 * n || !equal_loads(&k->loads[n - 1], &next))
			continue;
		if (!t->spin_n)
			t->spin_seq = world_now(w);
		t->spin_n = n;
		return true;
	}
	return false;
}

static void task_sees_change(struct world *w, u32 task, u32 segment, u64 from, u64 to)
{
	struct w_task *t = &w->task[task];
	struct w_looks *k = &w->looks[t->looks];
	u32 n = t->spin_n ? t->spin_n : k->loads_n;

	for (u32 i = 0; i < k->saw_n; i++)
		if (within(&k->saw[i], segment, from, to))
			k->saw[i].changed = 1;
	for (u32 i = 0; i < n && i < k->loads_n; i++)
		if (within(&k->loads[i], segment, from, to)) {
			rounds_end(k);
			t->spin_n = 0;
			if (t->state == TASK_SPINNING)
				task_set_state(w, task, TASK_POISED);
		}
}

static void process_sees_change(struct world *w, u32 proc, u32 segment, u64 from, u64 to, u32 by)
{
	for (u32 t = w->proc[proc].task_first; t; t = w->task[t].proc_next)
		if (t != by && w->task[t].looks)
			task_sees_change(w, t, segment, from, to);
}

void access_changed(struct world *w, u32 segment, u64 from, u64 to, u32 by)
{
	const struct w_segment *s = &w->segment[segment];

	for (u32 m = s->map_first; m; m = w->map[m].segment_next)
		process_sees_change(w, w->map[m].proc, segment, from, to, by);
	if (s->owner)
		process_sees_change(w, s->owner, segment, from, to, by);
}

/* ---- coming back ---- */

/* Everybody who could change it is held and tells of it: the world must have known the value. */
static bool is_told(const struct world *w, u32 segment)
{
	return w->h->pub.mode == OBS_HELD && segment_is_ours(w, segment) &&
	       !w->segment[segment].owner && segment_all_hooked(w, segment);
}

/* What stood there, as the access found it, against what the world thought. */
static void compare_word(struct world *w, const struct w_op *op, u64 value)
{
	bool known, late = memory_wrote_since(w, op->segment, op->off, op->size, op->seq);
	u64 thought = memory_word(w, op->segment, op->off, (u32)op->size, &known);

	if (late || (known && thought == value))
		return; /* others came back in between: it may be the value of before */
	w->h->pub.memory_mended += known && is_told(w, op->segment);
	memory_put(w, op->segment, op->off, &value, op->size, 0);
}

static u64 cut_word(u64 value, u64 size)
{
	return size >= sizeof value ? value : value & ((1ull << 8 * size) - 1);
}

static void has_loaded(struct world *w, u32 task, u64 value)
{
	const struct w_op *op = &w->task[task].op;
	struct w_looks *k = looks_of(w, task);
	struct w_load l = {.segment = op->segment,
		.size = (u32)op->size,
		.site = op->site,
		.call = op->call,
		.off = op->off,
		.value = value,
		.seq = world_now(w)};

	if (!k)
		return;
	saw_add(k, &l);
	load_add(k, &l);
}

static void has_stored(struct world *w, u32 task, u64 value)
{
	const struct w_op *op = &w->task[task].op;
	struct w_looks *k = looks_of(w, task);
	struct w_load l = {.segment = op->segment,
		.size = (u32)op->size,
		.site = op->site,
		.call = op->call,
		.off = op->off,
		.value = value,
		.seq = world_now(w)};
	bool saw = op->call == CALL_update;

	if (!k)
		return;
	k->stored_segment = op->segment;
	k->stored_size = l.size;
	k->stored_off = op->off;
	k->stored_value = value;
	k->stored_seq = l.seq;
	for (u32 i = 0; i < k->saw_n; i++)
		saw |= k->saw[i].segment == l.segment && k->saw[i].off == l.off &&
		       k->saw[i].size == l.size;
	if (saw)
		saw_add(k, &l); /* it knows what it has put there itself */
	rounds_end(k);
}

void access_exit(struct world *w, u32 task, const struct ev_exit *ev)
{
	const struct w_op *op = &w->task[task].op;
	struct w_segment *s = &w->segment[op->segment];
	bool small = op->size <= sizeof ev->arg, known, keeps;
	u64 value = cut_word(ev->arg, op->size), before = cut_word(ev->arg2, op->size);

	if (ev->ret < 0 || !op->segment) {
		looks_interrupt(w, task);
		return; /* it did not happen, or to memory that is not known */
	}
	keeps = op->call == CALL_load || (op->call == CALL_update && small && value == before);
	if (small)
		compare_word(w, op, keeps ? value : before);
	else
		value = memory_word(w, op->segment, op->off, sizeof value, &known);
	if (keeps) {
		has_loaded(w, task, value);
	} else {
		if (small)
			memory_put(w, op->segment, op->off, &value, op->size, task);
		has_stored(w, task, value);
	}
	s->last_off = op->off;
	s->last_size = (u32)op->size;
	s->last_write = writes(op);
	segment_touch(w, op->segment);
	world_explain(w);
}
