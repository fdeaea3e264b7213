/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Alarms that ring when that is chosen (options.signals): alarm(2) and setitimer(2) of ITIMER_REAL are answered and not made,
 * for no time passes while tasks are held. When they are let go, what is set rings at once. */
#include <signal.h>
#include <sys/time.h>

#include "tracer/private.h"

enum { NS = 1000000000 };

static struct tracee *leader_of(struct tracer *t, const struct tracee *x)
{
	return tracee_by_tid(t, x->tgid);
}

static void put_old(const struct tracee *x, u64 addr, u64 ns, u64 every)
{
	u64 old[4] = {every / NS, every % NS / 1000, ns / NS, ns % NS / 1000}; /* struct itimerval */

	if (addr)
		memory_write(x->tid, addr, old, sizeof old);
}

bool alarm_hold(struct tracer *t, struct tracee *x, struct err *err)
{
	const struct entry *e = &x->entry;
	bool is_alarm = e->call == CALL_alarm, is_timer = e->call == CALL_setitimer && e->fd == ITIMER_REAL;
	struct tracee *l = leader_of(t, x);

	if (!t->opt.signals || !t->opt.held || x->attached || !l || !(is_alarm || is_timer))
		return true;
	if (!inject_instead(x, is_alarm ? (i64)((l->alarm_ns + NS - 1) / NS) : 0))
		return true;
	if (is_timer)
		put_old(x, x->args[2], l->alarm_ns, l->alarm_every_ns);
	l->alarm_ns = e->arg;
	l->alarm_every_ns = e->size;
	return inject_note(t, x, INJ_ALARM_HELD, e->arg, err);
}

u64 tracer_alarm(const struct tracer *t, u32 task)
{
	const struct tracee *x = tracee_by_task(t, task);

	return x && x->tid == x->tgid && x->alarm_ns && x->holding != IS_GONE ? x->alarm_ns : TIME_NONE;
}

bool tracer_ring_alarm(struct tracer *t, u32 task, struct err *err)
{
	struct tracee *x = tracee_by_task(t, task);
	u64 ns = tracer_alarm(t, task);

	if (ns == TIME_NONE)
		return err_set(err, EXIT_USAGE, "it waits for no time-out");
	x->alarm_ns = x->alarm_every_ns;
	if (!inject_note(t, x, INJ_ALARM, ns, err))
		return false;
	return kill(x->tgid, SIGALRM) == 0 || err_sys(err, EXIT_FAILED, "the signal could not be sent");
}

bool alarm_release(struct tracer *t, struct err *err)
{
	bool ok = true;

	for (size_t i = 0; i < t->all.n; i++)
		if (tracer_alarm(t, t->all.at[i]->task) != TIME_NONE)
			ok = tracer_ring_alarm(t, t->all.at[i]->task, err) && ok;
	return ok;
}
