/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A run in this process: tracer and log, driven freely. Held stepping is step.c. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "session/private.h"

struct look *run_look(struct run *r, u32 task)
{
	/* a newborn counts from when it is first heard of: its first stop may be yet to come */
	while (r->looks.n <= task)
		*vec_push(&r->looks) = (struct look){.resumed_ns = clock_ns()};
	return &r->looks.at[task];
}

void run_fold(struct run *r)
{
	const struct rec *rec;
	u64 pos = r->fold_pos;

	if (!r->world)
		return;
	while ((rec = log_reader_next(r->reader, &r->fold_pos))) {
		world_apply(r->world, rec, pos);
		pos = r->fold_pos;
	}
}

bool run_take(struct run *r, u32 task, struct err *err)
{
	struct look *look = run_look(r, task);

	look->slept = look->noted == OBS_BLOCKED;
	look->noted = 0;
	return tracer_take(r->tracer, task, err);
}

bool run_resume(struct run *r, u32 task, struct err *err)
{
	struct look *look = run_look(r, task);

	look->noted = 0;
	look->asleep = false;
	look->resumed_ns = clock_ns();
	look->looked = false;
	return tracer_resume(r->tracer, task, err);
}

bool run_disk(struct run *r, bool ok)
{
	if (ok || r->full || !log_has_stopped(r->log))
		return ok;
	r->full = true;
	tracer_stop_recording(r->tracer);
	return false;
}

/* ---- an idle free run is looked at 50 ms after its last stop, then ever more rarely until the set has settled ---- */

static const u64 IDLE_NS = 50000000, IDLE_UNSAID_NS = 800000000, IDLE_MOST_NS = 10000000000;

#define IDLE_SIGNAL (SIGRTMIN + 3)
static void on_idle(int sig)
{
	(void)sig; /* its only purpose is to end waitpid with EINTR */
}

static bool idle_timer_make(struct run *r)
{
	struct sigevent ev = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = IDLE_SIGNAL};
	struct sigaction sa = {.sa_handler = on_idle};
	sigset_t set;

	sigaction(IDLE_SIGNAL, &sa, NULL);
	sigemptyset(&set);
	sigaddset(&set, IDLE_SIGNAL);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	ev._sigev_un._tid = gettid();
	return timer_create(CLOCK_MONOTONIC, &ev, &r->idle_timer) == 0;
}

static long idle_ns(const struct run *r)
{
	return r->opt.idle_ms ? (long)r->opt.idle_ms * 1000000 : IDLE_NS;
}

/* It ticks until it is heard: a signal that comes while we are not in waitpid ends no wait. 0: it is switched off. */
void idle_timer_set(struct run *r, u64 ns)
{
	struct timespec t = {(time_t)(ns / 1000000000), (long)(ns % 1000000000)};
	struct itimerspec in = {.it_interval = t, .it_value = t};

	r->stops_at_tick = tracer_stops(r->tracer);
	r->idle_ns = ns;
	r->idle_timer_armed = r->idle_timer_made && timer_settime(r->idle_timer, 0, &in, NULL) == 0 && ns;
}

void idle_timer_arm(struct run *r)
{
	idle_timer_set(r, idle_ns(r));
}

/* ---- create ---- */

static void pin_to_this_core(void)
{
	cpu_set_t set;
	int cpu = sched_getcpu();

	CPU_ZERO(&set);
	CPU_SET(cpu < 0 ? 0 : cpu, &set);
	sched_setaffinity(0, sizeof set, &set); /* refused: slower, not wrong */
}

static bool run_open_fold(struct run *r, struct err *err)
{
	if (!r->opt.fold)
		return true;
	r->reader = log_reader_open_fd(fcntl(log_fd(r->log), F_DUPFD_CLOEXEC, 3), err);
	r->world = r->reader ? world_create() : NULL;
	r->fold_pos = LOG_DATA;
	return r->reader != NULL;
}

/* Processes that run already. */
static bool run_attach(struct run *r, struct err *err)
{
	u32 first;
	bool ok = tracer_attach(r->tracer, r->opt.attach, r->opt.attach_n, &first, err);

	r->idle_timer_made = idle_timer_make(r);
	for (u32 task = 1; ok && !r->held && task <= tracer_tasks(r->tracer); task++)
		if (tracer_holding(r->tracer, task) == IS_STOPPED)
			ok = run_take(r, task, err) && run_resume(r, task, err);
	idle_timer_arm(r);
	return ok && (!r->held || settle(r, err));
}

static bool run_launch(struct run *r, const struct launch *launch, struct err *err)
{
	u32 task;

	if (!tracer_launch(r->tracer, launch, &task, err))
		return false;
	r->idle_timer_made = idle_timer_make(r);
	if (r->held)
		return turn(r, task, err) && settle(r, err);
	idle_timer_arm(r); /* it may never make a stop that is told of */
	return run_resume(r, task, err);
}

bool run_add(struct run *r, const struct launch *launch, u32 *task, struct err *err)
{
	if (!tracer_launch(r->tracer, launch, task, err))
		return false;
	return r->held ? turn(r, *task, err) && settle(r, err) : run_resume(r, *task, err);
}

struct run *run_create(const struct run_options *opt, const struct launch *launch, struct err *err)
{
	struct run *r = xmalloc(sizeof *r);

	r->opt = *opt;
	r->held = opt->tracer.held;
	r->census_gap = opt->census;
	r->next_census = opt->census;
	if (opt->pin)
		pin_to_this_core();
	r->log = log_create(opt->record, opt->overwrite, err);
	if (!r->log)
		goto fail;
	if (!run_open_fold(r, err))
		goto fail;
	r->tracer = tracer_create(r->log, &opt->tracer, err);
	if (!r->tracer || !(opt->attach_n ? run_attach(r, err) : run_launch(r, launch, err)))
		goto fail;
	run_fold(r);
	return r;
fail:
	if (r->log && opt->record && (!r->tracer || !tracer_tasks(r->tracer)))
		unlink(opt->record); /* made above, and nobody's */
	run_destroy(r);
	return NULL;
}

void run_destroy(struct run *r)
{
	if (!r)
		return;
	tracer_destroy(r->tracer);
	if (r->idle_timer_made)
		timer_delete(r->idle_timer);
	world_destroy(r->world);
	if (r->reader)
		log_reader_close(r->reader);
	log_close(r->log);
	free(r->looks.at);
	free(r);
}

struct log *run_log(struct run *r) { return r->log; }
struct tracer *run_tracer(struct run *r) { return r->tracer; }
const struct world *run_world(struct run *r) { return r->world; }

/* ---- free run ---- */

/* Takes every stop that was collected, deaths first: a parent's wait may be among the others. */
static bool take_all(struct run *r, struct err *err)
{
	bool ok = true;

	for (u32 dead; ok && (dead = first_dead(r));)
		ok = run_take(r, dead, err);
	for (u32 task = 1; ok && task <= tracer_tasks(r->tracer); task++)
		if (tracer_holding(r->tracer, task) == IS_STOPPED)
			ok = run_take(r, task, err);
	return ok;
}

/* Said to be blocked, and stopped by now, which nothing tells before it goes on: at the end of a call of the C library, or
 * broken out of its sleep. It may have been woken since. */
static bool note_woken(struct run *r, struct err *err)
{
	for (u32 task = 1; task <= tracer_tasks(r->tracer); task++) {
		struct look *look = run_look(r, task);

		if (!look->slept || tracer_holding(r->tracer, task) != IS_TAKEN)
			continue;
		look->slept = false;
		if (!tracer_note_state(r->tracer, task, OBS_RUNNING, err))
			return false;
	}
	return true;
}

/* A settled point in a free run: nobody is resumed for at most 2 ms. When all have come to a stop
 * or sleep by then, world and kernel are compared; else nothing is said. */
static bool census(struct run *r, u64 patience_ns, bool *settled, struct err *err)
{
	u64 limit = clock_ns() + patience_ns;
	unsigned tries = 0;
	bool again = true, ok = true;

	*settled = false;
	do {
		bool any;
		if (!collect(r, &any, err))
			return false;
		if (!take_all(r, err))
			return false;
		if (!any && all_asleep(r)) {
			if (!note_woken(r, err) || !settled_point(r, &again, err))
				return false;
			*settled = !again;
			if (!again)
				break;
		}
		look_pause(&tries);
	} while (clock_ns() < limit);
	ok = take_all(r, err);
	for (u32 task = 1; ok && task <= tracer_tasks(r->tracer); task++)
		if (tracer_holding(r->tracer, task) == IS_TAKEN)
			ok = run_resume(r, task, err);
	return ok;
}

static bool free_stop(struct run *r, const struct stop *stop, struct err *err)
{
	run_look(r, stop->task)->noted = 0;
	if (!tracer_take(r->tracer, stop->task, err))
		return false;
	return tracer_resume(r->tracer, stop->task, err);
}

static bool maybe_census(struct run *r, struct err *err)
{
	if (!r->census_gap || tracer_stops(r->tracer) < r->next_census)
		return true;
	if (r->census_gap < 65536)
		r->census_gap *= 2;
	r->next_census = tracer_stops(r->tracer) + r->census_gap;
	return census(r, 2000000, &(bool){false}, err);
}

/* While somebody computes there is no settled point, and yet the others sleep: who sleeps in its call now and was not
 * run once since it was looked at before is said to be blocked. */
static bool note_sleepers(struct run *r, struct err *err)
{
	for (u32 task = 1; task <= tracer_tasks(r->tracer); task++) {
		struct look *look = run_look(r, task);
		struct probe before = look->seen;

		if (tracer_holding(r->tracer, task) != IS_INSIDE || look->noted == OBS_BLOCKED || !look_asleep(r, task) ||
			before.state != look->seen.state || before.call != look->seen.call || !before.runs ||
			before.runs != look->seen.runs || look->seen.state == 'Z' || !look->seen.state)
			continue;
		look->noted = OBS_BLOCKED;
		look->noted_runs = look->seen.runs;
		if (!tracer_note_state(r->tracer, task, OBS_BLOCKED, err))
			return false;
	}
	return true;
}

/* Said to be blocked at a stop long ago, and running now. */
static bool note_runners(struct run *r, struct err *err)
{
	for (u32 task = 1; task <= tracer_tasks(r->tracer); task++) {
		struct look *look = run_look(r, task);
		enum holding h = tracer_holding(r->tracer, task);

		if (look->noted != OBS_BLOCKED || (h != IS_RUNNING && h != IS_INSIDE) || look_asleep(r, task))
			continue;
		look->noted = 0;
		if (!tracer_note_state(r->tracer, task, OBS_RUNNING, err))
			return false;
	}
	return true;
}

bool run_look_once(struct run *r, struct err *err)
{
	bool settled;

	if (!census(r, 20000000, &settled, err))
		return false;
	return settled || (note_sleepers(r, err) && note_sleepers(r, err) && note_runners(r, err));
}

/* Who has run how often since the run began: the same again means that nobody did anything. */
static u64 runs_key(struct run *r)
{
	u64 key = tracer_stops(r->tracer);

	for (u32 task = 1; task <= tracer_tasks(r->tracer); task++) {
		struct probe p;

		if (tracer_holding(r->tracer, task) == IS_GONE)
			continue;
		tracer_probe(r->tracer, task, &p);
		key = hash64(key, &p.runs, sizeof p.runs);
		key += !p.runs || p.state == 'R' ? clock_ns() : 0;
	}
	return key;
}

/* Somebody in a call is not yet known to sleep there. */
static bool somebody_is_unsaid(struct run *r)
{
	for (u32 task = 1; task <= tracer_tasks(r->tracer); task++)
		if (tracer_holding(r->tracer, task) == IS_INSIDE && run_look(r, task)->noted != OBS_BLOCKED)
			return true;
	return false;
}

/* The timer ended the wait: idle since the last tick, or busy? */
static bool idle_tick(struct run *r, bool *settled, struct err *err)
{
	bool tell = r->opt.tell_settled || r->opt.waits, soon = tell || tracer_is_meeting(r->tracer);
	bool unsaid;
	u64 stops;

	*settled = false;
	if (!r->idle_timer_armed) /* another signal of ours */
		return true;
	if (tracer_stops(r->tracer) != r->stops_at_tick) {
		idle_timer_arm(r);
		return r->opt.waits || note_sleepers(r, err);
	}
	/* Private futexes and plain computing make no stop: somebody may have gone to sleep since. */
	if (tell && r->settled_key && r->settled_key == runs_key(r)) {
		idle_timer_arm(r);
		return true;
	}
	stops = tracer_stops(r->tracer);
	if (!census(r, 2000000, settled, err) || !note_sleepers(r, err))
		return false;
	/* Who came to a stop while it was looked was held there, and goes on now: a signal may be all that it waited for. */
	if (tell && tracer_stops(r->tracer) != stops)
		*settled = false;
	unsaid = somebody_is_unsaid(r);
	if (soon)
		idle_timer_arm(r);
	else if (*settled && !unsaid)
		idle_timer_set(r, 0);
	else
		idle_timer_set(r, r->idle_ns < (unsaid ? IDLE_UNSAID_NS : IDLE_MOST_NS) ? 2 * r->idle_ns : r->idle_ns);
	r->settled_key = *settled && tell ? runs_key(r) : 0;
	*settled &= tell;
	return true;
}

static bool is_much(struct run *r)
{
	return (r->opt.most_tasks && tracer_alive(r->tracer) > r->opt.most_tasks) ||
	       (r->opt.most_bytes && log_bytes(r->log) > r->opt.most_bytes);
}

static bool free_loop(struct run *r, enum run_end *end, struct err *err)
{
	struct stop stop;
	bool settled;

	if (r->opt.waits) { /* told again, though nobody did anything since: the caller may have */
		r->settled_key = 0;
		idle_timer_arm(r);
	}
	for (;;) {
		if (r->rang) {
			r->rang = false;
			*end = RUN_BELL;
			return true;
		}
		if (!tracer_alive(r->tracer)) {
			idle_timer_set(r, 0);
			*end = RUN_ENDED;
			return true;
		}
		if (is_much(r)) {
			*end = RUN_MUCH;
			return true;
		}
		if (!tracer_next(r->tracer, true, &stop, err))
			return false;
		switch (stop.kind) {
		case STOP_ALL_GONE:
			idle_timer_set(r, 0);
			*end = RUN_ENDED;
			return true;
		case STOP_BELL:
			*end = RUN_BELL;
			return true;
		case STOP_NONE:
			if (!idle_tick(r, &settled, err))
				return false;
			if (settled) {
				run_fold(r);
				*end = r->opt.waits ? RUN_WAITS : RUN_SETTLED;
				return true;
			}
			break;
		default:
			if (!free_stop(r, &stop, err) || !maybe_census(r, err))
				return false;
			if (!r->idle_timer_armed)
				idle_timer_arm(r);
		}
		if (r->world)
			run_fold(r);
		if (r->opt.moved)
			r->opt.moved(r->opt.moved_arg);
	}
}

bool run_free(struct run *r, enum run_end *end, struct err *err)
{
	bool ok = free_loop(r, end, err);

	if (ok || r->full || !log_has_stopped(r->log))
		return ok;
	/* The disk is full: nothing more is recorded, the program goes on. Whoever was being taken is
	 * left stopped and goes on now. */
	r->full = true;
	tracer_stop_recording(r->tracer);
	for (u32 task = 1; task <= tracer_tasks(r->tracer); task++) {
		struct err ignored = {0};
		run_take(r, task, &ignored);
		run_resume(r, task, &ignored);
	}
	*end = RUN_FULL;
	return true;
}
