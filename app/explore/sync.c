/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Objects of the C library, told by our runtime. Semaphores, mutexes and spin locks are the real ones: their
 * words say whether a call would block. Conditions, barriers and rwlocks we keep ourselves, the real ones
 * are never called: so nobody sleeps where we could not choose who wakes first. A signalled waiter takes
 * its mutex when it is chosen, and others may take it before (POSIX allows both). */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#include "explore/private.h"

enum { OWNER_TID = 0x3fffffff, KIND_MASK = 3, RECURSIVE = 1, ERRORCHECK = 2 };
enum { PARK_NO, PARK_COND, PARK_BARRIER };

struct mutex { /* as glibc lays it out on x86-64 */
	i32 lock;
	u32 count;
	i32 owner;
	u32 users;
	i32 kind;
	i32 pad;
};

static bool mutex_is_free(const struct xtask *k, u64 addr)
{
	struct mutex m;

	if (!lean_peek(k->tid, addr, &m, 8) || !lean_peek(k->tid, addr + 8, (char *)&m + 8, 8) ||
		!lean_peek(k->tid, addr + 16, (char *)&m + 16, 8))
		return true;
	if (!(m.lock & OWNER_TID))
		return true;
	return ((m.kind & KIND_MASK) == RECURSIVE || (m.kind & KIND_MASK) == ERRORCHECK) &&
	       m.owner == k->tid;
}

static bool word_is(const struct xtask *k, u64 addr, bool (*test)(u32))
{
	u32 word;

	return !lean_peek(k->tid, addr, &word, sizeof word) || test(word);
}
static bool above_zero(u32 word)
{
	return word > 0;
}
static bool is_one(u32 word)
{
	return word == 1;
}

/* ---- rwlocks, barriers ---- */

static struct rwlock *rwlock_of(struct exec *x, u64 key)
{
	struct rwlock *l;

	for (size_t i = 0; i < x->rwlocks.n; i++)
		if (x->rwlocks.at[i].key == key)
			return &x->rwlocks.at[i];
	l = vec_push(&x->rwlocks);
	*l = (struct rwlock){.key = key};
	return l;
}

static struct barrier *barrier_of(struct exec *x, u64 key)
{
	struct barrier *b;

	for (size_t i = 0; i < x->barriers.n; i++)
		if (x->barriers.at[i].key == key)
			return &x->barriers.at[i];
	b = vec_push(&x->barriers);
	*b = (struct barrier){.key = key, .count = 1};
	return b;
}

static bool rw_is_try(u16 op)
{
	return op == HOOK_RWLOCK_TRYRDLOCK || op == HOOK_RWLOCK_TRYWRLOCK;
}
static bool rw_reads(u16 op)
{
	return op == HOOK_RWLOCK_RDLOCK || op == HOOK_RWLOCK_TRYRDLOCK ||
	       op == HOOK_RWLOCK_TIMEDRDLOCK;
}

static bool rw_free(struct exec *x, u32 task)
{
	const struct xtask *k = &x->task[task];
	const struct rwlock *l = rwlock_of(x, k->object);

	if (l->writer == task + 1)
		return true; /* EDEADLK */
	return rw_reads(k->op) ? !l->writer : !l->writer && !l->readers;
}

static int rw_do(struct exec *x, u32 task)
{
	const struct xtask *k = &x->task[task];
	struct rwlock *l = rwlock_of(x, k->object);

	if (k->op == HOOK_RWLOCK_UNLOCK) {
		if (l->writer == task + 1)
			l->writer = 0;
		else if (l->readers)
			l->readers--;
		return 0;
	}
	if (l->writer == task + 1)
		return rw_is_try(k->op) ? EBUSY : EDEADLK;
	if (!rw_free(x, task))
		return EBUSY;
	if (rw_reads(k->op))
		l->readers++;
	else
		l->writer = task + 1;
	return 0;
}

/* ---- would it block? ---- */

static bool thread_has_ended(const struct exec *x, const struct xtask *k)
{
	for (u32 t = 0; t < x->tasks; t++)
		if (x->task[t].tgid == k->tgid && x->task[t].tls == k->addr)
			return x->task[t].standing == X_GONE;
	return true;
}

static bool is_timed(const struct xtask *k)
{
	return k->ns != HOOK_NO_TIME &&
	       (k->op == HOOK_SEM_TIMEDWAIT || k->op == HOOK_MUTEX_TIMEDLOCK ||
		       k->op == HOOK_COND_TIMEDWAIT || k->op == HOOK_RWLOCK_TIMEDRDLOCK ||
		       k->op == HOOK_RWLOCK_TIMEDWRLOCK || k->op == HOOK_JOIN);
}

static enum can can_parked(struct exec *x, u32 task)
{
	const struct xtask *k = &x->task[task];

	if (k->op == HOOK_BARRIER_WAIT || !mutex_is_free(k, k->second))
		return CAN_NOT;
	return k->signalled ? CAN_GO : is_timed(k) ? CAN_BY_TIME : CAN_NOT;
}

enum can sync_can(struct exec *x, u32 task)
{
	struct xtask *k = &x->task[task];
	bool goes = true;

	if (k->standing == X_PARKED)
		return can_parked(x, task);
	switch (k->op) {
	case HOOK_SEM_WAIT:
	case HOOK_SEM_TIMEDWAIT: goes = word_is(k, k->addr, above_zero); break;
	case HOOK_MUTEX_LOCK:
	case HOOK_MUTEX_TIMEDLOCK: goes = mutex_is_free(k, k->addr); break;
	case HOOK_SPIN_LOCK: goes = word_is(k, k->addr, is_one); break;
	case HOOK_RWLOCK_RDLOCK:
	case HOOK_RWLOCK_TIMEDRDLOCK:
	case HOOK_RWLOCK_WRLOCK:
	case HOOK_RWLOCK_TIMEDWRLOCK: goes = rw_free(x, task); break;
	case HOOK_JOIN: goes = thread_has_ended(x, k); break;
	default: goes = !k->period || spin_over(x, task); break;
	}
	return goes ? CAN_GO : is_timed(k) ? CAN_BY_TIME : CAN_NOT;
}

bool spin_over(struct exec *x, u32 task)
{
	const struct xtask *k = &x->task[task];

	for (u32 i = 0; i < k->period && i < k->loads; i++) {
		const struct loaded *c = &k->load[i];
		u64 now = 0, mask = c->size >= 8 ? UINT64_MAX : BIT(8 * c->size) - 1;

		if (!lean_peek(k->tid, c->addr, &now, c->size < 8 ? c->size : 8) ||
			(now & mask) != (c->value & mask))
			return true;
	}
	return false;
}

/* ---- at a stop ---- */

bool sync_take(struct exec *x, u32 task, const u64 *a)
{
	struct xtask *k = &x->task[task];

	if (a[0] == HOOK_END) { /* of sem_open */
		k->sem_name = 0;
		return false;
	}
	k->op = (u16)a[1];
	k->addr = a[2];
	k->second = a[3];
	k->ns = a[4];
	k->pc = a[5];
	k->nr = 0;
	k->point = POINT_SYNC;
	if (a[0] == HOOK_PARK) {
		k->object = place_key(x, task, k->addr);
		k->standing = X_PARKED;
		k->signalled = false;
		k->park_order = ++x->parked;
		return true;
	}
	if (k->op == HOOK_SEM_OPEN || k->op == HOOK_SEM_UNLINK) {
		char name[256] = "";

		for (size_t i = 0; i + 8 < sizeof name; i += 8) {
			if (!lean_peek(k->tid, k->addr + i, name + i, 8) ||
				memchr(name + i, '\0', 8))
				break;
		}
		name[sizeof name - 1] = '\0';
		if (k->op == HOOK_SEM_OPEN) {
			k->sem_name = hash64(0x5e3, name, strlen(name));
			alike_sem_open(x, name, k->second & O_CREAT);
		}
		k->object = NAMES_KEY;
		return true;
	}
	k->object = place_key(x, task, k->addr);
	return true;
}

/* ---- going ---- */

static void wake_one(struct exec *x, u64 key, bool all)
{
	for (;;) {
		u32 first = TASKS_MAX;

		for (u32 t = 0; t < x->tasks; t++) {
			const struct xtask *k = &x->task[t];

			if (k->standing == X_PARKED && k->op != HOOK_BARRIER_WAIT &&
				!k->signalled && k->object == key &&
				(first == TASKS_MAX || k->park_order < x->task[first].park_order))
				first = t;
		}
		if (first == TASKS_MAX)
			return;
		x->task[first].signalled = true;
		if (!all)
			return;
	}
}

static void answer(struct xtask *k, int result)
{
	lean_answer(k->tid, HOOK_RESULT | (result & 0xffff));
	lean_go(k->tid, false, 0);
}

/* Comes to its barrier; the last one lets all go. */
static bool barrier_go(struct exec *x, u32 task)
{
	struct xtask *k = &x->task[task];
	struct barrier *b = barrier_of(x, k->object);

	step_add(x, task);
	if (++b->here < b->count) {
		k->standing = X_PARKED;
		return false;
	}
	b->here = 0;
	for (u32 t = 0; t < x->tasks; t++) {
		struct xtask *o = &x->task[t];

		if (o->standing == X_PARKED && o->op == HOOK_BARRIER_WAIT &&
			o->object == k->object) {
			o->standing = X_AT;
			o->fed = o->has_answer = true;
			o->answer = HOOK_RESULT;
		}
	}
	answer(k, -1);
	return true;
}

/* Out of its wait: takes its mutex, which is free. */
static bool cond_leave(struct exec *x, u32 task, bool by_time)
{
	struct xtask *k = &x->task[task];

	k->standing = X_AT;
	k->object = place_key(x, task, k->second);
	step_add(x, task)->inside = true;
	if (by_time)
		lean_answer(k->tid, HOOK_EXPIRED);
	else
		lean_answer(k->tid, HOOK_RESULT);
	lean_go(k->tid, false, 0);
	return true;
}

bool sync_go(struct exec *x, u32 task, bool by_time)
{
	struct xtask *k = &x->task[task];

	if (k->standing == X_PARKED)
		return cond_leave(x, task, by_time);
	if (k->interrupted) {
		k->interrupted = false;
		lean_answer(k->tid, signal_breaks_off(x, task) ? HOOK_INTERRUPTED : HOOK_RESTART);
		lean_go(k->tid, false, 0);
		return true;
	}
	switch (k->op) {
	case HOOK_BARRIER_WAIT: return barrier_go(x, task);
	case HOOK_SEM_OPEN:
	case HOOK_SEM_UNLINK:
		step_add(x, task);
		k->unlinks_sem = k->op == HOOK_SEM_UNLINK;
		break;
	case HOOK_BARRIER_INIT: barrier_of(x, k->object)->count = (u32)k->second; break;
	case HOOK_COND_SIGNAL:
	case HOOK_COND_BROADCAST: wake_one(x, k->object, k->op == HOOK_COND_BROADCAST); break;
	case HOOK_RWLOCK_RDLOCK:
	case HOOK_RWLOCK_TRYRDLOCK:
	case HOOK_RWLOCK_TIMEDRDLOCK:
	case HOOK_RWLOCK_WRLOCK:
	case HOOK_RWLOCK_TRYWRLOCK:
	case HOOK_RWLOCK_TIMEDWRLOCK:
	case HOOK_RWLOCK_UNLOCK: answer(k, by_time ? ETIMEDOUT : rw_do(x, task)); return true;
	default: break;
	}
	if (by_time)
		lean_answer(k->tid, HOOK_EXPIRED);
	lean_go(k->tid, false, 0);
	return true;
}

/* ---- whom a note may let go ---- */

static bool covers(const struct exec *x, const struct xtask *k, const struct xstep *s)
{
	for (u32 i = 0; i < k->period && i < k->loads; i++) {
		u64 key = place_key((struct exec *)x, (u32)(k - x->task), k->load[i].addr);

		if (key == s->object)
			return true;
	}
	return false;
}

u64 sync_wakes(const struct exec *x, u32 by, const struct xstep *s)
{
	u64 set = 0;

	for (u32 t = 0; t < x->tasks; t++) {
		const struct xtask *k = &x->task[t];

		if (t == by)
			continue;
		if (k->period && k->standing == X_AT && covers(x, k, s))
			set |= BIT(t);
		if (s->point != POINT_SYNC)
			continue;
		if (s->op == HOOK_SEM_POST || s->op == HOOK_MUTEX_UNLOCK ||
			s->op == HOOK_SPIN_UNLOCK) {
			if (k->standing == X_AT && k->point == POINT_SYNC && k->object == s->object)
				set |= BIT(t);
			else if (k->standing == X_PARKED && k->signalled &&
				 place_key((struct exec *)x, t, k->second) == s->object)
				set |= BIT(t);
		}
	}
	return set;
}
