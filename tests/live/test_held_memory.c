/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What holding must not change, and what is put right: who wrote what a struct copy wrote, deadlines
 * that pass while a task is held, the names of the first run beside a branch. targets/mem_late.c */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "session/private.h"

static unsigned checks, failures;
static char dir[] = "/tmp/ipclab-late-XXXXXX";

#define EXPECT(ok, ...)                                        \
	do {                                                   \
		checks++;                                      \
		if (!(ok)) {                                   \
			failures++;                            \
			printf("%s:%d: ", __func__, __LINE__); \
			printf(__VA_ARGS__);                   \
			printf("\n");                          \
		}                                              \
	} while (0)

static const struct world *now(struct session *s)
{
	return timeline_now(session_timeline(s));
}

static struct session *start(const char *how, const char *arg)
{
	char path[600];
	const char *build = getenv("IPCLAB_BUILD");
	char *argv[] = {path, (char *)how, (char *)arg, NULL};
	struct err err = {0};
	struct session *s;

	snprintf(path, sizeof path, "%s/tests/live/targets/mem_late", build ? build : ".");
	s = session_start(
		&(struct session_live){
			.run = {.tracer = {.held = true, .contents = true, .terminals = true, .sites = true}, .pin = true},
			.launch = {.argv = argv, .fds = {-1, -1, -1}},
			.terminal = true,
		},
		&err);
	if (!s) {
		printf("%s\n", err.text);
		exit(1);
	}
	return s;
}

static bool is_before(struct session *s, unsigned call)
{
	const struct w_task *t = world_task(now(s), 1);

	return t && t->state == TASK_POISED && t->op.call == call;
}

/* Steps until it is held before that call, or ended. */
static bool step_to(struct session *s, unsigned call)
{
	struct err err = {0};

	for (unsigned n = 0; n < 2000 && !is_before(s, call); n++)
		if (!schedule_can_step(now(s), 1) || !session_step(s, 1, &err))
			return false;
	return is_before(s, call);
}

static void sleep_ms(unsigned ms)
{
	nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000L}, NULL);
}

static bool printed(struct session *s, const char *text)
{
	size_t n;
	const char *bytes = session_output(s, &n);

	return memmem(bytes, n, text, strlen(text)) != NULL;
}

/* It comes by way of a terminal: not at once. */
static bool prints(struct session *s, const char *text)
{
	for (unsigned i = 0; i < 200 && !printed(s, text); i++)
		sleep_ms(10);
	return printed(s, text);
}

/* Every byte of the two copies is P1's, and none of it came by comparing. */
static void copies_have_an_author(void)
{
	struct session *s = start("copy", NULL);
	struct err err = {0};
	u32 nobody = 0, known = 0;
	u64 seq;

	while (!printed(s, "5\n") && schedule_can_step(now(s), 1) && session_step(s, 1, &err)) {
		u8 byte;

		for (u64 off = 0; off < 96; off++)
			if (world_memory(now(s), 1, off, &byte, NULL, 1) == 1 && byte) {
				known++;
				nobody += world_writer(now(s), 1, off, &seq) != 1;
			}
	}
	EXPECT(prints(s, "2 5"), "it did not print");
	EXPECT(known > 20, "%u bytes known", known);
	EXPECT(!nobody, "%u times a byte had no author", nobody);
	session_end(s);
}

/* The time passes while it is held before another operation: still a choice, and passed by choice. */
static void deadlines_wait(void)
{
	struct session *s = start("until", "150");
	struct err err = {0};

	EXPECT(step_to(s, CALL_sem_post), "no sem_post");
	sleep_ms(300);
	EXPECT(step_to(s, CALL_sem_timedwait) && session_step(s, 1, &err), "no sem_timedwait");
	EXPECT(world_task(now(s), 1)->state == TASK_BLOCKED, "it did not wait: %d", world_task(now(s), 1)->state);
	sleep_ms(300);
	EXPECT(world_task(now(s), 1)->state == TASK_BLOCKED && schedule_can_pass(now(s), 1), "no time can pass");
	EXPECT(session_pass(s, 1, &err), "%s", err.text);
	EXPECT(step_to(s, CALL_pthread_mutex_lock), "after it: no mutex");
	EXPECT(prints(s, "sem Connection timed out"), "no time-out of sem_timedwait");
	sleep_ms(300);
	EXPECT(step_to(s, CALL_pthread_cond_timedwait) && session_step(s, 1, &err), "no cond_timedwait");
	EXPECT(world_task(now(s), 1)->state == TASK_BLOCKED, "cond did not wait");
	EXPECT(session_pass(s, 1, &err), "%s", err.text);
	EXPECT(step_to(s, CALL_sem_timedwait), "no third wait");
	EXPECT(prints(s, "cond Connection timed out"), "no time-out of cond");
	EXPECT(session_step(s, 1, &err), "%s", err.text);
	EXPECT(world_task(now(s), 1)->state != TASK_BLOCKED, "a time of 1970 is waited for");
	session_end(s);
}

/* Gone LIVE, a wait has the time that the program gave it, from then on. */
static void live_begins_the_time_anew(const char *ms, bool inside)
{
	struct session *s = start("until", ms);
	struct err err = {0};
	bool ended = false;
	u64 began;

	EXPECT(step_to(s, CALL_sem_timedwait) && (!inside || session_step(s, 1, &err)), "no sem_timedwait");
	sleep_ms(1000);
	began = clock_ns();
	EXPECT(session_release(s, &err), "%s", err.text);
	while (!printed(s, "sem ") && clock_ns() - began < 5000000000u && session_wait(s, 10, &ended, &err) && !ended)
		;
	EXPECT(prints(s, "sem Connection timed out"), "no time-out in 5 s");
	EXPECT(clock_ns() - began > 500000000u, "after %llu ms of 700", (unsigned long long)(clock_ns() - began) / 1000000);
	session_end(s);
}

static unsigned asked;

static bool third(void *arg)
{
	(void)arg;
	return ++asked == 3;
}

static void a_line_can_be_interrupted(void)
{
	struct session *s = start("line", NULL);
	struct err err = {0};
	u32 steps = 0;

	EXPECT(step_to(s, CALL_load), "no load");
	EXPECT(session_step_line(s, 1, third, NULL, &steps, &err), "%s", err.text);
	EXPECT(steps == 3, "%u operations", steps);
	session_end(s);
}

static void fifos_are_put_aside(void)
{
	char path[80];
	struct session *s;
	struct err err = {0};
	struct stat st;

	snprintf(path, sizeof path, "%s/queue", dir);
	s = start("fifo", path);
	EXPECT(step_to(s, CALL_write) && session_step(s, 1, &err) && session_step(s, 1, &err), "no write");
	EXPECT(session_branch(s, world_head(now(s))->moment - 1, NULL, &err), "%s", err.text);
	EXPECT(!*session_notes(s), "%s", session_notes(s));
	EXPECT(stat(path, &st) == 0 && S_ISFIFO(st.st_mode), "the second run has none");
	session_end(s);
}

/* Killed between: the names are put back when somebody starts. */
static void names_are_swept(void)
{
	char path[80];
	struct session *s;
	struct stat st;
	pid_t pid;

	snprintf(path, sizeof path, "%s/swept", dir);
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		struct err err = {0};

		s = start("fifo", path);
		if (step_to(s, CALL_write) && aside_put(now(s), NULL, false, &err) && lstat(path, &st) < 0)
			raise(SIGKILL);
		_exit(1);
	}
	{
		int status;

		waitpid(pid, &status, 0);
		EXPECT(WIFSIGNALED(status), "it was not put aside");
	}
	sleep_ms(300); /* the engine of that one ends */
	aside_sweep();
	EXPECT(lstat(path, &st) == 0 && S_ISFIFO(st.st_mode), "it was not put back");
}

int main(void)
{
	char command[64];

	if (!mkdtemp(dir))
		return 99;
	setenv("XDG_STATE_HOME", dir, 1);
	setenv("XDG_RUNTIME_DIR", dir, 1);
	copies_have_an_author();
	deadlines_wait();
	live_begins_the_time_anew("700", true);
	live_begins_the_time_anew("700", false);
	a_line_can_be_interrupted();
	fifos_are_put_aside();
	names_are_swept();
	snprintf(command, sizeof command, "rm -rf %s", dir);
	if (system(command))
		printf("%s is left\n", dir);
	printf("Checks: %u, Failures: %u, Errors: 0\n", checks, failures);
	return failures > 0;
}
