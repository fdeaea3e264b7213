/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Objects of the C library: where they lie, what they are called, who is in a call on them, who
 * sleeps there. One in a shared mapping is known by (segment, offset), whatever its address in each
 * process; one in private memory by (process, address): after fork each process has its own copy,
 * which is what a program gets wrong that forks and then waits on an ordinary sem_t.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "world/private.h"

#define FIRST_PAGE  4096u
#define COPIED_MOST 4096u /* objects of a process's own memory that fork copies */

/* ---- the calls ---- */

static const struct {
	u8 kind, verb, timed;
} calls[CALL_COUNT] = {
	[CALL_sem_init] = {SYNC_SEM, VERB_INIT, 0},
	[CALL_sem_destroy] = {SYNC_SEM, VERB_DESTROY, 0},
	[CALL_sem_open] = {SYNC_SEM, VERB_OPEN, 0},
	[CALL_sem_close] = {SYNC_SEM, VERB_CLOSE, 0},
	[CALL_sem_unlink] = {SYNC_SEM, VERB_UNLINK, 0},
	[CALL_sem_wait] = {SYNC_SEM, VERB_TAKE, 0},
	[CALL_sem_trywait] = {SYNC_SEM, VERB_TRY, 0},
	[CALL_sem_timedwait] = {SYNC_SEM, VERB_TAKE, 1},
	[CALL_sem_post] = {SYNC_SEM, VERB_GIVE, 0},
	[CALL_sem_getvalue] = {SYNC_SEM, VERB_GET, 0},
	[CALL_pthread_mutex_init] = {SYNC_MUTEX, VERB_INIT, 0},
	[CALL_pthread_mutex_destroy] = {SYNC_MUTEX, VERB_DESTROY, 0},
	[CALL_pthread_mutex_lock] = {SYNC_MUTEX, VERB_TAKE, 0},
	[CALL_pthread_mutex_trylock] = {SYNC_MUTEX, VERB_TRY, 0},
	[CALL_pthread_mutex_timedlock] = {SYNC_MUTEX, VERB_TAKE, 1},
	[CALL_pthread_mutex_unlock] = {SYNC_MUTEX, VERB_GIVE, 0},
	[CALL_pthread_mutex_consistent] = {SYNC_MUTEX, VERB_CONSISTENT, 0},
	[CALL_pthread_cond_init] = {SYNC_COND, VERB_INIT, 0},
	[CALL_pthread_cond_destroy] = {SYNC_COND, VERB_DESTROY, 0},
	[CALL_pthread_cond_wait] = {SYNC_COND, VERB_WAIT, 0},
	[CALL_pthread_cond_timedwait] = {SYNC_COND, VERB_WAIT, 1},
	[CALL_pthread_cond_signal] = {SYNC_COND, VERB_SIGNAL, 0},
	[CALL_pthread_cond_broadcast] = {SYNC_COND, VERB_BROADCAST, 0},
	[CALL_pthread_barrier_init] = {SYNC_BARRIER, VERB_INIT, 0},
	[CALL_pthread_barrier_destroy] = {SYNC_BARRIER, VERB_DESTROY, 0},
	[CALL_pthread_barrier_wait] = {SYNC_BARRIER, VERB_TAKE, 0},
	[CALL_pthread_rwlock_init] = {SYNC_RWLOCK, VERB_INIT, 0},
	[CALL_pthread_rwlock_destroy] = {SYNC_RWLOCK, VERB_DESTROY, 0},
	[CALL_pthread_rwlock_rdlock] = {SYNC_RWLOCK, VERB_SHARE, 0},
	[CALL_pthread_rwlock_tryrdlock] = {SYNC_RWLOCK, VERB_TRYSHARE, 0},
	[CALL_pthread_rwlock_timedrdlock] = {SYNC_RWLOCK, VERB_SHARE, 1},
	[CALL_pthread_rwlock_wrlock] = {SYNC_RWLOCK, VERB_TAKE, 0},
	[CALL_pthread_rwlock_trywrlock] = {SYNC_RWLOCK, VERB_TRY, 0},
	[CALL_pthread_rwlock_timedwrlock] = {SYNC_RWLOCK, VERB_TAKE, 1},
	[CALL_pthread_rwlock_unlock] = {SYNC_RWLOCK, VERB_GIVE, 0},
	[CALL_pthread_spin_init] = {SYNC_SPIN, VERB_INIT, 0},
	[CALL_pthread_spin_destroy] = {SYNC_SPIN, VERB_DESTROY, 0},
	[CALL_pthread_spin_lock] = {SYNC_SPIN, VERB_TAKE, 0},
	[CALL_pthread_spin_trylock] = {SYNC_SPIN, VERB_TRY, 0},
	[CALL_pthread_spin_unlock] = {SYNC_SPIN, VERB_GIVE, 0},
	[CALL_pthread_join] = {SYNC_THREAD, VERB_TAKE, 0},
};

enum sync_verb sync_verb(unsigned call)
{
	return call < CALL_COUNT ? calls[call].verb : VERB_NONE;
}

u32 sync_kind(unsigned call)
{
	return call < CALL_COUNT ? calls[call].kind : 0;
}

bool sync_is_timed(unsigned call)
{
	return call < CALL_COUNT && calls[call].timed;
}

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

static void hash_out(struct world *w, u32 sync)
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
	hash_out(w, sync);
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
	return !s->segment ||
	       (segment_is_ours(w, s->segment) && segment_all_hooked(w, s->segment));
}

/* ---- who is in a call on it ---- */

u32 sync_op_next(const struct world *w, u32 task, u32 sync)
{
	const struct w_op *op = &w->task[task].op;

	return op->sync == sync ? op->next : op->next2;
}

static void op_link(struct world *w, u32 task)
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
static void give_if_done(struct world *w, u32 sync)
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
	op_link(w, task);
}

/* ---- calls begin and end ---- */

static u32 sync_at(struct world *w, u32 task, u64 addr, u32 kind, bool make)
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

static void find_objects(struct world *w, u32 task)
{
	struct w_op *op = &w->task[task].op;
	enum sync_verb verb = sync_verb(op->call);
	u32 kind = sync_kind(op->call);

	if (verb == VERB_OPEN || verb == VERB_UNLINK || kind == SYNC_THREAD)
		return;
	op->sync = sync_at(w, task, op->arg, kind, verb != VERB_INIT && verb != VERB_CLOSE);
	if (op->sync && verb == VERB_WAIT)
		op->sync2 = sync_at(w, task, op->size, SYNC_MUTEX, true);
}

void sync_begin(struct world *w, u32 task)
{
	struct w_op *op = &w->task[task].op;

	find_objects(w, task);
	op->lo = INT64_MAX;
	op->hi = INT64_MIN;
	if (!op->sync)
		return;
	op->segment = w->sync[op->sync].segment;
	op->off = w->sync[op->sync].segment ? w->sync[op->sync].off : 0;
	op_link(w, task);
	sync_touch(w, op->sync);
	if (op->sync2)
		sync_touch(w, op->sync2);
	w->h->pub.last_sync = op->sync;
	if (op->open)
		syncop_enter(w, task);
}

static void exit_init(struct world *w, u32 task)
{
	struct w_op *op = &w->task[task].op;
	u32 kind = sync_kind(op->call), sync = sync_at(w, task, op->arg, kind, false);
	struct w_sync *s;

	if (!sync) {
		if (op->arg < FIRST_PAGE)
			return;
		sync = sync_make(w, place_at(w, task, op->arg), kind, task);
	}
	if (!sync)
		return;
	s = &w->sync[sync];
	sync_own(w, sync, 0, 0);
	s->inited = s->creator == task;
	s->made_site = op->site;
	s->value_sure = 1;
	s->depth = s->shaky = 0;
	s->value = kind == SYNC_SEM ? (i64)(op->size & UINT32_MAX) : 0;
	s->limit = kind == SYNC_BARRIER ? (u32)op->size : 0;
	s->type = kind == SYNC_MUTEX ? (u32)op->size & 0xff : 0;
	s->robust = kind == SYNC_MUTEX && op->size >> 9 & 1;
	sync_touch(w, sync);
	syncop_widen(w, sync);
	world_explain(w);
}

/* The semaphore of a name lies in a file of its own, mapped while sem_open ran. */
static void exit_open(struct world *w, u32 task, const struct ev_exit *ev)
{
	struct w_op *op = &w->task[task].op;
	u32 segment = segment_by_ino(w, ev->arg2), sync, proc = w->task[task].proc;
	struct w_map map = {.segment = segment, .prot = 3, .addr = ev->arg & ~4095ull, .len = 4096};
	u32 made = O_CREAT | O_EXCL;

	if (ev->ret < 0 || ev->arg < FIRST_PAGE)
		return;
	if (segment && !map_at(w, proc, ev->arg))
		map_add(w, proc, &map, op->site);
	sync = sync_at(w, task, ev->arg, SYNC_SEM, true);
	if (!sync)
		return;
	if (!w->sync[sync].title)
		w->sync[sync].title = op->text;
	if (!w->sync[sync].made_site)
		w->sync[sync].made_site = op->site;
	/* the third argument counts only for the one who makes it */
	if (!w->sync[sync].value_sure && (op->size & made) == made) {
		w->sync[sync].value = (i64)(op->size >> 32);
		w->sync[sync].value_sure = 1;
	}
	sync_touch(w, sync);
	world_explain(w);
}

static void exit_unlink(struct world *w, u32 task)
{
	const char *name = world_text(w, w->task[task].op.text);
	char path[300];

	snprintf(path, sizeof path, "/sem.%s", name + (*name == '/'));
	segment_unlinked(w, path);
	world_explain(w);
}

static void exit_destroy(struct world *w, u32 sync, const struct ev_exit *ev)
{
	if (!sync || ev->ret != 0)
		return;
	w->sync[sync].destroyed = 1;
	hash_out(w, sync);
	world_explain(w);
}

void sync_exit(struct world *w, u32 task, const struct ev_exit *ev, u32 flags)
{
	struct w_op *op = &w->task[task].op;
	enum sync_verb verb = sync_verb(op->call);
	u32 sync = op->sync, sync2 = op->sync2;

	if (flags & EVF_RESTART)
		syncop_undo(w, task);
	else if (verb == VERB_INIT && ev->ret == 0)
		exit_init(w, task);
	else if (verb == VERB_OPEN)
		exit_open(w, task, ev);
	else if (verb == VERB_UNLINK && ev->ret == 0)
		exit_unlink(w, task);
	else if (verb == VERB_DESTROY)
		exit_destroy(w, sync, ev);
	else if (sync)
		syncop_exit(w, task, ev);
	else if (sync_kind(op->call) == SYNC_THREAD)
		world_explain(w);
	if (!sync)
		return;
	sync_leave(w, task);
	op->sync = op->sync2 = 0;
	syncop_widen(w, sync);
	sync_touch(w, sync);
	if (sync2) {
		syncop_widen(w, sync2);
		sync_touch(w, sync2);
	}
	w->h->pub.last_sync = sync;
	give_if_done(w, sync);
}

void sync_abandon(struct world *w, u32 task)
{
	struct w_op *op = &w->task[task].op;
	u32 sync = op->sync, sync2 = op->sync2;

	if (!sync || op_is_access(op))
		return;
	if (op->open) {
		enum sync_verb verb = sync_verb(op->call);

		/* whether it had its effect nobody will tell */
		if (verb == VERB_GIVE || (verb == VERB_TAKE && !op->asleep))
			w->sync[sync].value_sure = 0;
		syncop_undo(w, task);
	}
	sync_leave(w, task);
	op->sync = op->sync2 = 0;
	syncop_widen(w, sync);
	if (sync2)
		syncop_widen(w, sync2);
	give_if_done(w, sync);
}

/* ---- what the kernel shows ---- */

/* The count of a semaphore that others made lies in its first word; known as a whole by now. */
static void learn_value(struct world *w, u32 sync)
{
	struct w_sync *s = &w->sync[sync];
	bool known;
	u64 word;

	if (s->kind != SYNC_SEM || s->value_sure || !s->segment || sem_open_posts(w, sync) ||
		sem_open_takes(w, sync))
		return;
	word = memory_word(w, s->segment, s->off, 4, &known);
	if (!known)
		return;
	s->value = (i64)word;
	s->value_sure = 1;
}

void sync_settled(struct world *w)
{
	u32 sync = w->h->sync_touched;

	w->h->sync_touched = 0;
	while (sync) {
		struct w_sync *s = &w->sync[sync];
		u32 next = s->touched_next;

		s->touched = s->touched_next = 0;
		learn_value(w, sync);
		syncop_check_sleepers(w, sync);
		sync = next;
	}
}

static u32 task_by_tid(const struct world *w, u64 tid)
{
	for (u32 t = w->h->use[POOL_TASK].n - 1; tid && t > 0; t--)
		if (task_lives(w, t) && (u64)w->task[t].tid == tid)
			return t;
	return 0;
}

void sync_observe(struct world *w, u32 task, const struct ev_observe *ev)
{
	u32 kind = ev->b < CALL_COUNT ? sync_kind((unsigned)ev->b) : 0, sync, owner;

	if (!kind || kind == SYNC_THREAD)
		return;
	sync = sync_at(w, task, ev->a, kind, true);
	if (!sync)
		return;
	w->sync[sync].value_sure = 1;
	if (kind == SYNC_MUTEX || kind == SYNC_SPIN) {
		owner = task_by_tid(w, ev->c);
		if (owner != w->sync[sync].owner)
			sync_own(w, sync, owner, 0);
		w->sync[sync].depth = !!owner;
	} else {
		w->sync[sync].value = (i64)(ev->c & UINT32_MAX);
	}
	syncop_widen(w, sync);
	sync_touch(w, sync);
}
