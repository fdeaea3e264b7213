/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tracer, lean: processes traced with as little as can be, for explore, which runs a program thousands of
 * times: no log, no table of descriptors, no sites. The same filter, so the same calls stop. The
 * caller decides what each stop means. All calls belong to one thread; what is traced ends with it.
 * Nothing here allocates but lean_create.
 */
#ifndef TRACER_LEAN_H
#define TRACER_LEAN_H

#include <sys/types.h>

#include "tracer/lib.h"

struct lean;

enum lean_kind {
	LEAN_NONE,   /* nothing there */
	LEAN_CALL,   /* at the entry of a call the filter stops: nr, args */
	LEAN_RESULT, /* at its exit (lean_go with `result`): result */
	LEAN_MADE,   /* it made `child` (fork, clone); vfork: it waits for it */
	LEAN_BORN, /* a new task, before its first instruction; may come before its maker's LEAN_MADE */
	LEAN_EXEC,
	LEAN_SIGNAL, /* before the delivery of sig */
	LEAN_GROUP,  /* a signal has stopped it */
	LEAN_END,    /* gone: status */
	LEAN_NOBODY, /* no task is left */
};
struct lean_stop {
	enum lean_kind kind;
	pid_t tid, child;
	int sig, status;
	bool vfork;
	long nr;
	u64 args[6], ip;
	i64 result;
};

/* NULL: EXIT_MACHINE. */
struct lean *lean_create(struct err *);
void lean_destroy(struct lean *);
/* Starts a program; it stands at its exec, stopped. Errors as tracer_launch. */
bool lean_launch(struct lean *, const struct launch *, pid_t *pid, struct err *);
/* The next stop; a signal that a handler of ours takes ends the wait with LEAN_NONE. */
void lean_next(bool block, struct lean_stop *);
/* Goes on, with a signal or 0; `result`: stops again at the exit of the call that it is before. */
void lean_go(pid_t tid, bool result, int sig);
/* At LEAN_CALL: the call is not made, the program gets this as its result. */
bool lean_answer(pid_t tid, long result);
/* At LEAN_RESULT: the program gets this instead. */
bool lean_set_result(pid_t tid, long result);
/* At LEAN_CALL: made as another call, or with other arguments. */
bool lean_set_call(pid_t tid, long nr, const u64 args[6]);
/* At LEAN_RESULT: the call is to be made again, as it was: it stops at its entry once more. */
bool lean_rewind(pid_t tid, long nr, const u64 args[6]);
bool lean_peek(pid_t tid, u64 addr, void *to, size_t n);
bool lean_poke(pid_t tid, u64 addr, const void *from, size_t n);
u64 lean_stack(pid_t tid);
/* Its descriptor, as one of ours; -1. */
int lean_borrow(pid_t tgid, int fd);
/* SO_RCVTIMEO or SO_SNDTIMEO of a socket of ours, socket(7); false: it has none. limit.c */
struct timeval;
bool socket_limit(int fd, int option, struct timeval *);
/* R, S, D, t, Z ... of /proc/TID/stat, 0: gone */
char lean_state(pid_t tid);
/* Has a signal pending that it does not block? */
bool lean_signal_due(pid_t tid);
void lean_kill(pid_t tgid);

#endif
