/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The small programs of targets/, held and stepped in an order picked by chance, time-outs passed
 * when they are picked: the same output and status as by themselves, no drift, no unknown call.
 * test_held [TARGET [SEED]]: one of them; without arguments all, with some seeds each.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "session/lib.h"

enum { STEPS_MAX = 20000, SECONDS_MAX = 60 };
#define MINUTES 60000000000ull /* ns */

static const char *const targets[] = {
	"births",
	"cloexec",
	"close_range",
	"dev_fd",
	"dup_chain",
	"edges",
	"eintr",
	"ends",
	"events",
	"fifo_open",
	"file_locks",
	"inet_more",
	"long_write",
	"nonblock",
	"orphan",
	"packets",
	"queue_posix",
	"queue_sysv",
	"signals",
	"sigpipe",
	"splice_waits",
	"splices",
	"stopped",
	"thread_exec",
	"threads",
	"timed_calls",
	"timed_odd",
	"socket_limits",
	"private_times",
	"timeouts",
	"unix_more",
	"unix_pair",
	"unix_rights",
	"unix_server",
	"waits",
};

static void read_file(const char *path, struct str *text)
{
	char bytes[4096];
	size_t n;
	FILE *f = fopen(path, "re");

	while (f && (n = fread(bytes, 1, sizeof bytes, f)) > 0)
		str_add_bytes(text, bytes, n);
	if (f)
		fclose(f);
}

static int run_alone(const char *program, const char *output)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		int in = open("/dev/null", O_RDONLY),
		    out = open(output, O_WRONLY | O_CREAT | O_TRUNC, 0600);
		dup2(in, 0);
		dup2(out, 1);
		execl(program, program, (char *)NULL);
		_exit(127);
	}
	waitpid(pid, &status, 0);
	return status;
}

/* Picks a task that can move, or a time-out that can pass: of minutes, only when nobody can move. */
static bool choose(struct run *r, unsigned *seed, u32 *task, bool *time)
{
	struct tracer *t = run_tracer(r);
	u32 can[512], n = 0;

	for (int last = 0; last < 2 && !n; last++)
		for (u32 i = 1; i <= tracer_tasks(t) && n < ARRAY_LEN(can); i++)
			if (run_can_step(r, i) || (tracer_holding(t, i) == IS_INSIDE && tracer_timeout(t, i) != TIME_NONE &&
							  (last || tracer_timeout(t, i) < MINUTES)))
				can[n++] = i;
	if (!n)
		return false;
	*task = can[(unsigned)rand_r(seed) % n];
	*time = !run_can_step(r, *task);
	return true;
}

/* Nobody can be stepped, but somebody may be on its way: a real timer (alarm) or a computing task. */
static bool wait_for_movement(struct run *r, unsigned *quiet)
{
	struct err err = {0};

	if (!tracer_alive(run_tracer(r)) || ++*quiet > 100)
		return false;
	usleep(20000);
	return run_settle(r, &err);
}

/* Its time-out is no clock: after twice as long it still waits, and only the choice ends it. */
static bool clock_ends_it_not(struct run *r, u32 task, unsigned *looked, struct err *err)
{
	u64 ns = tracer_timeout(run_tracer(r), task);

	if (ns > 50000000 || ++*looked > 16)
		return true;
	usleep((useconds_t)(ns / 500));
	if (!run_settle(r, err))
		return false;
	return tracer_holding(run_tracer(r), task) == IS_INSIDE ||
	       err_set(err, EXIT_FAILED, "a call of %s ended by itself, by the clock",
		       call_name(world_task(run_world(r), task)->last_call));
}

/* LIVE to its end: whoever sleeps in a call that was made endless begins it anew, with its own time-out. */
static bool live_to_the_end(struct run *r, struct err *err)
{
	enum run_end end = RUN_BELL;

	if (!run_release(r, err))
		return false;
	while (end != RUN_ENDED)
		if (!run_free(r, &end, err))
			return false;
	return true;
}

static bool waits_for_time(const struct tracer *t)
{
	for (u32 i = 1; i <= tracer_tasks(t); i++)
		if (tracer_holding(t, i) == IS_INSIDE && tracer_timeout(t, i) != TIME_NONE)
			return true;
	return false;
}

/* Held all the way, or `live` steps and until somebody waits for a time; 0: all the way. */
static bool step_to_the_end(struct run *r, unsigned *seed, int live, unsigned *passed, struct err *err)
{
	unsigned quiet = 0, looked = 0;

	for (int steps = 0; steps < STEPS_MAX; steps++) {
		if (live && steps >= live && (waits_for_time(run_tracer(r)) || steps > live + 30) && tracer_alive(run_tracer(r)))
			return live_to_the_end(r, err);
		u32 task;
		bool time;

		if (!choose(r, seed, &task, &time)) {
			if (!wait_for_movement(r, &quiet))
				return true;
			continue;
		}
		quiet = 0;
		if (time && !clock_ends_it_not(r, task, &looked, err))
			return false;
		*passed += time;
		if (!(time ? run_pass_time(r, task, err) : run_step(r, task, err)))
			return false;
	}
	return err_set(err, EXIT_FAILED, "too many steps");
}

static bool judge(struct run *r, int alone, struct err *err)
{
	const struct w_head *h = world_head(run_world(r));
	int status = -1;

	if (tracer_alive(run_tracer(r)) || !tracer_root_status(run_tracer(r), &status))
		return err_set(err, EXIT_FAILED, "it did not end");
	if (status != alone)
		return err_set(err, EXIT_FAILED, "wait status %d, alone %d", status, alone);
	if (h->drift || h->unknown)
		return err_set(err, EXIT_FAILED, "drift %lu (%s), unknown %lu", h->drift,
			h->first_drift, h->unknown);
	if (!h->settled)
		return err_set(err, EXIT_FAILED, "never settled");
	return true;
}

/* So many of its time-outs are choices, at least. */
static unsigned least_of(const char *program)
{
	static const struct {
		const char *name;
		unsigned n;
	} all[] = {{"timed_calls", 13}, {"timed_odd", 10}, {"socket_limits", 34}, {"private_times", 9}};

	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		if (strcmp(strrchr(program, '/') + 1, all[i].name) == 0)
			return all[i].n;
	return 0;
}

static bool run_held(char *program, unsigned seed, int live, int alone, const char *output, struct err *err)
{
	struct run_options opt = {.tracer = {.held = true, .times = true, .contents = true, .sites = true},
		.pin = true,
		.fold = true,
		.slots = true};
	char *argv[] = {program, NULL};
	int in = open("/dev/null", O_RDONLY | O_CLOEXEC);
	int out = open(output, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	struct launch launch = {.argv = argv, .fds = {in, out, -1}};
	struct run *r = run_create(&opt, &launch, err);
	unsigned passed = 0, least = least_of(program);
	bool ok = r && step_to_the_end(r, &seed, live, &passed, err) && judge(r, alone, err);

	if (ok && !live && passed < least)
		ok = err_set(err, EXIT_FAILED, "of %u time-outs only %u were a choice", least, passed);

	run_destroy(r);
	close(in);
	close(out);
	return ok;
}

/* In a process of its own, so that one that hangs or crashes does not take the rest along. */
static bool check(const char *name, unsigned seed, int live, const char *dir)
{
	char program[600], expected[600], got[600];
	const char *build = getenv("IPCLAB_BUILD");
	struct str one = {0}, two = {0};
	struct err err = {0};
	int status = -1, alone;
	pid_t pid;

	snprintf(program, sizeof program, "%s/tests/live/targets/%s", build ? build : ".", name);
	snprintf(expected, sizeof expected, "%s/expected", dir);
	snprintf(got, sizeof got, "%s/got", dir);
	alone = run_alone(program, expected);
	pid = fork();
	if (pid == 0) {
		bool ok;

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		alarm(SECONDS_MAX);
		ok = run_held(program, seed, live, alone, got, &err);
		if (!ok)
			printf("%s %u (%d): %s\n", name, seed, live, err.text);
		fflush(stdout);
		_exit(!ok);
	}
	waitpid(pid, &status, 0);
	read_file(expected, &one);
	read_file(got, &two);
	if (status == 0 && strcmp(str_get(&one), str_get(&two)) != 0) {
		printf("%s %u (%d): it printed\n%sand alone\n%s", name, seed, live, str_get(&two),
			str_get(&one));
		status = 1;
	} else if (status > 255 || WIFSIGNALED(status)) {
		printf("%s %u: failed, wait status %d%s\n", name, seed, status,
			WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM ? " (too long)" : "");
	}
	str_finish(&one);
	str_finish(&two);
	fflush(stdout);
	return status == 0;
}

/* ---- who computes sees what the others have just done ---- */

static bool step_child_until_it_computes(struct run *r, struct err *err)
{
	bool ok = true;

	for (int i = 0; ok && i < 10 && tracer_tasks(run_tracer(r)) < 2; i++)
		ok = run_step(r, 1, err); /* pipe, fork */
	for (int i = 0; ok && i < 10 && run_can_step(r, 2); i++)
		ok = run_step(r, 2, err);
	return ok && (world_task(run_world(r), 2)->state == TASK_RUNNING ||
			     err_set(err, EXIT_FAILED, "the child does not compute"));
}

/* When the step is over that lets P1 set the flag, P2 is held before the operation it makes then. */
static bool check_flag(void)
{
	struct run_options opt = {.tracer = {.held = true}, .pin = true, .fold = true};
	const char *build = getenv("IPCLAB_BUILD");
	char program[600];
	char *argv[] = {program, NULL};
	struct launch launch = {.argv = argv, .fds = {-1, -1, -1}};
	struct err err = {0};
	struct run *r;
	bool ok;

	snprintf(program, sizeof program, "%s/tests/live/targets/flag", build ? build : ".");
	r = run_create(&opt, &launch, &err);
	ok = r && step_child_until_it_computes(r, &err) && run_step(r, 1, &err) &&
	     (run_can_step(r, 2) ||
		     err_set(&err, EXIT_FAILED, "P2 has not come to its next operation"));
	run_destroy(r);
	if (!ok)
		printf("flag: %s\n", err.text);
	return ok;
}

/* ---- faults for single calls ---- */

/* The fault that P1's next call is given; 0 none. The first read short, the second interrupted, the first send lost. */
static enum fault_kind fault_for(const struct world *w, int *reads, int *sends)
{
	const struct w_task *t = world_task(w, 1);

	if (t->state != TASK_POISED || t->poised_signal)
		return 0;
	if (t->op.call == CALL_read)
		return ++*reads == 1 ? FAULT_SHORT : *reads == 2 ? FAULT_INTERRUPT : 0;
	if (t->op.call == CALL_sendto)
		return ++*sends == 1 ? FAULT_LOSE : 0;
	return 0;
}

static bool step_with_faults(struct run *r, struct err *err)
{
	int reads = 0, sends = 0;

	for (int i = 0; i < 400 && tracer_alive(run_tracer(r)); i++) {
		u32 task = run_can_step(r, 1) ? 1 : 2;
		enum fault_kind fault = task == 1 ? fault_for(run_world(r), &reads, &sends) : 0;

		if (!run_can_step(r, task))
			break;
		if (fault && !run_fault(r, task, fault, 2, err))
			return false;
		if (fault && fault != FAULT_INTERRUPT && run_fault(r, task, fault, 2, &(struct err){0}))
			return err_set(err, EXIT_FAILED, "a fault was given twice");
		if (!run_step(r, task, err))
			return false;
	}
	return reads == 2 && sends == 2 ? true : err_set(err, EXIT_FAILED, "%d reads, %d sends", reads, sends);
}

/* Given a short read, an interrupted one and a lost datagram, the program sees them, and the world explains all. */
static bool check_faults(const char *dir)
{
	struct run_options opt = {.tracer = {.held = true, .contents = true}, .pin = true, .fold = true};
	const char *build = getenv("IPCLAB_BUILD");
	char program[600], output[600];
	char *argv[] = {program, NULL};
	struct err err = {0};
	struct str text = {0};
	struct run *r;
	bool ok;
	int out;

	snprintf(program, sizeof program, "%s/tests/live/targets/faulty", build ? build : ".");
	snprintf(output, sizeof output, "%s/got", dir);
	out = open(output, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	r = run_create(&opt, &(struct launch){.argv = argv, .fds = {-1, out, -1}}, &err);
	ok = r && step_with_faults(r, &err) && judge(r, 0, &err);
	run_destroy(r);
	close(out);
	read_file(output, &text);
	if (ok && strcmp(str_get(&text), "read 2, interrupted, 1 datagrams\n") != 0)
		ok = err_set(&err, EXIT_FAILED, "it printed %s", str_get(&text));
	if (!ok)
		printf("faulty: %s\n", err.text);
	str_finish(&text);
	return ok;
}

int main(int argc, char **argv)
{
	unsigned seeds = getenv("IPCLAB_SOAK") ? 40 : 4, checks = 0, failures = 0;
	char dir[] = "/tmp/ipclab-held-XXXXXX", command[64];

	if (!mkdtemp(dir))
		return 99;
	for (size_t i = 0; i < ARRAY_LEN(targets); i++) {
		if (argc > 1 && strcmp(argv[1], targets[i]) != 0)
			continue;
		for (unsigned seed = 1; seed <= seeds; seed++) {
			checks++;
			failures +=
				!check(targets[i], argc > 2 ? (unsigned)atoi(argv[2]) : seed, 0, dir);
			if (seed % 2) { /* the same, LIVE from some step on */
				checks++;
				failures += !check(targets[i], seed, 1 + (int)(seed * 7919 % 48), dir);
			}
			if (argc > 2)
				break;
		}
	}
	for (unsigned i = 0; argc == 1 && i < seeds; i++) {
		checks++;
		failures += !check_flag();
		checks++;
		failures += !check_faults(dir);
	}
	snprintf(command, sizeof command, "%s/expected", dir);
	unlink(command);
	snprintf(command, sizeof command, "%s/got", dir);
	unlink(command);
	rmdir(dir);
	printf("Checks: %u, Failures: %u, Errors: 0\n", checks, failures);
	return failures > 0;
}
