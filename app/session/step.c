/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One step: the stepped task goes on until it is poised again, blocked or gone. Whom it wakes or
 * makes waits at its own stop until then; afterwards these run one at a time in order of birth. So
 * at most one watched task is in user mode, and the log tells a step in that order. */
#include "session/private.h"

/* Has it come to rest at a stop where the learner decides? */
static bool is_poised(struct run *r, u32 task)
{
	return tracer_holding(r->tracer, task) == IS_TAKEN && tracer_is_hold_point(r->tracer, task);
}

/* Takes a stop; goes on unless it is a hold point. */
static bool act(struct run *r, u32 task, struct err *err)
{
	if (!run_take(r, task, err))
		return false;
	return is_poised(r, task) || run_resume(r, task, err);
}

/* From now on it is to have time to see what the others have just done. */
static void begin_time(struct look *look)
{
	look->since_ns = clock_ns();
	look->since_ran_ns = look->seen.ran_ns;
}

static bool note_running(struct run *r, u32 task, struct err *err)
{
	struct look *look = run_look(r, task);

	if (look->noted == OBS_RUNNING)
		return true;
	look->noted = OBS_RUNNING;
	begin_time(look);
	return tracer_note_state(r->tracer, task, OBS_RUNNING, err);
}

/* Asleep twice with nothing in between: its state belongs into the log before others go on,
 * because what it has done so far (half a write) is part of what they find. */
static bool asleep_for_good(struct run *r, u32 task, bool *asleep, struct err *err)
{
	struct look *look = run_look(r, task);
	struct probe first;
	bool any;

	*asleep = false;
	if (!look_asleep(r, task))
		return true;
	first = look->seen;
	if (!look_asleep(r, task) || first.runs != run_look(r, task)->seen.runs ||
	    first.call != run_look(r, task)->seen.call)
		return true;
	if (!collect(r, &any, err))
		return false;
	if (tracer_holding(r->tracer, task) != IS_RUNNING && tracer_holding(r->tracer, task) != IS_INSIDE)
		return true;
	*asleep = true;
	look = run_look(r, task);
	if (look->noted == OBS_BLOCKED || !look->seen.state || look->seen.state == 'Z')
		return true;
	look->noted = OBS_BLOCKED;
	return tracer_note_state(r->tracer, task, OBS_BLOCKED, err);
}

/* execve waits in the kernel until the other threads of its process are gone (de_thread): their
 * ends are part of its step. */
static bool let_siblings_end(struct run *r, u32 task, struct err *err)
{
	const struct probe *seen = &run_look(r, task)->seen;

	if (seen->state != 'D' || seen->in_vfork)
		return true;
	for (u32 other = 1; other <= tracer_tasks(r->tracer); other++)
		if (tracer_holding(r->tracer, other) == IS_STOPPED &&
		    tracer_stop_kind(r->tracer, other) == STOP_ENDING &&
		    tracer_pid(r->tracer, other) == tracer_pid(r->tracer, task) && !act(r, other, err))
			return false;
	return true;
}

bool turn(struct run *r, u32 task, struct err *err)
{
	unsigned tries = 0;
	bool any, asleep;

	for (;;) {
		switch (tracer_holding(r->tracer, task)) {
		case IS_GONE:
			return run_take(r, task, err);
		case IS_LISTENING:
			return true;
		case IS_TAKEN:
			if (is_poised(r, task))
				return true;
			if (!run_resume(r, task, err))
				return false;
			break;
		case IS_STOPPED:
			if (!act(r, task, err))
				return false;
			tries = 0;
			continue;
		default:
			break;
		}
		if (!collect(r, &any, err))
			return false;
		if (tracer_holding(r->tracer, task) != IS_RUNNING && tracer_holding(r->tracer, task) != IS_INSIDE)
			continue;
		if (!asleep_for_good(r, task, &asleep, err))
			return false;
		if (asleep)
			return true;
		if (!let_siblings_end(r, task, err))
			return false;
		if (look_computes(r, task))
			return note_running(r, task, err);
		look_pause(&tries);
	}
}

/* Of a process whose threads are dead, too, the leader is told last, as the kernel does. */
u32 first_dead(struct run *r)
{
	u32 first = 0;

	for (u32 task = 1; task <= tracer_tasks(r->tracer); task++)
		if (tracer_is_dead(r->tracer, task) &&
		    (!first || tracer_pid(r->tracer, task) == tracer_pid(r->tracer, first)))
			first = task;
	return first;
}

/* Deaths first: a death is told before the wait of the parent that it ends. */
static u32 first_pending(struct run *r)
{
	u32 dead = first_dead(r);

	if (dead)
		return dead;
	for (u32 task = 1; task <= tracer_tasks(r->tracer); task++) {
		enum holding h = tracer_holding(r->tracer, task);
		if (h == IS_STOPPED || (h == IS_TAKEN && !tracer_is_hold_point(r->tracer, task)))
			return task;
	}
	return 0;
}

/* Somebody has moved: whoever computes may wait for just that (a flag in memory), and reaches its next
 * operation when it has been on a processor once more. */
static void give_computing_time(struct run *r)
{
	for (u32 task = 1; task <= tracer_tasks(r->tracer); task++) {
		struct look *look = run_look(r, task);

		if (look->noted != OBS_RUNNING)
			continue;
		look_asleep(r, task);
		begin_time(look);
	}
}

/* On a busy machine time on a processor may be long in coming; then it is not waited for. */
static bool has_had_time(const struct look *look)
{
	enum { ENOUGH_NS = 5000000, MOST_NS = 1000000000 };

	return !look->seen.runs || look->seen.ran_ns - look->since_ran_ns >= ENOUGH_NS ||
	       clock_ns() - look->since_ns > MOST_NS;
}

/* One that computes for long holds up nobody: the rest may be settled without it. */
static bool somebody_computes(struct run *r)
{
	bool computes = false;

	for (u32 task = 1; task <= tracer_tasks(r->tracer); task++) {
		enum holding h = tracer_holding(r->tracer, task);
		if (h != IS_RUNNING && h != IS_INSIDE)
			continue;
		if (look_asleep(r, task))
			continue;
		if (run_look(r, task)->noted != OBS_RUNNING)
			return false; /* not for that long yet */
		if (!has_had_time(run_look(r, task)))
			return false;
		computes = true;
	}
	return computes;
}

bool settle(struct run *r, struct err *err)
{
	unsigned tries = 0;
	bool again, any;

	give_computing_time(r);
	for (;;) {
		u32 task = first_pending(r);
		if (task) {
			if (!turn(r, task, err))
				return false;
			give_computing_time(r);
			tries = 0;
			continue;
		}
		if (!collect(r, &any, err))
			return false;
		if (any)
			continue;
		if (all_asleep(r)) {
			if (!settled_point(r, &again, err))
				return false;
			if (!again)
				break;
			continue;
		}
		if (first_pending(r))
			continue;
		if (somebody_computes(r))
			break; /* no settled point: the set is not settled, and that is shown */
		for (u32 t = 1; t <= tracer_tasks(r->tracer); t++) {
			enum holding h = tracer_holding(r->tracer, t);
			if ((h == IS_RUNNING || h == IS_INSIDE) && !run_look(r, t)->asleep &&
			    look_computes(r, t) && !note_running(r, t, err))
				return false;
		}
		look_pause(&tries);
	}
	run_fold(r);
	return true;
}

bool run_can_step(struct run *r, u32 task)
{
	return is_poised(r, task);
}

bool run_step(struct run *r, u32 task, struct err *err)
{
	if (!is_poised(r, task))
		return err_set(err, EXIT_USAGE, "it is not held before an operation");
	return run_disk(r, tracer_note_choice(r->tracer, task, CHOSE_STEP, 0, err) && run_resume(r, task, err) &&
	                           turn(r, task, err) && settle(r, err));
}

static bool ring_alarm(struct run *r, u32 task, struct err *err)
{
	return run_disk(r, tracer_note_choice(r->tracer, task, CHOSE_TIME, 0, err) &&
				   tracer_ring_alarm(r->tracer, task, err) && settle(r, err));
}

bool run_pass_time(struct run *r, u32 task, struct err *err)
{
	if (tracer_timeout(r->tracer, task) == TIME_NONE && tracer_alarm(r->tracer, task) != TIME_NONE)
		return ring_alarm(r, task, err);
	if (tracer_timeout(r->tracer, task) != TIME_NONE && !tracer_note_choice(r->tracer, task, CHOSE_TIME, 0, err))
		return run_disk(r, false);
	if (!tracer_pass_time(r->tracer, task, err))
		return false;
	run_look(r, task)->noted = 0;
	run_look(r, task)->resumed_ns = clock_ns();
	run_look(r, task)->looked = false;
	/* Its exit stop is certain to come: wait for it before looking for sleepers. */
	for (unsigned tries = 0; tries < 2000 && tracer_holding(r->tracer, task) == IS_INSIDE;) {
		bool any;
		if (!collect(r, &any, err))
			return run_disk(r, false);
		if (!any)
			look_pause(&tries);
	}
	return run_disk(r, turn(r, task, err) && settle(r, err));
}

bool run_signal(struct run *r, u32 task, int sig, struct err *err)
{
	if (r->held && tracer_pid(r->tracer, task) && !tracer_note_choice(r->tracer, task, CHOSE_SIGNAL, sig, err))
		return run_disk(r, false);
	if (!tracer_signal(r->tracer, task, sig, err))
		return false;
	return run_disk(r, settle(r, err));
}

bool run_fault(struct run *r, u32 task, enum fault_kind kind, u64 size, struct err *err)
{
	if (!is_poised(r, task))
		return err_set(err, EXIT_USAGE, "it is not held before an operation");
	if (!tracer_fault(r->tracer, task, kind, size, err))
		return false;
	run_fold(r);
	return true;
}

bool run_settle(struct run *r, struct err *err)
{
	return run_disk(r, settle(r, err));
}

bool run_hold(struct run *r, struct err *err)
{
	if (r->held)
		return true;
	r->held = true;
	idle_timer_set(r, 0);
	return run_disk(r, tracer_set_held(r->tracer, true, err) && settle(r, err));
}

bool run_release(struct run *r, struct err *err)
{
	bool ok = true;

	if (!r->held)
		return true;
	r->held = false;
	ok = tracer_set_held(r->tracer, false, err);
	idle_timer_arm(r);
	for (u32 task = 1; ok && task <= tracer_tasks(r->tracer); task++) {
		if (tracer_holding(r->tracer, task) == IS_STOPPED)
			ok = run_take(r, task, err);
		if (ok && tracer_holding(r->tracer, task) == IS_TAKEN)
			ok = run_resume(r, task, err);
	}
	run_fold(r);
	return run_disk(r, ok);
}
