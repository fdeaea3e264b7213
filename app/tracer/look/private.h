/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRACER_LOOK_PRIVATE_H
#define TRACER_LOOK_PRIVATE_H

#include "tracer/look/lib.h"
#include "tracer/private.h"

void peers_read(struct scan *);
/* File locks, epolls and timers of a process, from fdinfo. */
bool fdinfo_tell(struct tracer *, struct tracee *, struct err *);
/* Which call a task sleeps in, where /proc/TID/syscall may not be read; false: nothing can be said. */
bool refused_tell(struct tracer *, struct tracee *, struct err *);
bool look_may_attach(pid_t); /* /proc/PID/syscall may be read */

#endif
