/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Waits and wakers: wait.c, wakers.c; read by why.c and standing.c. */
#ifndef WORLD_WAIT_H
#define WORLD_WAIT_H

#include "world/private.h"

struct wait {
	enum why_reason reason;
	u32 pipe, access; /* an end of this kind could end it */
	i32 pid;          /* WHY_CHILD: this child, 0 any */
	u32 sync, segment; /* what lies in memory: whoever has that could end it; segment 0: proc's own */
	u64 off;
	u32 proc;         /* own memory of this process */
	u32 task;         /* this task alone could end it: an owner, a thread joined */
	u32 group;        /* a child of this process group, 0 any */
	bool nobody;      /* the owner died with it: no one left can give it back */
	struct ipc_wait ipc; /* kind set: on another object */
	bool anybody;     /* it has a name by which those who do not have it yet could open it */
	u64 timeout;
	bool open_ended; /* a clock, a signal, somebody outside, or what the world does not know may end it */
};

/* What a blocked or spinning task waits for. Unless it is a pipe's end or a child, the wait is open-ended. */
void wait_classify(const struct world *, u32 task, struct wait *);

/* Those who could end the wait, in order of their names: processes (task 0: any of its tasks), with
 * an fd entry where it is by one; or one task. */
typedef void waker_fn(const struct world *, u32 proc, u32 task, u32 fd, void *ctx);
void wait_wakers(const struct world *, u32 task, const struct wait *, waker_fn *, void *ctx);
/* WHY_SEVERAL: one of those it waits for is a terminal, or somebody who is not watched has its other end, or knows its name. */
bool wait_several_outside(const struct world *, u32 task);
/* A child's end sends SIGCHLD, which breaks any wait off where a handler is set: so may those. */
void wait_end_of_children(const struct world *, u32 task, waker_fn *, void *ctx);

#endif
