/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRACER_LOOK_PRIVATE_H
#define TRACER_LOOK_PRIVATE_H

#include "tracer/look/lib.h"
#include "tracer/private.h"

void peers_read(struct scan *);
/* File locks, epolls and timers of a process, from fdinfo. */
bool fdinfo_tell(struct tracer *, struct tracee *, struct err *);
enum waits_in { IN_UNKNOWN, IN_PIPE_READ, IN_PIPE_WRITE, IN_FIFO_OPEN, IN_WAIT, IN_FUTEX, IN_SOCKET_READ, IN_SOCKET_WRITE, IN_ACCEPT,
	IN_QUEUE, IN_MSGRCV, IN_MSGSND, IN_SEMOP, IN_EPOLL, IN_POLL, IN_SLEEP, IN_SIGWAIT, IN_SIGSUSPEND, IN_PAUSE, IN_TERMINAL, IN_WOKEN,
	IN_EVENTFD, IN_LOCK };
struct guess {
	u16 call;
	int fd;
	int rank; /* the lower the likelier */
	enum waits_in in;
};
enum waits_in wchan_means(const char *name); /* a function of the kernel's */
enum waits_in wchan_of(pid_t tid);
bool refused_in_vfork(pid_t); /* D, and it has children */
/* Which call a task sleeps in, where /proc/TID/syscall may not be read; false: nothing can be said. */
bool refused_tell(struct tracer *, struct tracee *, struct err *);
bool look_may_attach(pid_t); /* /proc/PID/syscall may be read */

#endif
