/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Calls of the C library on its objects: which there are, how they begin and end, what is made and
 * what is opened; and what the kernel shows of objects that nobody tells of. */
#include <fcntl.h>
#include <stdio.h>

#include "world/private.h"

#define FIRST_PAGE 4096u

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

/* ---- calls begin and end ---- */

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
	sync_enlist(w, task);
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

	if (!sync)
		sync = sync_made(w, task, op->arg, kind);
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
	sync_hide(w, sync);
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
	sync_give_if_done(w, sync);
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
	sync_give_if_done(w, sync);
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

/* The latest of that number, dead ones too. */
static u32 owner_seen(const struct world *w, u64 tid)
{
	for (u32 t = w->h->use[POOL_TASK].n - 1; tid && t > 0; t--)
		if (w->task[t].used && (u64)w->task[t].tid == tid)
			return t;
	return 0;
}

void sync_observe(struct world *w, u32 task, const struct ev_observe *ev)
{
	bool copied;
	u32 kind = ev->b < CALL_COUNT ? sync_kind((unsigned)ev->b) : 0, sync, owner;

	if (!kind || kind == SYNC_THREAD)
		return;
	sync = sync_at(w, task, ev->a, kind, true);
	if (!sync)
		return;
	w->sync[sync].value_sure = 1;
	owner = owner_seen(w, kind == SYNC_RWLOCK ? ev->d : kind == SYNC_MUTEX || kind == SYNC_SPIN ? ev->c : 0);
	/* In memory that fork copied a lock may be held by a thread that is not there: nobody can give it back. */
	copied = owner && !w->sync[sync].segment && maps_of(w, w->task[owner].proc) != maps_of(w, w->task[task].proc);
	if (copied)
		owner = 0;
	if (owner != w->sync[sync].owner || w->sync[sync].owner_died)
		sync_own(w, sync, owner, 0);
	w->sync[sync].depth = !!owner;
	if (kind == SYNC_MUTEX) {
		w->sync[sync].robust = !!(ev->d & OBS_SYNC_ROBUST);
		w->sync[sync].owner_died |= copied || (!owner && ev->d & OBS_SYNC_OWNER_GONE);
		w->sync[sync].copied = copied;
		w->sync[sync].value = ev->c && !owner; /* held by somebody who is not watched */
	} else {
		w->sync[sync].value = (i64)(ev->c & UINT32_MAX);
	}
	if (kind == SYNC_BARRIER) { /* those who sleep have not been let through */
		w->sync[sync].limit = (u32)ev->d;
		for (u32 t = w->sync[sync].open_ops; t; t = sync_op_next(w, t, sync))
			w->task[t].op.done = w->sync[sync].generation;
	}
	syncop_widen(w, sync);
	sync_touch(w, sync);
}
