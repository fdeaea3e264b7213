/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Signals, and alarms as choices. A signal is delivered as soon as its receiver goes on; one that waits where we hold it
 * is let go for it. An alarm is never set: it rings when that is chosen, at the latest when nobody else can go on. */
#include <sched.h>
#include <sys/syscall.h>
#include <sys/time.h>

#include "explore/private.h"

static struct xtask *leader(struct exec *x, u32 task)
{
	for (u32 t = 0; t < x->tasks; t++)
		if (x->task[t].tgid == x->task[task].tgid && x->task[t].leads)
			return &x->task[t];
	return &x->task[task];
}

static bool set_timer(struct exec *x, u32 task)
{
	struct xtask *k = &x->task[task], *l = leader(x, task);
	struct itimerval t = {{0, 0}, {0, 0}};

	if (k->args[0] != ITIMER_REAL)
		return false;
	for (size_t i = 0; k->args[1] && i < sizeof t; i += 8)
		lean_peek(k->tid, k->args[1] + i, (char *)&t + i, 8);
	l->alarm = t.it_value.tv_sec || t.it_value.tv_usec;
	l->alarm_repeats = t.it_interval.tv_sec || t.it_interval.tv_usec;
	lean_answer(k->tid, 0);
	return true;
}

void signal_call(struct exec *x, u32 task)
{
	struct xtask *k = &x->task[task];
	u64 act[2] = {0, 0};

	switch (k->nr) {
	case SYS_alarm:
		lean_answer(k->tid, leader(x, task)->alarm);
		leader(x, task)->alarm = (u32)k->args[0] != 0;
		leader(x, task)->alarm_repeats = false;
		break;
	case SYS_setitimer: set_timer(x, task); break;
	case SYS_timerfd_settime:
	case SYS_timer_settime: x->clocks_run = true; break;
	case SYS_futex:
		x->clocks_run |= k->args[3] > 4096; /* an address: of a time, or of a second word */
		break;
	case SYS_rt_sigaction: /* struct kernel_sigaction: handler, flags */
		if (lean_peek(k->tid, k->args[1], &act[0], 8) &&
			lean_peek(k->tid, k->args[1] + 8, &act[1], 8) && act[0] > 1 &&
			!(act[1] & SA_RESTART))
			leader(x, task)->breaks_off = true;
		break;
	default: break;
	}
}

void signal_inherit(struct exec *x, u32 child)
{
	if (x->task[child].creator)
		x->task[child].breaks_off = leader(x, x->task[child].creator - 1)->breaks_off;
}

bool signal_breaks_off(struct exec *x, u32 task)
{
	return leader(x, task)->breaks_off;
}

bool alarm_is_set(struct exec *x, u32 task)
{
	return x->task[task].leads && x->task[task].alarm && x->task[task].standing != X_GONE;
}

void alarm_ring(struct exec *x, u32 task)
{
	struct xtask *k = &x->task[task];
	struct xstep *s;

	k->alarm = k->alarm_repeats;
	x->page->task = HOOK_TASKS - 1; /* nobody runs */
	x->signalled = true;
	s = step_add(x, task);
	s->inside = s->rings = true;
	s->by_time = true;
	s->point = POINT_CALL;
	s->object = SIGNALS_KEY;
	kill(k->tgid, SIGALRM);
}
