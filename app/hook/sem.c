/* SPDX-License-Identifier: GPL-3.0-or-later */
/* POSIX semaphores. */
#include <fcntl.h>

#include "hook/operation.h"

enum { SECOND = 1000000000 };
#define NEVER 7258118400 /* the year 2200 */

unsigned long operation_time(clockid_t clock, const struct timespec *until)
{
	struct timespec now;
	long s, ns;

	if (!until || until->tv_nsec < 0 || until->tv_nsec >= 1000000000)
		return HOOK_NO_TIME;
	if (clock_gettime(clock, &now) == -1) /* vDSO: not a system call */
		return HOOK_NO_TIME;
	/* 285 years in ns is the most there is. */
	if (until->tv_sec < 0 || until->tv_sec < now.tv_sec - 9000000000)
		return HOOK_NO_TIME - 1;
	if (until->tv_sec - now.tv_sec > 9000000000)
		return HOOK_LATE - 1;
	s = until->tv_sec - now.tv_sec;
	ns = s * SECOND + until->tv_nsec - now.tv_nsec;
	return ns > 0 ? (unsigned long)ns : HOOK_LATE | (unsigned long)-ns;
}

const struct timespec *operation_until(long answer, unsigned long ns, clockid_t clock,
	const struct timespec *until, struct timespec *own)
{
	if (ns == HOOK_NO_TIME || (answer != HOOK_ENDLESS && answer != HOOK_AFRESH))
		return until;
	*own = (struct timespec){.tv_sec = NEVER};
	if (answer == HOOK_ENDLESS)
		return own;
	if (ns & HOOK_LATE || clock_gettime(clock, own) == -1)
		return until;
	own->tv_sec += (long)(ns / SECOND);
	own->tv_nsec += (long)(ns % SECOND);
	if (own->tv_nsec >= SECOND) {
		own->tv_nsec -= SECOND;
		own->tv_sec++;
	}
	return own;
}

void operation_cancelled(void *op)
{
	END((long)op, -ECANCELED, 0);
}

/* A function of nothing but its semaphore. */
#define ONE(name, op, HOW) OPERATION(name, HOOK_##op, (sem_t *s), (s), s, 0, HOW, RESULT_ERRNO)

OPERATION(sem_init, HOOK_SEM_INIT, (sem_t *s, int pshared, unsigned value), (s, pshared, value), s,
	(long)value | (long)(pshared != 0) << 32, PLAINLY, RESULT_ERRNO)
ONE(sem_destroy, SEM_DESTROY, PLAINLY)
ONE(sem_close, SEM_CLOSE, PLAINLY)
OPERATION(sem_unlink, HOOK_SEM_UNLINK, (const char *name), (name), name, 0, PLAINLY, RESULT_ERRNO)
ONE(sem_wait, SEM_WAIT, CANCELLABLY)
ONE(sem_trywait, SEM_TRYWAIT, PLAINLY)
ONE(sem_post, SEM_POST, PLAINLY)
TIMED(sem_timedwait, HOOK_SEM_TIMEDWAIT, (sem_t *s, const struct timespec *until), (s, until),
	CLOCK_REALTIME, s, 0, CANCELLABLY, RESULT_ERRNO)
TIMED(sem_clockwait, HOOK_SEM_TIMEDWAIT, (sem_t *s, clockid_t clock, const struct timespec *until),
	(s, clock, until), clock, s, 0, CANCELLABLY, RESULT_ERRNO)
OPERATION(sem_getvalue, HOOK_SEM_GETVALUE, (sem_t *s, int *value), (s, value), s, 0, PLAINLY,
	r == 0 ? *value : RESULT_ERRNO)

/* Mode and value are there only with O_CREAT. */
sem_t *hook_sem_open(const char *name, int flags, ...) STANDS_FOR(sem_open);
sem_t *hook_sem_open(const char *name, int flags, ...)
{
	unsigned mode = 0, value = 0;
	sem_t *s;
	va_list rest;

	if (flags & O_CREAT) {
		va_start(rest, flags);
		mode = va_arg(rest, unsigned);
		value = va_arg(rest, unsigned);
		va_end(rest);
	}
	if (!hook_watched())
		return hook_real.sem_open(name, flags, mode, value);
	BEGIN(HOOK_SEM_OPEN, name, (long)(unsigned)flags | (long)value << 32, HOOK_NO_TIME);
	s = hook_real.sem_open(name, flags, mode, value);
	END(HOOK_SEM_OPEN, s == SEM_FAILED ? -errno : 0, s);
	return s;
}
