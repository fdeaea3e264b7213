/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One script: alone, stepped by chance, run free, switched between the two. */
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "oracle/memory_oracle.h"

enum {
	STEPS_MAX = 4000,
	SPINS_MAX = 60,
	BELL_MS = 8,
	SWITCH_MS = 2,
	IDLE_BELLS = 12,
	BELLS_MAX = 200,
	EVENTS_MAX = 60000, /* more: it spins for what nobody will do any more, and is held */
	SWITCHES_MAX = 60
};

/* ---- what it came to ---- */

void memory_clean(const struct memory_files *f)
{
	char name[128];

	unlink(f->report);
	for (int i = 0; i < SYNCS_MAX; i++) {
		snprintf(name, sizeof name, "/%s-seg%d", f->name, i);
		shm_unlink(name);
		snprintf(name, sizeof name, "/dev/shm/sem.%s-sem%d", f->name, i);
		unlink(name);
	}
}

static void report_read(const struct memory_files *f, char line[256])
{
	FILE *in = fopen(f->report, "re");

	line[0] = '\0';
	if (in && !fgets(line, 256, in))
		line[0] = '\0';
	if (in)
		fclose(in);
}

static bool outcome_is(const struct memory_files *f, const struct memory_outcome *alone, int status,
	struct memory_counts *c, struct str *trouble)
{
	char line[256];

	report_read(f, line);
	c->of.fixed++;
	if (status == alone->status && strcmp(line, alone->line) == 0)
		return true;
	str_addf(trouble, "alone: wait status %d, %swith ipclab: wait status %d, %s", alone->status,
		alone->line, status, line);
	return false;
}

bool memory_alone(const struct memory_files *f, struct memory_outcome *o, struct str *trouble)
{
	char *argv[] = {
		(char *)f->target, (char *)f->script, (char *)f->report, (char *)f->name, NULL};
	pid_t pid;

	memory_clean(f);
	pid = fork();
	if (pid == 0) {
		alarm(20);
		execv(argv[0], argv);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &o->status, 0) != pid)
		o->status = -1;
	report_read(f, o->line);
	if (WIFEXITED(o->status) && WEXITSTATUS(o->status) < 90 && o->line[0])
		return true;
	str_addf(trouble, "alone it ended with wait status %d", o->status);
	return false;
}

/* ---- in this process ---- */

static struct run *start(const struct memory_files *f, bool held, struct str *trouble)
{
	struct run_options opt = {
		.tracer = {.held = held, .contents = true, .sites = true, .threads = f->threads},
		.record = f->log,
		.overwrite = true,
		.pin = held,
		.fold = true,
		.census = held ? 0 : 16};
	char *argv[] = {
		(char *)f->target, (char *)f->script, (char *)f->report, (char *)f->name, NULL};
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	struct launch launch = {.argv = argv, .fds = {null, null, 2}};
	struct err err = {0};
	struct run *r;

	memory_clean(f);
	r = run_create(&opt, &launch, &err);
	close(null);
	if (!r)
		str_addf(trouble, "run_create: %s", err.text);
	return r;
}

/* A wait that was begun in the free run ends by the clock, whenever that is: nothing stays as it is. */
static bool clock_runs(struct run *r)
{
	const struct world *w = run_world(r);

	for (u32 i = 1; i < world_tasks(w); i++) {
		const struct w_task *t = world_task(w, i);
		if (t && t->op.open && t->op.flags & EVF_TOLD && t->op.hash &&
			t->op.hash != TIME_NONE && tracer_timeout(run_tracer(r), i) == TIME_NONE)
			return true;
	}
	return false;
}

/* Bytes are compared where all are held: in a free run they move on at once. No access may have had another
 * value than the world's where all was held from the beginning: in a free run two overlap. */
enum stretch { ALL_HELD, HELD_NOW, FREE_RUN };
static bool world_is_sound(
	struct run *r, enum stretch stretch, struct memory_counts *c, struct str *trouble)
{
	const struct w_head *h = world_head(run_world(r));

	if (h->drift || h->unknown) {
		str_addf(trouble, "drift %lu unknown %lu, first at event %lu: %s", h->drift,
			h->unknown, h->first_drift_seq, h->first_drift);
		return false;
	}
	if (stretch == ALL_HELD && h->memory_mended) {
		str_addf(trouble, "%lu accesses had another value than the world's, by event %lu",
			h->memory_mended, h->events);
		return false;
	}
	if (!world_invariant(run_world(r), trouble))
		return false;
	return stretch == FREE_RUN || !h->is_settled || clock_runs(r) ||
	       memory_agrees(run_world(r), c, trouble);
}

/* What the run showed of contention, read from its log. */
static void count_log(struct run *r, struct memory_counts *c)
{
	struct log_reader *reader = log_reader_open_fd(dup(log_fd(run_log(r))), &(struct err){0});
	const struct rec *rec;
	u64 pos = LOG_DATA;

	while (reader && (rec = log_reader_next(reader, &pos))) {
		if (rec->kind == REC_EXIT)
			c->accesses += rec->call == CALL_load || rec->call == CALL_store ||
				       rec->call == CALL_update;
		if (rec->kind == REC_INJECT &&
			((const struct ev_inject *)rec_body(rec))->what == INJ_TIMEOUT)
			c->timed_out++;
	}
	log_reader_close(reader);
}

static void count(struct run *r, struct memory_counts *c)
{
	const struct w_head *h = world_head(run_world(r));

	c->of.events += h->events;
	c->of.settled += h->settled;
	c->of.explained += h->explained;
	c->of.drift += h->drift;
	c->of.unknown += h->unknown;
	c->of.ended += tracer_alive(run_tracer(r)) == 0;
	c->of.stuck += tracer_alive(run_tracer(r)) > 0;
	count_log(r, c);
}

/* At the end: status, counters, and the log read back. */
static bool finish(struct run *r, const struct memory_files *f, struct chance *chance,
	const struct memory_outcome *alone, struct memory_counts *c, struct str *trouble)
{
	int status = -1;
	bool ok = readback_agrees(r, chance, &c->of, trouble);

	count(r, c);
	if (ok && alone) {
		if (tracer_alive(run_tracer(r)) || !tracer_root_status(run_tracer(r), &status)) {
			str_add(trouble, "it hangs, and alone it does not");
			ok = false;
		} else {
			ok = outcome_is(f, alone, status, c, trouble);
		}
	}
	run_destroy(r);
	return ok;
}

struct move {
	u32 task;
	bool time; /* its time-out passes */
};

static bool spins(struct run *r, u32 task)
{
	const struct w_task *t = world_task(run_world(r), task);

	return t && t->state == TASK_SPINNING;
}

/* *spinning: whoever can move only spins. A task of chance is stuck to for a while, or none. */
static bool choose(struct run *r, struct chance *chance, struct move *move, bool *spinning)
{
	struct move can[64];
	u32 n = 0, idle = 0;

	for (u32 task = 1; task <= tracer_tasks(run_tracer(r)) && n < ARRAY_LEN(can); task++) {
		if (run_can_step(r, task))
			can[n++] = (struct move){task, false};
		else if (tracer_holding(run_tracer(r), task) == IS_INSIDE &&
			 tracer_timeout(run_tracer(r), task) != TIME_NONE)
			can[n++] = (struct move){task, true};
		else
			continue;
		idle += spins(r, task);
	}
	if (!n)
		return false;
	*spinning = idle == n;
	*move = can[chance_below(chance, n)];
	return true;
}

/* On a busy machine somebody may not have run for 200 ms. */
static bool settles(struct run *r, struct err *err)
{
	for (int i = 0; i < 25 && !world_head(run_world(r))->is_settled; i++)
		if (!run_settle(r, err))
			return false;
	return true;
}

static bool step(struct run *r, const struct move *m, enum stretch stretch, struct memory_counts *c,
	struct str *trouble)
{
	const struct w_head *h = world_head(run_world(r));
	struct err err = {0};

	c->of.steps++;
	c->spun += spins(r, m->task);
	c->conflicts += h->conflicts;
	if (!(m->time ? run_pass_time(r, m->task, &err) : run_step(r, m->task, &err)) ||
		!settles(r, &err))
		str_addf(trouble, "task %u: %s", m->task, err.text);
	else if (!world_head(run_world(r))->is_settled)
		str_addf(trouble, "task %u did not settle", m->task);
	else
		return world_is_sound(r, stretch, c, trouble);
	return false;
}

bool memory_stepped(const struct memory_files *f, struct chance *chance,
	const struct memory_outcome *alone, struct memory_counts *c, struct str *trouble)
{
	struct run *r = start(f, true, trouble);
	bool ok = r && world_is_sound(r, ALL_HELD, c, trouble), spinning;
	struct move m;
	int steps = 0;

	for (int idle = 0; ok && choose(r, chance, &m, &spinning) && idle < SPINS_MAX; steps++) {
		ok = step(r, &m, ALL_HELD, c, trouble);
		idle = spinning ? idle + 1 : 0;
		if (steps > STEPS_MAX) {
			str_add(trouble, "too many steps");
			ok = false;
		}
	}
	if (ok)
		return finish(r, f, chance, alone, c, trouble);
	str_addf(trouble, " (step %d)", steps);
	if (r)
		count(r, c);
	run_destroy(r);
	return false;
}

/* ---- free ---- */

struct ringer {
	struct tracer *tracer;
	int ms;
	volatile bool stop;
};

static void *ring(void *arg)
{
	struct ringer *ringer = arg;

	while (!ringer->stop) {
		nanosleep(&(struct timespec){0, ringer->ms * 1000000L}, NULL);
		if (!ringer->stop)
			tracer_ring(ringer->tracer);
	}
	return NULL;
}

/* Held for a few steps, then free again; or held to the end, when `most` is 0. */
static bool hold_a_while(struct run *r, struct chance *chance, u32 most, struct memory_counts *c,
	struct str *trouble)
{
	struct err err = {0};
	struct move m;
	bool ok, spinning;

	c->switches++;
	if (!run_hold(r, &err)) {
		str_addf(trouble, "run_hold: %s", err.text);
		return false;
	}
	ok = world_is_sound(r, HELD_NOW, c, trouble);
	for (u32 n = chance_below(chance, most);
		ok && n && world_head(run_world(r))->is_settled && choose(r, chance, &m, &spinning);
		n--)
		ok = step(r, &m, HELD_NOW, c, trouble);
	if (ok && most && !run_release(r, &err)) {
		str_addf(trouble, "run_release: %s", err.text);
		return false;
	}
	return ok;
}

/* Until all have ended, or nothing new has happened for some bells. */
static bool free_until_idle(struct run *r, struct chance *chance, bool switches,
	struct memory_counts *c, struct str *trouble)
{
	enum run_end end = RUN_BELL;
	struct err err = {0};
	u64 events = 0;
	int idle = 0, bells = 0;

	while (end != RUN_ENDED && idle < IDLE_BELLS) {
		if (!run_free(r, &end, &err)) {
			str_addf(trouble, "run_free: %s", err.text);
			return false;
		}
		if (end == RUN_ENDED)
			break;
		if (!world_is_sound(r, FREE_RUN, c, trouble))
			return false;
		if (switches && bells < SWITCHES_MAX) {
			if (!hold_a_while(r, chance, 12, c, trouble))
				return false;
		} else {
			idle = world_head(run_world(r))->events == events ? idle + 1 : 0;
			events = world_head(run_world(r))->events;
		}
		if (++bells > BELLS_MAX || world_head(run_world(r))->events > EVENTS_MAX)
			break;
	}
	if (end == RUN_ENDED)
		return world_is_sound(r, HELD_NOW, c, trouble);
	return hold_a_while(r, chance, 0, c, trouble);
}

bool memory_free(const struct memory_files *f, struct chance *chance, bool switches,
	const struct memory_outcome *alone, struct memory_counts *c, struct str *trouble)
{
	struct run *r = start(f, false, trouble);
	struct ringer ringer = {0};
	pthread_t thread;
	bool ok;

	if (!r)
		return false;
	ringer.tracer = run_tracer(r);
	ringer.ms = switches ? SWITCH_MS : BELL_MS;
	pthread_create(&thread, NULL, ring, &ringer);
	ok = free_until_idle(r, chance, switches, c, trouble);
	ringer.stop = true;
	pthread_join(thread, NULL);
	if (ok)
		return finish(r, f, chance, alone, c, trouble);
	count(r, c);
	run_destroy(r);
	return false;
}
