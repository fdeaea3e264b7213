/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One execution. Of all tasks one runs at a time: the one that was chosen, until it stands before a point at
 * which somebody may be chosen again. Accesses to shared memory, and calls that cannot block, it notes in the
 * page it shares with us and goes on (hook/explore.c); so most executions stop a few times only. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "explore/private.h"

enum {
	COMPUTES_TICKS = 500, /* 10 s */
	CALLS_MANY = 100000,  /* without a point, in as long a time */
	PATIENCE = 200,       /* reads more, for one that spins, when nobody else can go on */
	FORCED_MAX = 8,       /* times */
	LOOKS = 3,
	HANG_LOOKS = 10, /* once a millisecond, before nobody is said to move any more */
	CLOCK_MS = 5000, /* waited for a timer that we do not hold */
};

void exec_kill(struct exec *x)
{
	struct lean_stop s;

	for (u32 t = 0; t < x->tasks; t++)
		if (x->task[t].standing != X_GONE)
			lean_kill(x->task[t].tgid);
	for (size_t i = 0; i < x->early.n; i++)
		lean_kill(x->early.at[i]);
	for (u32 waits = 0; x->alive && waits < 500;) {
		u32 t;

		lean_next(true, &s);
		if (s.kind == LEAN_NOBODY)
			break;
		waits += s.kind == LEAN_NONE;
		t = s.kind == LEAN_NONE ? TASKS_MAX : task_by_tid(x, s.tid);
		if (s.kind == LEAN_END && t < TASKS_MAX && x->task[t].standing != X_GONE) {
			x->task[t].standing = X_GONE;
			x->alive--;
		} else if (s.kind != LEAN_NONE && s.kind != LEAN_END && s.tid != x->server) {
			lean_kill(s.tid);
			lean_go(s.tid, false, 0);
		}
	}
}

/* ---- the one that runs ---- */

/* Asleep in a call, twice looked at with nothing in between. A call made short sleeps, too, as long as a timer takes to
 * go off: semtimedop(2) with no time 50 us, prctl(2) PR_SET_TIMERSLACK, and longer where the machine lends its processor. */
static bool asleep(struct exec *x, u32 t)
{
	if (x->task[t].manner == CALL_TRIED && x->task[t].awaiting)
		return false;
	for (int i = 0; i < LOOKS; i++) {
		if (lean_state(x->task[t].tid) != 'S')
			return false;
		sched_yield();
	}
	return true;
}

/* Of others than the one that runs: woken, born, killed. */
static void take_other(struct exec *x, const struct lean_stop *s)
{
	u32 t;

	if (!stop_take(x, s, &t) && t < TASKS_MAX && x->task[t].standing != X_GONE)
		exec_resume_until_point(x, t, true);
	if (t < TASKS_MAX)
		x->task[t].came = true;
}

/* Calls, none of which is a point: on a file of nobody else's, on what is thrown away. */
static bool calls_endlessly(struct exec *x, u32 stops, u64 *from)
{
	u64 ms;

	if (explore_told_to_stop) {
		exec_fail(x, "stopped");
		return true;
	}
	if (stops == 1)
		*from = clock_ns();
	if (stops % CALLS_MANY)
		return false;
	ms = (clock_ns() - *from) / 1000000;
	if (ms < COMPUTES_TICKS * EXPLORE_TICK_MS)
		return false;
	exec_fail(x,
		"a process has made %u calls in %llu s, and none that is another's affair: explore "
		"cannot follow a program that never ends",
		stops, (unsigned long long)ms / 1000);
	return true;
}

static void computes_endlessly(struct exec *x)
{
	exec_fail(x, "a process has been computing for %d s without any operation: explore cannot follow a program that never ends%s",
		COMPUTES_TICKS * EXPLORE_TICK_MS / 1000, x->hooked ? "" : "; of one made by `ipclab cc`, loops over shared memory are seen");
}

void exec_resume_until_point(struct exec *x, u32 t, bool looking)
{
	struct xtask *k = &x->task[t];
	struct lean_stop s;
	u32 ticks = 0, who, stops = 0;
	u64 from = 0;

	k->came = false;
	for (;;) {
		if (k->came) /* while another one was followed, which it woke, its own stop came: it was taken there */
			return;
		lean_next(!looking, &s);
		if (x->err->code)
			return;
		if (s.kind == LEAN_NOBODY) {
			k->standing = X_GONE;
			x->alive = 0;
			return;
		}
		if (s.kind == LEAN_NONE) {
			if (explore_told_to_stop) {
				exec_fail(x, "stopped");
				return;
			}
			sched_yield();
			if (asleep(x, t)) {
				lean_next(false, &s);
				if (s.kind == LEAN_NONE) {
					notes_take(x, t);
					k->standing = X_INSIDE;
					return;
				}
			} else if (!looking && ++ticks > COMPUTES_TICKS) {
				computes_endlessly(x);
				return;
			}
			if (s.kind == LEAN_NONE)
				continue;
		}
		ticks = 0;
		who = task_by_tid(x, s.tid);
		if (who != t && who < TASKS_MAX) {
			take_other(x, &s);
			continue;
		}
		if (who == TASKS_MAX) {
			stop_take(x, &s, &who); /* not known yet, or no more */
			continue;
		}
		if (stop_take(x, &s, &who) || k->standing == X_GONE)
			return;
		if (k->standing != X_AT)
			return;
		looking = looking && k->awaiting;
		if (calls_endlessly(x, ++stops, &from))
			return;
	}
}

/* Whoever slept inside a call and was woken comes out of it now. */
static void look_inside(struct exec *x)
{
	struct lean_stop s;
	bool sleeps = false;

	for (u32 t = 0; t < x->tasks; t++)
		sleeps |= x->task[t].standing == X_INSIDE;
	for (u32 looks = 0; sleeps && looks < 1000; looks++) {
		bool all = true;

		while (lean_next(false, &s), s.kind != LEAN_NONE && s.kind != LEAN_NOBODY)
			take_other(x, &s);
		for (u32 t = 0; t < x->tasks && all; t++)
			all = x->task[t].standing != X_INSIDE || lean_state(x->task[t].tid) == 'S';
		if (all && looks)
			return;
		sched_yield();
	}
}

/* ---- who could go ---- */

static enum can can_by_itself(struct exec *x, u32 t)
{
	struct xtask *k = &x->task[t];

	if (k->standing == X_PARKED)
		return sync_can(x, t);
	if (k->standing != X_AT)
		return CAN_NOT;
	if (k->fed)
		return CAN_GO;
	switch (k->point) {
	case POINT_SYNC: return sync_can(x, t);
	case POINT_CALL: return call_can(x, t);
	case POINT_ACCESS: return !k->period || spin_over(x, t) ? CAN_GO : CAN_NOT;
	default: return CAN_GO;
	}
}

static void go(struct exec *x, struct decision d, u32 until)
{
	struct xtask *k = &x->task[d.task];
	bool looking = false;

	x->page->n = 0;
	x->page->until = until < HOOK_RECORDS ? until : HOOK_RECORDS;
	x->page->task = d.task;
	x->first_by_time = d.by_time;
	x->now_enabled = x->enabled;
	if (d.by_time && alarm_is_set(x, d.task) && can_by_itself(x, d.task) != CAN_BY_TIME) {
		alarm_ring(x, d.task);
		look_inside(x);
		return;
	}
	k->by_time = d.by_time;
	k->period = 0;
	if (k->fed) {
		k->fed = false;
		if (k->has_answer)
			lean_answer(k->tid, k->answer);
		k->has_answer = false;
		k->point = POINT_NONE;
		lean_go(k->tid, false, 0);
	} else if (k->point == POINT_SYNC) {
		if (!sync_go(x, d.task, d.by_time))
			return;
	} else if (k->point == POINT_CALL) {
		call_go(x, d.task, d.by_time, &looking);
	} else {
		/* a signal that comes before it has begun is another thing than one that comes then */
		if (!k->begun && x->begins) {
			k->object = SIGNALS_KEY;
			step_add(x, d.task)->inside = true;
		}
		lean_go(k->tid, false, 0);
	}
	k->begun = true;
	k->point = POINT_NONE;
	exec_resume_until_point(x, d.task, looking);
	look_inside(x);
}

/* Would wait, but a signal is due: it goes on for that. */
static enum can can(struct exec *x, u32 t)
{
	struct xtask *k = &x->task[t];
	enum can c = can_by_itself(x, t);

	k->interrupted = c != CAN_GO && x->signalled && k->standing == X_AT &&
			 k->point != POINT_ACCESS && lean_signal_due(k->tid);
	return k->interrupted ? CAN_GO : c;
}

static void look_round(struct exec *x)
{
	x->enabled = x->timed = 0;
	for (u32 t = 0; t < x->tasks; t++) {
		if (alarm_is_set(x, t))
			x->timed |= BIT(t);
		switch (can(x, t)) {
		case CAN_GO: x->enabled |= BIT(t); break;
		case CAN_BY_TIME: x->timed |= BIT(t); break;
		default: break;
		}
	}
}

static bool anybody_forced(const struct exec *x)
{
	for (u32 t = 0; t < x->tasks; t++)
		if (x->task[t].standing == X_AT && x->task[t].period && x->task[t].forced)
			return true;
	return false;
}

/* Nobody can move but who reads the same again and again: it may be counting its tries. */
static u32 who_spins(struct exec *x)
{
	u32 least = TASKS_MAX;

	for (u32 t = 0; t < x->tasks; t++)
		if (x->task[t].standing == X_AT && x->task[t].period &&
			x->task[t].forced < FORCED_MAX &&
			(least == TASKS_MAX || x->task[t].forced < x->task[least].forced))
			least = t;
	if (least < TASKS_MAX) {
		if (!anybody_forced(x)) /* what comes now may be in vain */
			x->before_patience = x->steps.n;
		x->task[least].forced++;
		x->page->patience = PATIENCE;
	}
	return least;
}

struct decision exec_next(u64 enabled, u64 timed, u32 current)
{
	u64 set = enabled ? enabled : timed;

	if (current < TASKS_MAX && set & BIT(current))
		return (struct decision){current, !enabled};
	for (u32 i = 1; i <= TASKS_MAX; i++) {
		u32 t = (current + i) % TASKS_MAX;

		if (set & BIT(t))
			return (struct decision){t, !enabled};
	}
	return (struct decision){TASKS_MAX, false};
}

/* ---- an execution ---- */

static void judge(struct exec *x)
{
	if (x->verdict)
		return;
	if (!WIFEXITED(x->root_status)) {
		x->verdict = EXPLORE_CRASH;
		x->culprit = 0;
	} else if (WEXITSTATUS(x->root_status) != 0) {
		x->verdict = EXPLORE_WRONG;
	}
}

static u32 steps_max(const struct exec *x)
{
	return x->opt->steps_max ? x->opt->steps_max : 20000;
}

static u32 next_forced(const struct plan *p, u32 i)
{
	return p->forced && i < p->forced->n ? p->forced->at[i].at : UINT32_MAX;
}

void exec_look_at_end(struct exec *x)
{
	char bytes[4096];

	x->final = 0;
	for (size_t i = 0; x->opt->finals && i < x->places.n; i++) {
		const struct mapped_at *p = &x->places.at[i];
		u64 n = p->len < sizeof bytes ? p->len : sizeof bytes;

		if (p->space == x->task[0].space && lean_peek(x->task[0].tid, p->addr, bytes, n))
			x->final = mix(x->final, hash64(p->key, bytes, n));
	}
}

/* Whoever sleeps inside a call may be about to come out. */
static void look_once_more(struct exec *x)
{
	bool inside = false;

	for (u32 t = 0; t < x->tasks; t++)
		inside |= x->task[t].standing == X_INSIDE;
	for (u32 looks = 0; inside && looks < HANG_LOOKS && x->alive && !x->enabled; looks++) {
		nanosleep(&(struct timespec){0, 1000000}, NULL);
		look_inside(x);
		look_round(x);
	}
}

/* Nobody can go on: a hang, unless all have ended. */
static bool stuck(struct exec *x, struct decision *d)
{
	d->task = who_spins(x);
	if (d->task < TASKS_MAX)
		return false;
	look_once_more(x);
	for (u32 ms = 0; x->clocks_run && ms < CLOCK_MS && !x->enabled; ms += 5) {
		nanosleep(&(struct timespec){0, 5000000}, NULL);
		look_inside(x);
		look_round(x);
	}
	if (x->enabled) {
		*d = exec_next(x->enabled, 0, TASKS_MAX - 1);
		return false;
	}
	if (outside_waits(x))
		return true;
	x->verdict = EXPLORE_HANG;
	if (anybody_forced(x))
		x->steps.n =
			x->before_patience; /* looking again and again is no part of the schedule */
	return true;
}

/* Its time is to pass, and whether its call would wait is known only when that was tried: which is no step. */
static bool is_to_be_tried(const struct exec *x, const struct choice_made_at *c)
{
	const struct xtask *k = &x->task[c->task];

	return c->by_time && c->at == x->steps.n && x->enabled & BIT(c->task) && k->standing == X_AT && k->point == POINT_CALL &&
	       k->manner == CALL_TRIED && !k->tried && !k->fed;
}

/* A choice that was made before. Whom it is about may have to be born first: those who stand before no operation go on
 * until then; when all stand before one and it still cannot be, the choice is given up. */
static bool choose_forced(
	struct exec *x, const struct plan *p, u32 *forced, u32 current, struct decision *d)
{
	while (next_forced(p, *forced) <= x->steps.n) {
		const struct choice_made_at *c = &p->forced->at[*forced];
		u64 idle = 0;

		if ((c->by_time ? x->timed : x->enabled) & BIT(c->task)) {
			*d = (struct decision){c->task, c->by_time};
			++*forced;
			return true;
		}
		if (is_to_be_tried(x, c)) {
			*d = (struct decision){c->task, false};
			return true;
		}
		for (u32 t = 0; t < x->tasks; t++)
			if (x->enabled & BIT(t) &&
				(x->task[t].point == POINT_NONE || x->task[t].fed))
				idle |= BIT(t);
		if (idle && c->at == x->steps.n) {
			*d = exec_next(idle, 0, current);
			return true;
		}
		++*forced;
	}
	return false;
}

static bool choose(
	struct exec *x, const struct plan *p, u32 *forced, u32 current, struct decision *d)
{
	d->by_time = false;
	if (choose_forced(x, p, forced, current, d))
		return true;
	if (!x->enabled && !x->timed)
		return !stuck(x, d);
	*d = p->pick(x, p->arg, x->enabled, x->timed, current);
	x->given_up = d->task == TASKS_MAX;
	return !x->given_up;
}

static u32 until(struct exec *x, const struct plan *p, u32 forced, u32 current)
{
	u32 next = next_forced(p, forced), n = HOOK_RECORDS;

	if (p->until)
		n = p->until(x, p->arg, current);
	if (x->claim)
		n = 1;
	if (next != UINT32_MAX && next <= x->steps.n)
		n = 0;
	else if (next != UINT32_MAX && next - x->steps.n < n)
		n = next - (u32)x->steps.n;
	return n;
}

bool exec_run(struct exec *x, const struct plan *p, struct err *err)
{
	u32 current = TASKS_MAX, forced = 0, rounds = 0;
	struct decision d;

	x->err = err;
	if (!exec_begin(x, err))
		return false;
	while (x->alive && !x->verdict && !err->code) {
		size_t before = x->steps.n;

		look_round(x);
		if (!choose(x, p, &forced, current, &d))
			break;
		go(x, d, until(x, p, forced, d.task));
		current = d.task;
		if (p->ran)
			p->ran(x, p->arg);
		if (x->claim && !x->verdict && x->alive && !claim_holds(x->claim, x))
			x->verdict = EXPLORE_INVARIANT;
		rounds = before == x->steps.n ? rounds + 1 : 0;
		if (x->steps.n >= steps_max(x) || rounds > 100000)
			x->verdict = EXPLORE_ENDLESS;
	}
	if (!err->code && !x->given_up)
		judge(x);
	if (x->task[0].standing != X_GONE)
		exec_look_at_end(x);
	x->final = mix(x->final, x->verdict == EXPLORE_HANG ? 0x4a46 : (u64)x->root_status);
	exec_kill(x);
	alike_after(x);
	return !err->code;
}
