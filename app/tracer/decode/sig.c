/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Signals: what a process does about one (sigaction(2)), who sends one (sigqueue(3), pidfd_send_signal(2)), what waits for one
 * (sigtimedwait(2)), and the timers that send one (alarm(2), setitimer(2), timer_create(2)). kill and pause: process.c,
 * time.c. sigprocmask is not stopped: what is blocked is asked of the kernel when it matters. */
#include <errno.h>
#include <signal.h>
#include <sys/time.h>
#include <time.h>

#include "tracer/private.h"

bool decode_sigaction(struct tracer *t, struct tracee *x, struct entry *e)
{
	u64 act[2]; /* struct kernel_sigaction: handler, flags */

	e->hold = t->opt.signals;
	e->fd = (i32)x->args[0];
	if (memory_read(x->tid, x->args[1], act, sizeof act) != sizeof act)
		return false;
	e->arg = act[0] == 0 ? 0 : act[0] == 1 ? 1 : 2;
	e->size = act[1] & 0xffffffff;
	inject_handler_set(x, e->fd, e->arg == 2, e->size);
	return true;
}

/* struct itimerval or itimerspec: interval, then value. `unit`: ns of the second word. */
static void read_timer(struct tracee *x, u64 addr, u64 unit, struct entry *e)
{
	u64 first = addr ? decode_time(x, addr + 16, unit) : TIME_NONE, interval = addr ? decode_time(x, addr, unit) : TIME_NONE;

	e->arg = first == TIME_NONE ? 0 : first;
	e->size = interval == TIME_NONE ? 0 : interval;
}

bool decode_timer(struct tracer *t, struct tracee *x, struct entry *e)
{
	(void)t;
	e->hold = false;
	switch (e->call) {
	case CALL_alarm:
		e->arg = (x->args[0] & 0xffffffff) * 1000000000u;
		break;
	case CALL_setitimer:
		e->fd = (i32)x->args[0];
		read_timer(x, x->args[1], 1000, e);
		break;
	case CALL_timer_settime:
		e->fd = (i32)x->args[0];
		read_timer(x, x->args[2], 1, e);
		if (e->arg && x->args[1] & TIMER_ABSTIME)
			e->arg = 1; /* some time; its clock is not known */
		break;
	case CALL_timer_delete:
		e->fd = (i32)x->args[0];
		break;
	default: /* timer_create: which number it gets is not needed */
		break;
	}
	return true;
}

bool decode_sigqueue(struct tracer *t, struct tracee *x, struct entry *e)
{
	int shift = e->call == CALL_rt_tgsigqueueinfo;

	(void)t;
	e->fd = (i32)x->args[shift];
	e->fd2 = (i32)x->args[shift + 1];
	return true;
}

bool decode_sigtimedwait(struct tracer *t, struct tracee *x, struct entry *e)
{
	(void)t;
	memory_read(x->tid, x->args[0], &e->size, sizeof e->size);
	e->arg = decode_time(x, x->args[2], 1);
	e->timed = (struct timed){.kind = e->arg == TIME_NONE || !e->arg ? TIMED_NOT : TIMED_POINTER, .arg = 2, .sys_result = -EAGAIN,
	                          .ns = e->arg};
	return true;
}

void wait_call_done(struct tracee *x, struct ev_exit *out)
{
	i32 info[6]; /* siginfo_t: signo, errno, code, -, pid, uid */

	if (x->entry.call != CALL_waitid || out->ret != 0 || !x->args[2] ||
	    memory_read(x->tid, x->args[2], info, sizeof info) != sizeof info || info[0] != SIGCHLD)
		return;
	out->fd = info[4]; /* which child, and what became of it: CLD_EXITED, ... */
	out->fd2 = info[2];
}
