/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Mutexes, conditions, barriers, read-write locks, spin locks, join. C11's mtx_lock and its like
 * call the C library's own inside and are not seen. */
#include "hook/operation.h"

static long mutex_kind(const pthread_mutexattr_t *a)
{
	int type = PTHREAD_MUTEX_DEFAULT, shared = 0, robust = 0, protocol = 0;

	if (a) {
		pthread_mutexattr_gettype(a, &type);
		pthread_mutexattr_getpshared(a, &shared);
		pthread_mutexattr_getrobust(a, &robust);
		pthread_mutexattr_getprotocol(a, &protocol);
	}
	return (long)(type & 0xff) | (long)(shared != 0) << 8 | (long)(robust != 0) << 9 |
	       (long)protocol << 10;
}

static long cond_kind(const pthread_condattr_t *a)
{
	int shared = 0;

	if (a)
		pthread_condattr_getpshared(a, &shared);
	return shared != 0;
}

static long rwlock_kind(const pthread_rwlockattr_t *a)
{
	int shared = 0;

	if (a)
		pthread_rwlockattr_getpshared(a, &shared);
	return shared != 0;
}

static long barrier_kind(const pthread_barrierattr_t *a, unsigned count)
{
	int shared = 0;

	if (a)
		pthread_barrierattr_getpshared(a, &shared);
	return (long)count | (long)(shared != 0) << 32;
}

/* The clock of pthread_cond_timedwait is an attribute that cannot be asked back; glibc keeps it
 * there. */
static clockid_t cond_clock(const pthread_cond_t *c)
{
	return c->__data.__wrefs & 2 ? CLOCK_MONOTONIC : CLOCK_REALTIME;
}

/* A function of nothing but its object. */
#define ONE(name, op, type) OPERATION(name, HOOK_##op, (type *o), (o), o, 0, PLAINLY, RESULT_ERROR)

OPERATION(pthread_mutex_init, HOOK_MUTEX_INIT, (pthread_mutex_t *m, const pthread_mutexattr_t *a),
	(m, a), m, mutex_kind(a), PLAINLY, RESULT_ERROR)
ONE(pthread_mutex_destroy, MUTEX_DESTROY, pthread_mutex_t)
ONE(pthread_mutex_lock, MUTEX_LOCK, pthread_mutex_t)
ONE(pthread_mutex_trylock, MUTEX_TRYLOCK, pthread_mutex_t)
ONE(pthread_mutex_unlock, MUTEX_UNLOCK, pthread_mutex_t)
ONE(pthread_mutex_consistent, MUTEX_CONSISTENT, pthread_mutex_t)
TIMED(pthread_mutex_timedlock, HOOK_MUTEX_TIMEDLOCK,
	(pthread_mutex_t *m, const struct timespec *until), (m, until), CLOCK_REALTIME, m, 0,
	PLAINLY, RESULT_ERROR)
TIMED(pthread_mutex_clocklock, HOOK_MUTEX_TIMEDLOCK,
	(pthread_mutex_t *m, clockid_t clock, const struct timespec *until), (m, clock, until),
	clock, m, 0, PLAINLY, RESULT_ERROR)

OPERATION(pthread_cond_init, HOOK_COND_INIT, (pthread_cond_t *c, const pthread_condattr_t *a),
	(c, a), c, cond_kind(a), PLAINLY, RESULT_ERROR)
ONE(pthread_cond_destroy, COND_DESTROY, pthread_cond_t)
OPERATION(pthread_cond_wait, HOOK_COND_WAIT, (pthread_cond_t *c, pthread_mutex_t *m), (c, m), c, m,
	CANCELLABLY, RESULT_ERROR)
ONE(pthread_cond_signal, COND_SIGNAL, pthread_cond_t)
ONE(pthread_cond_broadcast, COND_BROADCAST, pthread_cond_t)
TIMED(pthread_cond_timedwait, HOOK_COND_TIMEDWAIT,
	(pthread_cond_t *c, pthread_mutex_t *m, const struct timespec *until), (c, m, until),
	cond_clock(c), c, m, CANCELLABLY, RESULT_ERROR)
TIMED(pthread_cond_clockwait, HOOK_COND_TIMEDWAIT,
	(pthread_cond_t *c, pthread_mutex_t *m, clockid_t clock, const struct timespec *until),
	(c, m, clock, until), clock, c, m, CANCELLABLY, RESULT_ERROR)

OPERATION(pthread_barrier_init, HOOK_BARRIER_INIT,
	(pthread_barrier_t *b, const pthread_barrierattr_t *a, unsigned count), (b, a, count), b,
	barrier_kind(a, count), PLAINLY, RESULT_ERROR)
ONE(pthread_barrier_destroy, BARRIER_DESTROY, pthread_barrier_t)
/* PTHREAD_BARRIER_SERIAL_THREAD (-1) is told as 1. */
ONE(pthread_barrier_wait, BARRIER_WAIT, pthread_barrier_t)

OPERATION(pthread_rwlock_init, HOOK_RWLOCK_INIT,
	(pthread_rwlock_t *l, const pthread_rwlockattr_t *a), (l, a), l, rwlock_kind(a), PLAINLY,
	RESULT_ERROR)
ONE(pthread_rwlock_destroy, RWLOCK_DESTROY, pthread_rwlock_t)
ONE(pthread_rwlock_rdlock, RWLOCK_RDLOCK, pthread_rwlock_t)
ONE(pthread_rwlock_tryrdlock, RWLOCK_TRYRDLOCK, pthread_rwlock_t)
ONE(pthread_rwlock_wrlock, RWLOCK_WRLOCK, pthread_rwlock_t)
ONE(pthread_rwlock_trywrlock, RWLOCK_TRYWRLOCK, pthread_rwlock_t)
ONE(pthread_rwlock_unlock, RWLOCK_UNLOCK, pthread_rwlock_t)
TIMED(pthread_rwlock_timedrdlock, HOOK_RWLOCK_TIMEDRDLOCK,
	(pthread_rwlock_t *l, const struct timespec *until), (l, until), CLOCK_REALTIME, l, 0,
	PLAINLY, RESULT_ERROR)
TIMED(pthread_rwlock_clockrdlock, HOOK_RWLOCK_TIMEDRDLOCK,
	(pthread_rwlock_t *l, clockid_t clock, const struct timespec *until), (l, clock, until),
	clock, l, 0, PLAINLY, RESULT_ERROR)
TIMED(pthread_rwlock_timedwrlock, HOOK_RWLOCK_TIMEDWRLOCK,
	(pthread_rwlock_t *l, const struct timespec *until), (l, until), CLOCK_REALTIME, l, 0,
	PLAINLY, RESULT_ERROR)
TIMED(pthread_rwlock_clockwrlock, HOOK_RWLOCK_TIMEDWRLOCK,
	(pthread_rwlock_t *l, clockid_t clock, const struct timespec *until), (l, clock, until),
	clock, l, 0, PLAINLY, RESULT_ERROR)

OPERATION(pthread_spin_init, HOOK_SPIN_INIT, (pthread_spinlock_t *l, int pshared), (l, pshared), l,
	pshared != 0, PLAINLY, RESULT_ERROR)
ONE(pthread_spin_destroy, SPIN_DESTROY, pthread_spinlock_t)
ONE(pthread_spin_lock, SPIN_LOCK, pthread_spinlock_t)
ONE(pthread_spin_trylock, SPIN_TRYLOCK, pthread_spinlock_t)
ONE(pthread_spin_unlock, SPIN_UNLOCK, pthread_spinlock_t)

OPERATION(pthread_join, HOOK_JOIN, (pthread_t t, void **value), (t, value), t, 0, CANCELLABLY,
	RESULT_ERROR)
TIMED(pthread_timedjoin_np, HOOK_JOIN, (pthread_t t, void **value, const struct timespec *until),
	(t, value, until), CLOCK_REALTIME, t, 0, CANCELLABLY, RESULT_ERROR)
TIMED(pthread_clockjoin_np, HOOK_JOIN,
	(pthread_t t, void **value, clockid_t clock, const struct timespec *until),
	(t, value, clock, until), clock, t, 0, CANCELLABLY, RESULT_ERROR)
