/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looking. No event tells that a task went to sleep inside a call, so after a resume it is looked
 * at: /proc/TID/stat, syscall, and the count of times it was run. Elapsed time only chooses when to
 * look. One pass is not enough: between looking at two tasks one may wake the other (30-63 wrong
 * answers in 160,000); two passes with equal run counts gave none. */
#include <sched.h>
#include <time.h>

#include "session/private.h"

void look_pause(unsigned *tries)
{
	u64 us;

	if ((*tries)++ < 20) {
		sched_yield();
		return;
	}
	us = 50u << (*tries - 21 < 9 ? *tries - 21 : 9);
	if (us > 20000)
		us = 20000;
	nanosleep(&(struct timespec){0, (long)us * 1000}, NULL);
}

bool collect(struct run *r, bool *any, struct err *err)
{
	struct stop stop;

	*any = false;
	for (;;) {
		if (!tracer_next(r->tracer, false, &stop, err))
			return false;
		if (stop.kind == STOP_NONE || stop.kind == STOP_ALL_GONE)
			return true;
		if (stop.kind == STOP_BELL)
			r->rang = true;
		else
			*any = true;
	}
}

/* Asleep, for one look. D counts only where it is a wait for another process. */
static bool probe_asleep(const struct probe *p)
{
	return p->state == 0 || p->state == 'Z' || p->state == 'X' ||
	       (p->state == 'S' && p->call >= 0) || (p->state == 'D' && p->in_vfork);
}

bool look_asleep(struct run *r, u32 task)
{
	struct probe now;
	struct look *look = run_look(r, task);

	tracer_probe(r->tracer, task, &now);
	look->asleep = probe_asleep(&now);
	if (!look->looked)
		look->ran_ns = now.ran_ns;
	look->looked = true;
	look->seen = now;
	return look->asleep;
}

bool look_computes(struct run *r, u32 task)
{
	const struct look *look = run_look(r, task);
	u64 since = clock_ns() - look->resumed_ns;

	if (since <= COMPUTING_NS)
		return false;
	return since > 15ull * COMPUTING_NS || !look->seen.runs || look->seen.ran_ns - look->ran_ns >= COMPUTED_NS;
}

static bool may_move(struct run *r, u32 task)
{
	enum holding h = tracer_holding(r->tracer, task);

	return h == IS_RUNNING || h == IS_INSIDE;
}

/* SIGKILL wakes a held task at once, and waitpid tells of it only later. */
static bool is_killed_while_held(struct run *r, u32 task)
{
	struct probe now;

	if (tracer_holding(r->tracer, task) != IS_TAKEN)
		return false;
	tracer_probe(r->tracer, task, &now);
	return now.state != 't';
}

bool all_asleep(struct run *r)
{
	bool any;
	struct err ignored;

	for (u32 task = 1; task <= tracer_tasks(r->tracer); task++)
		if ((may_move(r, task) && !look_asleep(r, task)) || is_killed_while_held(r, task))
			return false;
	for (u32 task = 1; task <= tracer_tasks(r->tracer); task++) {
		struct probe before = run_look(r, task)->seen;
		if (!may_move(r, task))
			continue;
		if (!look_asleep(r, task) || before.call != run_look(r, task)->seen.call ||
		    before.runs != run_look(r, task)->seen.runs)
			return false;
	}
	return collect(r, &any, &ignored) && !any;
}

static bool note_blocked(struct run *r, struct err *err)
{
	for (u32 task = 1; task <= tracer_tasks(r->tracer); task++) {
		struct look *look = run_look(r, task);
		bool unstopped = r->opt.tracer.sleepers && tracer_holding(r->tracer, task) == IS_RUNNING;
		/* It may have slept, gone on and slept again without a stop: in another futex, for one. */
		if ((r->opt.tell_settled || r->opt.waits || unstopped) && look->noted_runs != look->seen.runs)
			look->noted = 0;
		if (!may_move(r, task) || look->noted == OBS_BLOCKED || !look->asleep || look->seen.state == 'Z' ||
		    !look->seen.state)
			continue;
		if (!tracer_note_state(r->tracer, task, OBS_BLOCKED, err))
			return false;
		look->noted = OBS_BLOCKED;
		look->noted_runs = look->seen.runs;
	}
	return true;
}

bool settled_point(struct run *r, bool *again, struct err *err)
{
	bool any;

	*again = false;
	if (!note_blocked(r, err) || !tracer_observe_pipes(r->tracer, false, r->opt.slots, err) ||
	    !tracer_observe_sockets(r->tracer, false, err) || !tracer_observe_counters(r->tracer, false, err) ||
	    !tracer_observe_locks(r->tracer, false, err) || !tracer_observe_queues(r->tracer, false, err) ||
	    !tracer_observe_memory(r->tracer, false, err) || !tracer_observe_found(r->tracer, err))
		return false;
	/* Closing a borrowed end wakes sleepers: look again before it is called settled. */
	if (!collect(r, &any, err))
		return false;
	*again = any;
	return any || tracer_note_settled(r->tracer, err);
}
