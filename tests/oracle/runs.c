/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One program: stepped by chance, run free, watched by the program ipclab, run alone. */
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "oracle/oracle.h"

enum { STEPS_MAX = 1500, BELL_MS = 60, IDLE_BELLS = 4, FREE_BELLS_MAX = 500 };

/* ---- reports ---- */

static int compare_lines(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void report_read(const char *path, struct str *lines)
{
	char line[256], *all[64];
	int n = 0;
	FILE *f = fopen(path, "re");

	while (f && n < 64 && fgets(line, sizeof line, f))
		all[n++] = xstrdup(line);
	if (f)
		fclose(f);
	qsort(all, (size_t)n, sizeof *all, compare_lines);
	for (int i = 0; i < n; i++) {
		str_add(lines, all[i]);
		free(all[i]);
	}
}

static bool outcome_is(const struct files *f, const struct outcome *alone, int status,
	struct counts *c, struct str *trouble)
{
	struct str lines = {0};
	bool ok;

	report_read(f->report, &lines);
	ok = status == alone->status && strcmp(str_get(&lines), str_get(&alone->lines)) == 0;
	if (!ok)
		str_addf(trouble, "alone: status %d\n%swith ipclab: status %d\n%s", alone->status,
			str_get(&alone->lines), status, str_get(&lines));
	str_finish(&lines);
	c->fixed++;
	return ok;
}

/* ---- by itself, or by the program ipclab ---- */

static int spawn_and_wait(char *const *argv)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		int null = open("/dev/null", O_RDWR);
		dup2(null, 0);
		dup2(null, 1);
		execv(argv[0], argv);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return -1;
	return status;
}

bool run_one_alone(const struct files *f, struct outcome *o, struct str *trouble)
{
	char *argv[] = {(char *)f->target, (char *)f->program, (char *)f->report, NULL};

	unlink(f->report);
	o->status = spawn_and_wait(argv);
	report_read(f->report, &o->lines);
	if (WIFEXITED(o->status) && WEXITSTATUS(o->status) < 90)
		return true;
	str_addf(trouble, "alone it ended with wait status %d", o->status);
	return false;
}

bool run_one_watched(const struct files *f, const char *ipclab, const struct outcome *alone,
	struct counts *c, struct str *trouble)
{
	char *argv[] = {(char *)ipclab, "watch", "--quiet", "--", (char *)f->target,
		(char *)f->program, (char *)f->report, NULL};

	unlink(f->report);
	return outcome_is(f, alone, spawn_and_wait(argv), c, trouble);
}

/* ---- in this process ---- */

static struct run *start(const struct files *f, bool held, struct str *trouble)
{
	struct run_options opt = {
		.tracer = {.held = held, .contents = true, .terminals = held, .sites = true},
		.record = f->log,
		.overwrite = true,
		.pin = held,
		.fold = true,
		.slots = true,
		.census = held ? 0 : 16};
	char *argv[] = {(char *)f->target, (char *)f->program, (char *)f->report, NULL};
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	struct launch launch = {.argv = argv, .fds = {null, null, null}};
	struct err err = {0};
	struct run *r;

	unlink(f->report);
	r = run_create(&opt, &launch, &err);
	close(null);
	if (!r)
		str_addf(trouble, "run_create: %s", err.text);
	return r;
}

static void count(struct run *r, struct counts *c)
{
	const struct w_head *h = world_head(run_world(r));

	c->events += h->events;
	c->settled += h->settled;
	c->explained += h->explained;
	c->drift += h->drift;
	c->unknown += h->unknown;
	c->ended += tracer_alive(run_tracer(r)) == 0;
	c->stuck += tracer_alive(run_tracer(r)) > 0;
}

static bool world_is_sound(struct run *r, struct counts *c, struct str *trouble)
{
	const struct w_head *h = world_head(run_world(r));

	if (h->drift || h->unknown) {
		str_addf(trouble, "drift %lu unknown %lu, first at event %lu: %s", h->drift,
			h->unknown, h->first_drift_seq, h->first_drift);
		return false;
	}
	if (!world_invariant(run_world(r), trouble))
		return false;
	return !h->is_settled || kernel_agrees(run_world(r), c, trouble);
}

/* At the end: status, report, and the log read back. */
static bool finish(struct run *r, const struct files *f, struct chance *chance,
	const struct outcome *alone, struct counts *c, struct str *trouble)
{
	int status = -1;
	bool ok = readback_agrees(r, chance, c, trouble);

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

struct candidate {
	u32 task;
	bool time; /* its time-out passes */
};

static bool choose(struct run *r, struct chance *chance, struct candidate *choice)
{
	struct candidate can[256];
	u32 n = 0;

	for (u32 task = 1; task <= tracer_tasks(run_tracer(r)) && n < ARRAY_LEN(can); task++) {
		if (run_can_step(r, task))
			can[n++] = (struct candidate){task, false};
		else if (tracer_holding(run_tracer(r), task) == IS_INSIDE &&
			 tracer_timeout(run_tracer(r), task) != TIME_NONE)
			can[n++] = (struct candidate){task, true};
	}
	if (!n)
		return false;
	*choice = can[chance_below(chance, n)];
	return true;
}

bool run_one_stepped(const struct files *f, struct chance *chance, const struct outcome *alone,
	struct counts *c, struct str *trouble)
{
	struct run *r = start(f, true, trouble);
	struct log_reader *reader =
		r ? log_reader_open_fd(dup(log_fd(run_log(r))), &(struct err){0}) : NULL;
	struct candidate choice;
	struct err err = {0};
	bool ok = reader && world_is_sound(r, c, trouble);

	for (int steps = 0; ok && choose(r, chance, &choice); steps++) {
		ok = choice.time ? run_pass_time(r, choice.task, &err)
				 : run_step(r, choice.task, &err);
		if (!ok)
			str_addf(trouble, "step %d of task %u: %s", steps, choice.task, err.text);
		else if (!world_head(run_world(r))->is_settled) {
			str_addf(trouble, "step %d of task %u did not settle", steps, choice.task);
			ok = false;
		} else {
			ok = world_is_sound(r, c, trouble) &&
			     contents_agree(run_world(r), reader, c, trouble);
		}
		if (steps > STEPS_MAX) {
			str_add(trouble, "too many steps");
			ok = false;
		}
		c->steps++;
	}
	log_reader_close(reader);
	if (ok)
		return finish(r, f, chance, alone, c, trouble);
	if (r)
		count(r, c);
	run_destroy(r);
	return false;
}

struct ringer {
	struct tracer *tracer;
	volatile bool stop;
};

static void *ring(void *arg)
{
	struct ringer *ringer = arg;

	while (!ringer->stop) {
		nanosleep(&(struct timespec){0, BELL_MS * 1000000L}, NULL);
		if (!ringer->stop)
			tracer_ring(ringer->tracer);
	}
	return NULL;
}

/* Behind the lock of a pipe that a sleeping splice(2) holds: no signal wakes it, and nobody can tell that it waits for another. */
static bool somebody_is_behind_a_lock(struct run *r)
{
	struct probe p;

	for (u32 task = 1; task <= tracer_tasks(run_tracer(r)); task++) {
		if (tracer_holding(run_tracer(r), task) != IS_INSIDE)
			continue;
		tracer_probe(run_tracer(r), task, &p);
		if (p.state == 'D')
			return true;
	}
	return false;
}

/* Until all have ended, or nothing has happened for four bells and the set is settled; on a loaded machine one who is about
 * to sleep may wait for its turn that long, so that is waited for, too. */
static bool free_until_idle(struct run *r, struct counts *c, struct str *trouble)
{
	enum run_end end = RUN_BELL;
	struct err err = {0};
	u64 events = 0;
	int idle = 0, bells = 0;

	while (end == RUN_BELL && idle < (world_head(run_world(r))->is_settled ? IDLE_BELLS : 10 * IDLE_BELLS)) {
		if (!run_free(r, &end, &err)) {
			str_addf(trouble, "run_free: %s", err.text);
			return false;
		}
		idle = world_head(run_world(r))->events == events ? idle + 1 : 0;
		events = world_head(run_world(r))->events;
		if (++bells > FREE_BELLS_MAX) {
			str_add(trouble, "it neither ends nor comes to rest");
			return false;
		}
	}
	if (end == RUN_BELL && !world_head(run_world(r))->is_settled && !somebody_is_behind_a_lock(r)) {
		str_add(trouble, "idle, and not settled");
		return false;
	}
	return world_is_sound(r, c, trouble);
}

bool run_one_free(
	const struct files *f, const struct outcome *alone, struct counts *c, struct str *trouble)
{
	struct run *r = start(f, false, trouble);
	struct ringer ringer = {0};
	struct chance chance = {12345};
	pthread_t thread;
	bool ok;

	if (!r)
		return false;
	ringer.tracer = run_tracer(r);
	pthread_create(&thread, NULL, ring, &ringer);
	ok = free_until_idle(r, c, trouble);
	ringer.stop = true;
	pthread_join(thread, NULL);
	if (ok)
		return finish(r, f, &chance, alone, c, trouble);
	count(r, c);
	run_destroy(r);
	return false;
}
