/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A call of the C library as an operation: told, done, told. */
#ifndef HOOK_OPERATION_H
#define HOOK_OPERATION_H

#include <time.h>

#include "hook/runtime.h"

/* ns from now until `until` on that clock, HOOK_LATE | ns since it passed; HOOK_NO_TIME when it is no
 * time at all (the real call says what is wrong with it). */
HIDDEN unsigned long operation_time(clockid_t, const struct timespec *until);
/* What the real call gets for `until`, by the answer to HOOK_BEGIN. `own` is on the caller's stack: a
 * time that never comes is put right there by the tracer when it is to come after all. */
HIDDEN const struct timespec *operation_until(long answer, unsigned long ns, clockid_t,
	const struct timespec *until, struct timespec *own);

#define BEGIN(op, object, second, ns) \
	hook_call(HOOK_BEGIN, op, (long)(object), (long)(second), (long)(ns), CALLER)
#define END(op, result, opened) hook_call(HOOK_END, op, result, (long)(opened), 0, 0)

#define EXPLORED(op, object, second, ns, r) \
	(UNLIKELY(hook_page != NULL) &&     \
		explore_call(op, (long)(object), (long)(second), (unsigned long)(ns), CALLER, &r))

/* `RESULT` makes of what the real call returned (r) what is told: a value, or -errno. */
#define RESULT_ERRNO (r == -1 ? -errno : r) /* sem_* */
#define RESULT_ERROR (-(long)r)             /* pthread_* */

/* How the real call is made. A thread that is cancelled in it tells its end too, with -ECANCELED,
 * before its cleanup handlers run: by then a pthread_cond_wait has its mutex again. */
HIDDEN void operation_cancelled(void *op);
#ifndef __clang__ /* pthread_cleanup_push is a setjmp; its other way out uses no argument again */
#pragma GCC diagnostic ignored "-Wclobbered"
#endif
#define PLAINLY(op, call) r = call
#define CANCELLABLY(op, call)                                          \
	pthread_cleanup_push(operation_cancelled, (void *)(long)(op)); \
	r = call;                                                      \
	pthread_cleanup_pop(0)

/* An int function without a time-out. */
#define OPERATION(name, op, params, args, object, second, HOW, RESULT) \
	int hook_##name params STANDS_FOR(name);                       \
	int hook_##name params                                         \
	{                                                              \
		int r;                                                 \
		if (!hook_watched())                                   \
			return hook_real.name args;                    \
		if (EXPLORED(op, object, second, HOOK_NO_TIME, r))     \
			return r;                                      \
		if (hook_page)                                         \
			return hook_real.name args;                    \
		BEGIN(op, object, second, HOOK_NO_TIME);               \
		HOW(op, hook_real.name args);                          \
		END(op, RESULT, 0);                                    \
		return r;                                              \
	}

/* One that waits no longer than `until` on a clock. In args, `until` is the one to wait for. */
#define TIMED(name, op, params, args, clock, object, second, HOW, RESULT)          \
	int hook_##name params STANDS_FOR(name);                                   \
	int hook_##name params                                                     \
	{                                                                          \
		struct timespec own;                                               \
		unsigned long ns;                                                  \
		int r;                                                             \
		if (!hook_watched())                                               \
			return hook_real.name args;                                \
		ns = operation_time(clock, until);                                 \
		if (EXPLORED(op, object, second, ns, r))                           \
			return r;                                                  \
		if (hook_page)                                                     \
			return hook_real.name args;                                \
		until = operation_until(                                           \
			BEGIN(op, object, second, ns), ns, clock, until, &own);    \
		HOW(op, hook_real.name args);                                      \
		END(op, RESULT, 0);                                                \
		return r;                                                          \
	}

#endif
