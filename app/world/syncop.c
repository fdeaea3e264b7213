/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Semaphores, mutexes, conditions, barriers, rwlocks, spin locks: is the result one that they could
 * give? A call takes effect between its ENTER and its EXIT: a wait may come back before the post
 * that let it go. What came back is counted; what is open may or may not have happened. Only where
 * all who can touch the object tell of it is a result that nothing explains drift.
 */
#include <errno.h>

#include "world/private.h"

enum { RELOCKS_SIGNALLED = 1, RELOCKS_LATE }; /* w_op.relocking */
#define MUTEX_RECURSIVE 1u /* PTHREAD_MUTEX_RECURSIVE, _ERRORCHECK of glibc */

#define each_op(t, s)                \
	u32 t = w->sync[s].open_ops; \
	t;                           \
	t = sync_op_next(w, t, s)

static bool open_with(const struct world *w, u32 task, enum sync_verb verb)
{
	const struct w_op *op = &w->task[task].op;

	return op->open && sync_verb(op->call) == verb;
}

static void judge(struct world *w, u32 task, const struct ev_exit *ev, bool ok)
{
	const struct w_op *op = &w->task[task].op;
	const struct w_sync *s = &w->sync[op->sync2 ? op->sync2 : op->sync];
	char name[24], object[24], owner[24];

	if (ok || !sync_is_sure(w, op->sync2 ? op->sync2 : op->sync)) {
		world_explain(w);
		return;
	}
	world_drift(w, "%s of %s returned %lld at event %llu, but %s has %lld, owner %s",
		call_name(op->call), world_task_name(w, task, name), (long long)ev->ret,
		(unsigned long long)world_now(w),
		world_sync_name(w, op->sync2 ? op->sync2 : op->sync, object), (long long)s->value,
		s->owner ? world_task_name(w, s->owner, owner) : "nobody");
}

/* ---- what open calls may have met ---- */

i64 sem_open_posts(const struct world *w, u32 sync)
{
	i64 n = 0;

	for (each_op(t, sync))
		n += open_with(w, t, VERB_GIVE);
	return n;
}

static bool is_take(const struct w_op *op)
{
	enum sync_verb verb = sync_verb(op->call);

	return op->open && (verb == VERB_TAKE || verb == VERB_TRY || verb == VERB_SHARE || verb == VERB_TRYSHARE || verb == VERB_WAIT);
}

/* What a sleeper waits for is there by now: it may have been woken, and no call of its has come back to say so. */
static bool may_be_awake(const struct w_op *op, const struct w_sync *s, i64 posts)
{
	enum sync_verb verb = sync_verb(op->call);

	if (s->kind == SYNC_SEM)
		return verb == VERB_TAKE && s->value + posts > 0;
	if (s->kind != SYNC_MUTEX && s->kind != SYNC_RWLOCK)
		return false;
	return !s->owner && (verb == VERB_SHARE || (s->value <= 0 && (verb == VERB_TAKE || op->relocking)));
}

static bool may_take(const struct w_op *op, const struct w_sync *s, i64 posts)
{
	return is_take(op) && (!op->asleep || may_be_awake(op, s, posts));
}

static i64 open_takes(const struct world *w, u32 sync, i64 posts)
{
	i64 n = 0;

	for (each_op(t, sync))
		n += may_take(&w->task[t].op, &w->sync[sync], posts);
	return n;
}

i64 sem_open_takes(const struct world *w, u32 sync)
{
	i64 n = 0;

	for (each_op(t, sync))
		n += is_take(&w->task[t].op) && !w->task[t].op.asleep;
	return n;
}

void syncop_widen(struct world *w, u32 sync)
{
	const struct w_sync *s = &w->sync[sync];
	i64 posts, takes;

	if (!s->open_ops)
		return;
	posts = sem_open_posts(w, sync);
	takes = open_takes(w, sync, posts);
	for (each_op(t, sync)) {
		struct w_op *op = &w->task[t].op;
		i64 lo, hi;

		if (!op->open || op->sync != sync)
			continue;
		lo = s->value - (takes - may_take(op, s, posts));
		hi = s->value + (posts - open_with(w, t, VERB_GIVE));
		if (s->kind != SYNC_SEM) /* held: 1, free: 0 */
			hi = s->owner || s->value > 0 || takes - may_take(op, s, posts) > 0;
		op->lo = lo < op->lo ? lo : op->lo;
		op->hi = hi > op->hi ? hi : op->hi;
	}
}

/* ---- semaphores ---- */

static void sem_exit(struct world *w, u32 task, const struct ev_exit *ev)
{
	struct w_op *op = &w->task[task].op;
	struct w_sync *s = &w->sync[op->sync];
	i64 posts = sem_open_posts(w, op->sync);

	switch (sync_verb(op->call)) {
	case VERB_TAKE:
	case VERB_TRY:
		if (ev->ret == 0) {
			judge(w, task, ev, s->value - 1 + posts >= 0);
			s->value = s->value - 1 + posts >= 0 ? s->value - 1 : -posts;
		} else {
			judge(w, task, ev,
				(ev->ret != -EAGAIN && ev->ret != -ETIMEDOUT) || op->lo <= 0);
		}
		break;
	case VERB_GIVE:
		s->value += ev->ret == 0 && s->value < INT32_MAX;
		world_explain(w);
		break;
	case VERB_GET:
		if (ev->ret != 0)
			break;
		judge(w, task, ev,
			ev->arg <= INT32_MAX && (i64)ev->arg >= op->lo && (i64)ev->arg <= op->hi);
		if (op->lo != op->hi)
			break; /* it may be what was there before somebody's call that came back first */
		s->value = (i64)(ev->arg & INT32_MAX);
		s->value_sure = 1;
		break;
	default: break;
	}
}

/* ---- locks ---- */

/* The owner, or whoever, is giving it back just now: its unlock has had its effect. */
static bool being_given(struct world *w, u32 sync, u32 owner)
{
	u32 found = 0;

	for (each_op(t, sync))
		if (open_with(w, t, VERB_GIVE) && !w->task[t].op.done && (!found || t == owner))
			found = t;
	if (found)
		w->task[found].op.done = 1;
	return found != 0;
}

static bool is_leaving(const struct world *w, u32 task)
{
	return w->task[task].state >= TASK_ENDING;
}

/* The task has it now. False if nothing explains that. */
static bool lock_taken(struct world *w, u32 sync, u32 task)
{
	struct w_sync *s = &w->sync[sync];
	bool ok = true;

	if (s->owner == task && !s->owner_died) {
		s->depth += s->depth < UINT32_MAX;
		return s->kind == SYNC_MUTEX && s->type == MUTEX_RECURSIVE;
	}
	if (s->owner && !s->owner_died)
		ok = being_given(w, sync, s->owner) || is_leaving(w, s->owner);
	else if (s->owner_died)
		ok = false; /* it is locked for ever */
	sync_own(w, sync, task, w->task[task].op.site);
	s->depth = 1;
	if (!s->value_sure) {
		s->value_sure = 1; /* from here on the world knows its owner */
		s->value = 0;
	}
	return ok;
}

static bool dead_owner_found(struct world *w, u32 sync, u32 task)
{
	struct w_sync *s = &w->sync[sync];
	bool ok = s->owner && (s->owner_died || is_leaving(w, s->owner));

	sync_own(w, sync, task, w->task[task].op.site);
	s->depth = 1;
	s->robust = 1;
	s->shaky = 2;
	return ok;
}

/* ---- who reads ---- */

static void reader_came(struct w_sync *s, u32 task)
{
	for (u32 i = 0; i < ARRAY_LEN(s->readers); i++)
		if (!s->readers[i]) {
			s->readers[i] = task;
			return;
		}
}

static void reader_left(struct w_sync *s, u32 task)
{
	u32 left = 0;

	for (u32 i = 0; i < ARRAY_LEN(s->readers); i++) {
		u32 reader = s->readers[i];

		s->readers[i] = 0;
		if (reader && reader != task && s->value > 0)
			s->readers[left++] = reader;
	}
}

static void lock_given(struct world *w, u32 task)
{
	struct w_op *op = &w->task[task].op;
	struct w_sync *s = &w->sync[op->sync];

	if (op->done)
		return;
	if (s->owner == task) {
		if (s->depth > 1)
			s->depth--;
		else
			sync_own(w, op->sync, 0, 0);
		return;
	}
	if (s->kind == SYNC_RWLOCK) {
		s->value -= s->value > 0;
		reader_left(s, task);
		return;
	}
	sync_own(w, op->sync, 0, 0);
	s->shaky |= 1; /* a lock of the plain kind does not mind who unlocks it */
}

static void lock_refused(struct world *w, u32 task, const struct ev_exit *ev)
{
	const struct w_op *op = &w->task[task].op;
	const struct w_sync *s = &w->sync[op->sync];

	switch (ev->ret) {
	case -EBUSY:
	case -ETIMEDOUT: judge(w, task, ev, op->hi > 0); break;
	case -EDEADLK: judge(w, task, ev, s->owner == task); break;
	case -EPERM: judge(w, task, ev, s->owner != task); break;
	default: world_explain(w);
	}
}

static void mutex_exit(struct world *w, u32 task, const struct ev_exit *ev)
{
	struct w_op *op = &w->task[task].op;

	switch (sync_verb(op->call)) {
	case VERB_TAKE:
	case VERB_TRY:
		if (ev->ret == 0)
			judge(w, task, ev, lock_taken(w, op->sync, task));
		else if (ev->ret == -EOWNERDEAD)
			judge(w, task, ev, dead_owner_found(w, op->sync, task));
		else
			lock_refused(w, task, ev);
		break;
	case VERB_GIVE:
		if (ev->ret != 0) {
			lock_refused(w, task, ev);
			break;
		}
		lock_given(w, task);
		world_explain(w);
		break;
	case VERB_CONSISTENT:
		if (ev->ret == 0)
			w->sync[op->sync].shaky &= ~2u;
		world_explain(w);
		break;
	default: break;
	}
}

/* Readers whose unlock is open may have left. */
static void readers_leaving(struct world *w, u32 sync)
{
	struct w_sync *s = &w->sync[sync];

	for (each_op(t, sync)) {
		if (s->value <= 0 || !open_with(w, t, VERB_GIVE) || w->task[t].op.done ||
			t == s->owner)
			continue;
		w->task[t].op.done = 1;
		s->value--;
		reader_left(s, t);
	}
}

static void rwlock_taken(struct world *w, u32 task, const struct ev_exit *ev)
{
	u32 sync = w->task[task].op.sync;
	struct w_sync *s = &w->sync[sync];
	bool ok;

	readers_leaving(w, sync);
	ok = s->value <= 0;
	ok &= lock_taken(w, sync, task);
	judge(w, task, ev, ok);
	s->value = 0;
	reader_left(s, 0);
}

static void rwlock_shared(struct world *w, u32 task, const struct ev_exit *ev)
{
	u32 sync = w->task[task].op.sync;
	struct w_sync *s = &w->sync[sync];
	bool ok = !s->owner || (!s->owner_died && being_given(w, sync, s->owner));

	judge(w, task, ev, ok);
	sync_own(w, sync, 0, 0);
	s->value += s->value < INT32_MAX;
	reader_came(s, task);
}

static void rwlock_exit(struct world *w, u32 task, const struct ev_exit *ev)
{
	enum sync_verb verb = sync_verb(w->task[task].op.call);

	if (ev->ret == 0 && (verb == VERB_SHARE || verb == VERB_TRYSHARE))
		rwlock_shared(w, task, ev);
	else if (ev->ret == 0 && (verb == VERB_TAKE || verb == VERB_TRY))
		rwlock_taken(w, task, ev);
	else if (verb == VERB_SHARE || verb == VERB_TRYSHARE)
		lock_refused(w, task, ev);
	else
		mutex_exit(w, task, ev);
}

/* ---- conditions ---- */

/* The first to come that still waits for a signal, 0 none. */
static u32 first_waiter(const struct world *w, u32 sync, u64 before)
{
	u32 first = 0;

	for (each_op(t, sync)) {
		const struct w_op *op = &w->task[t].op;

		if (!open_with(w, t, VERB_WAIT) || op->relocking || op->seq >= before)
			continue;
		if (!first || op->seq < w->task[first].op.seq)
			first = t;
	}
	return first;
}

static void set_relocking(struct world *w, u32 task, u32 relocking)
{
	struct w_op *op = &w->task[task].op;

	op->relocking = relocking;
	if (w->task[task].waits_on && op->sync2)
		sync_wait_on(w, task, relocking ? op->sync2 : op->sync);
}

/* Its time is over: what it waits for now is its mutex, for as long as that takes. */
void syncop_injected(struct world *w, u32 task, const struct ev_inject *ev)
{
	const struct w_op *op = &w->task[task].op;

	if (ev->what == INJ_TIMEOUT && open_with(w, task, VERB_WAIT) && !op->relocking && sync_is_timed(op->call))
		set_relocking(w, task, RELOCKS_LATE);
}

static void cond_signalled(struct world *w, u32 task)
{
	struct w_op *op = &w->task[task].op;
	bool all = sync_verb(op->call) == VERB_BROADCAST;
	u32 waiter;

	if (op->done && !all)
		return; /* the waiter it let go has come back already */
	while ((waiter = first_waiter(w, op->sync, op->seq))) {
		set_relocking(w, waiter, RELOCKS_SIGNALLED);
		if (!all)
			return;
	}
}

/* A waiter that no signal was counted for: the signal is open, or was counted for another. */
static void cond_uncounted(struct world *w, u32 task)
{
	u32 sync = w->task[task].op.sync;

	for (each_op(t, sync)) {
		if (!open_with(w, t, VERB_SIGNAL) || w->task[t].op.done)
			continue;
		w->task[t].op.done = 1;
		return;
	}
	for (each_op(t, sync)) {
		if (t == task || w->task[t].op.relocking != RELOCKS_SIGNALLED || w->task[t].state != TASK_BLOCKED)
			continue;
		set_relocking(w, t, 0);
		return;
	}
}

static void cond_waited(struct world *w, u32 task, const struct ev_exit *ev)
{
	struct w_op *op = &w->task[task].op;

	if (ev->ret == 0 && !op->relocking)
		cond_uncounted(w, task); /* else it woke for no reason, as it may */
	if (!op->sync2)
		return;
	if (ev->ret == -EOWNERDEAD)
		judge(w, task, ev, dead_owner_found(w, op->sync2, task));
	else if (ev->ret == 0 || ev->ret == -ETIMEDOUT)
		judge(w, task, ev, lock_taken(w, op->sync2, task));
	else if (op->done && !w->sync[op->sync2].owner)
		sync_own(w, op->sync2, task, op->site); /* refused: it never gave it up */
}

/* ---- barriers ---- */

static void barrier_enter(struct world *w, u32 task)
{
	struct w_op *op = &w->task[task].op;
	struct w_sync *s = &w->sync[op->sync];

	op->done = s->generation;
	s->value += s->value < INT32_MAX;
	if (!s->limit || s->value < (i64)s->limit)
		return;
	s->value = 0;
	s->generation++;
}

static void barrier_exit(struct world *w, u32 task, const struct ev_exit *ev)
{
	struct w_op *op = &w->task[task].op;
	struct w_sync *s = &w->sync[op->sync];

	if (ev->ret != 0 && ev->ret != -1 && ev->ret != 1) {
		syncop_undo(w, task);
		world_explain(w);
		return;
	}
	judge(w, task, ev, !s->limit || op->done != s->generation);
	if (op->done != s->generation)
		return;
	s->value = 0; /* how many it takes is not known: as many as there were */
	s->generation++;
}

/* ---- begin, end ---- */

void syncop_enter(struct world *w, u32 task)
{
	struct w_op *op = &w->task[task].op;
	struct w_sync *s = &w->sync[op->sync];

	if (s->kind == SYNC_BARRIER && sync_verb(op->call) == VERB_TAKE)
		barrier_enter(w, task);
	if (sync_verb(op->call) == VERB_WAIT && op->sync2 && w->sync[op->sync2].owner == task) {
		op->done = w->sync[op->sync2].depth;
		sync_own(w, op->sync2, 0, 0);
		syncop_widen(w, op->sync2);
	}
	syncop_widen(w, op->sync);
}

void syncop_undo(struct world *w, u32 task)
{
	struct w_op *op = &w->task[task].op;
	struct w_sync *s = &w->sync[op->sync];

	if (op->sync && s->kind == SYNC_BARRIER && sync_verb(op->call) == VERB_TAKE &&
		op->done == s->generation && s->value > 0)
		s->value--;
}

void syncop_exit(struct world *w, u32 task, const struct ev_exit *ev)
{
	const struct w_op *op = &w->task[task].op;

	switch (w->sync[op->sync].kind) {
	case SYNC_SEM: sem_exit(w, task, ev); break;
	case SYNC_MUTEX:
	case SYNC_SPIN: mutex_exit(w, task, ev); break;
	case SYNC_RWLOCK: rwlock_exit(w, task, ev); break;
	case SYNC_BARRIER: barrier_exit(w, task, ev); break;
	case SYNC_COND:
		if (sync_verb(op->call) == VERB_WAIT)
			cond_waited(w, task, ev);
		else if (ev->ret == 0)
			cond_signalled(w, task);
		world_explain(w);
		break;
	default: break;
	}
}

/* ---- settled points ---- */

static bool sleeps_in_vain(const struct w_sync *s, const struct w_op *op)
{
	if (sync_verb(op->call) != VERB_TAKE && sync_verb(op->call) != VERB_SHARE)
		return false;
	switch (s->kind) {
	case SYNC_SEM: return s->value > 0;
	case SYNC_MUTEX: return !s->owner;
	case SYNC_BARRIER: return s->limit && op->done != s->generation;
	case SYNC_RWLOCK: return !s->owner && s->value == 0;
	default: return false;
	}
}

/* A task that sleeps though the world says it would go. */
void syncop_check_sleepers(struct world *w, u32 sync)
{
	const struct w_sync *s = &w->sync[sync];
	char name[24], object[24];

	if (!s->wait_n || !sync_is_sure(w, sync) || sem_open_takes(w, sync))
		return;
	for (u32 t = s->wait_first; t; t = w->task[t].sync_next) {
		if (w->task[t].state != TASK_BLOCKED || !sleeps_in_vain(s, &w->task[t].op))
			continue;
		world_drift(w, "%s of %s sleeps at event %llu, but %s has %lld and no owner",
			call_name(w->task[t].op.call), world_task_name(w, t, name),
			(unsigned long long)world_now(w), world_sync_name(w, sync, object),
			(long long)s->value);
	}
}
