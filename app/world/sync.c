/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Objects of the C library: where they lie, what they are called, who is in a call on them, who
 * sleeps there. One in a shared mapping is known by (segment, offset), whatever its address in each
 * process; one in private memory by (process, address): after fork each process has its own copy,
 * which is what a program gets wrong that forks and then waits on an ordinary sem_t.
 */
#include "world/private.h"

#define FIRST_PAGE  4096u
#define COPIED_MOST 4096u /* objects of a process's own memory that fork copies */

/* ---- places ---- */

struct place { /* segment 0: proc's own memory */
	u32 segment, proc;
	u64 off;
};

static struct place place_at(const struct world *w, u32 task, u64 addr)
{
	u32 proc = maps_of(w, w->task[task].proc), map = map_at(w, proc, addr);

	if (!map)
		return (struct place){.proc = proc, .off = addr};
	return (struct place){.segment = w->map[map].segment,
		.off = w->map[map].offset + (addr - w->map[map].addr)};
}

static u32 *place_bucket(const struct world *w, struct place at)
{
	u64 mixed = (at.off + at.segment * 64u + at.proc) * 0x9e3779b97f4a7c15u;

	return &w->h->by_place[mixed >> 40 & (SYNC_BUCKETS - 1)];
}

static struct place place_of(const struct w_sync *s)
{
	return (struct place){.segment = s->segment, .proc = s->proc, .off = s->off};
}

static u32 sync_find(const struct world *w, struct place at, u32 kind)
{
	u32 i = *place_bucket(w, at);

	while (i && (w->sync[i].kind != kind || w->sync[i].off != at.off ||
			    w->sync[i].segment != at.segment || w->sync[i].proc != at.proc))
		i = w->sync[i].next;
	return i;
}

static u32 *list_of(struct world *w, struct place at)
{
	return at.segment ? &w->segment[at.segment].sync_first : &w->proc[at.proc].sync_first;
}

static u32 sync_make(struct world *w, struct place at, u32 kind, u32 creator)
{
	u32 index = pool_take(w, POOL_SYNC), *link = list_of(w, at), *bucket = place_bucket(w, at);
	struct w_sync *s = &w->sync[index];

	if (!index)
		return 0;
	s->kind = kind;
	s->creator = creator;
	s->nth = creator ? ++w->task[creator].made_syncs : 0;
	s->segment = at.segment;
	s->proc = at.proc;
	s->off = at.off;
	s->next = *bucket;
	*bucket = index;
	while (*link && w->sync[*link].off < at.off)
		link = &w->sync[*link].segment_next;
	s->segment_next = *link;
	*link = index;
	return index;
}

void sync_hide(struct world *w, u32 sync)
{
	u32 *link = place_bucket(w, place_of(&w->sync[sync]));

	while (*link && *link != sync)
		link = &w->sync[*link].next;
	if (*link)
		*link = w->sync[sync].next;
	w->sync[sync].next = 0;
}

static void touched_out(struct world *w, u32 sync)
{
	u32 *link = &w->h->sync_touched;

	if (!w->sync[sync].touched)
		return;
	while (*link != sync)
		link = &w->sync[*link].touched_next;
	*link = w->sync[sync].touched_next;
}

static void outer_forget(struct world *w, u32 sync)
{
	for (u32 i = 1; i < w->h->use[POOL_OUTER].n; i++) {
		struct w_op *op = &w->outer[i].op;

		if (!w->outer[i].used)
			continue;
		if (op->sync2 == sync)
			op->sync2 = 0;
		if (op->sync == sync)
			op->sync = op->sync2 = 0;
	}
}

/* Nothing refers to it any more. */
static void sync_give(struct world *w, u32 sync)
{
	struct w_sync *s = &w->sync[sync];
	u32 *link = list_of(w, place_of(s));

	while (s->open_ops) {
		u32 task = s->open_ops;

		sync_leave(w, task);
		w->task[task].op.sync = w->task[task].op.sync2 = 0;
	}
	if (s->suspended)
		outer_forget(w, sync);
	sync_own(w, sync, 0, 0);
	sync_hide(w, sync);
	touched_out(w, sync);
	while (*link != sync)
		link = &w->sync[*link].segment_next;
	*link = s->segment_next;
	if (w->h->pub.last_sync == sync)
		w->h->pub.last_sync = 0;
	pool_give(w, POOL_SYNC, sync);
}

void sync_drop_private(struct world *w, u32 proc)
{
	while (w->proc[proc].sync_first)
		sync_give(w, w->proc[proc].sync_first);
}

void sync_drop_segment(struct world *w, u32 segment)
{
	while (w->segment[segment].sync_first)
		sync_give(w, w->segment[segment].sync_first);
}

void sync_copy(struct world *w, u32 from, u32 to, u32 forker, u32 child)
{
	u32 n = 0;

	for (u32 i = w->proc[from].sync_first; i && n < COPIED_MOST;
		i = w->sync[i].segment_next, n++) {
		const struct w_sync *old = &w->sync[i];
		struct place at = {.proc = to, .off = old->off};
		u32 index = old->destroyed ? 0 : sync_make(w, at, old->kind, 0);
		struct w_sync *s = &w->sync[index];

		if (!index)
			continue;
		s->creator = old->creator;
		s->nth = old->nth;
		s->inited = old->inited;
		s->made_site = old->made_site;
		s->value = old->kind == SYNC_BARRIER ? 0 : old->value;
		s->value_sure = old->value_sure && !old->open_ops && !old->suspended;
		s->limit = old->limit;
		s->type = old->type;
		s->robust = old->robust;
		s->depth = old->depth;
		if (!old->owner)
			continue;
		sync_own(w, index, old->owner == forker ? child : 0, old->held_site);
		if (s->owner)
			continue;
		s->owner = old->owner; /* a thread that the child does not have */
		s->owner_died = 1;
	}
}

void sync_touch(struct world *w, u32 sync)
{
	struct w_sync *s = &w->sync[sync];

	s->touched_seq = world_now(w);
	w->h->pub.last_sync = sync;
	if (!s->name)
		s->name = ++w->h->pub.syncs_named[s->kind];
	if (s->touched)
		return;
	s->touched = 1;
	s->touched_next = w->h->sync_touched;
	w->h->sync_touched = sync;
}

/* ---- owners ---- */

void sync_own(struct world *w, u32 sync, u32 task, u32 site)
{
	struct w_sync *s = &w->sync[sync];

	if (s->owner && !s->owner_died)
		w->task[s->owner].holds--;
	s->owner = task;
	s->owner_died = 0;
	s->held_site = task ? site : 0;
	if (task && !task_lives(w, task))
		s->owner_died = 1;
	else if (task)
		w->task[task].holds++;
}

void sync_owner_ended(struct world *w, u32 task)
{
	for (u32 i = 1; w->task[task].holds && i < w->h->use[POOL_SYNC].n; i++) {
		struct w_sync *s = &w->sync[i];

		if (!s->used || s->owner != task || s->owner_died)
			continue;
		s->owner_died = 1;
		w->task[task].holds--;
		syncop_widen(w, i);
		sync_touch(w, i);
	}
}

bool sync_is_sure(const struct world *w, u32 sync)
{
	const struct w_sync *s = &w->sync[sync];

	if (!s->value_sure || s->suspended || s->destroyed)
		return false;
	return !s->segment || (segment_is_ours(w, s->segment) && segment_all_hooked(w, s->segment));
}

/* ---- who is in a call on it ---- */

u32 sync_op_next(const struct world *w, u32 task, u32 sync)
{
	const struct w_op *op = &w->task[task].op;

	return op->sync == sync ? op->next : op->next2;
}

void sync_enlist(struct world *w, u32 task)
{
	struct w_op *op = &w->task[task].op;

	if (op->sync) {
		op->next = w->sync[op->sync].open_ops;
		w->sync[op->sync].open_ops = task;
	}
	if (op->sync2) {
		op->next2 = w->sync[op->sync2].open_ops;
		w->sync[op->sync2].open_ops = task;
	}
}

static void op_unlink(struct world *w, u32 task, u32 sync, u32 next)
{
	u32 *link = &w->sync[sync].open_ops;

	while (*link != task) {
		struct w_op *op = &w->task[*link].op;
		link = op->sync == sync ? &op->next : &op->next2;
	}
	*link = next;
}

void sync_leave(struct world *w, u32 task)
{
	struct w_op *op = &w->task[task].op;

	sync_wait_on(w, task, 0);
	if (op->sync)
		op_unlink(w, task, op->sync, op->next);
	if (op->sync2)
		op_unlink(w, task, op->sync2, op->next2);
	op->next = op->next2 = 0;
}

/* A destroyed one that nobody is in any more. */
void sync_give_if_done(struct world *w, u32 sync)
{
	if (sync && w->sync[sync].destroyed && !w->sync[sync].open_ops && !w->sync[sync].suspended)
		sync_give(w, sync);
}

void sync_wait_on(struct world *w, u32 task, u32 sync)
{
	struct w_task *t = &w->task[task];
	u32 *link;

	if (t->waits_on) {
		link = &w->sync[t->waits_on].wait_first;
		while (*link != task)
			link = &w->task[*link].sync_next;
		*link = t->sync_next;
		w->sync[t->waits_on].wait_n--;
	}
	t->sync_next = 0;
	t->waits_on = sync;
	if (!sync)
		return;
	link = &w->sync[sync].wait_first;
	while (*link && w->task[*link].op.seq <= t->op.seq)
		link = &w->task[*link].sync_next;
	t->sync_next = *link;
	*link = task;
	w->sync[sync].wait_n++;
}

void sync_asleep(struct world *w, u32 task)
{
	struct w_op *op = &w->task[task].op;

	if (!op->open || !op->sync)
		return;
	op->asleep = 1;
	sync_wait_on(w, task, op->relocking && op->sync2 ? op->sync2 : op->sync);
	sync_touch(w, op->sync);
}

void sync_awake(struct world *w, u32 task)
{
	w->task[task].op.asleep = 0;
	sync_wait_on(w, task, 0);
}

void sync_suspend(struct world *w, u32 task)
{
	struct w_op *op = &w->task[task].op;

	sync_leave(w, task);
	if (op->sync)
		w->sync[op->sync].suspended++;
	if (op->sync2)
		w->sync[op->sync2].suspended++;
}

void sync_resume(struct world *w, u32 task)
{
	struct w_op *op = &w->task[task].op;

	if (op->sync)
		w->sync[op->sync].suspended--;
	if (op->sync2)
		w->sync[op->sync2].suspended--;
	sync_enlist(w, task);
}

/* ---- at an address of a task ---- */

u32 sync_at(struct world *w, u32 task, u64 addr, u32 kind, bool make)
{
	struct place at = place_at(w, task, addr);
	u32 sync;

	if (addr < FIRST_PAGE || w->proc[maps_of(w, w->task[task].proc)].ended)
		return 0;
	sync = sync_find(w, at, kind);
	if (!sync && make)
		sync = sync_make(w, at, kind, 0);
	return sync;
}

u32 sync_made(struct world *w, u32 task, u64 addr, u32 kind)
{
	return addr < FIRST_PAGE ? 0 : sync_make(w, place_at(w, task, addr), kind, task);
}
