/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A free run in which nobody moves any more: who sleeps is told of, also when the tick comes while the tracer is not in
 * waitpid, and then ipclab sleeps, too. Here a waitpid that finds nothing for 10 ms blocks 60 ms later, so that the first
 * tick is always missed.
 */
#include <pthread.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "session/lib.h"

static volatile bool stop;
static unsigned waits;

static void be_late(void)
{
	struct timespec ms = {0, 1000000}, rest = {0, 60000000};
	siginfo_t info;

	for (int i = 0; i < 10; i++) {
		info.si_pid = 0;
		if (waitid(P_ALL, 0, &info, WEXITED | WSTOPPED | WNOWAIT | WNOHANG | __WALL) < 0 || info.si_pid)
			return;
		nanosleep(&ms, NULL);
	}
	while (nanosleep(&rest, &rest) < 0)
		;
}

/* In the place of the C library's. */
pid_t waitpid(pid_t pid, int *status, int options)
{
	if (!(options & WNOHANG)) {
		be_late();
		waits++;
	}
	return (pid_t)syscall(SYS_wait4, pid, status, options, NULL);
}

static void *ring(void *tracer)
{
	for (int i = 0; i < 8 && !stop; i++) {
		nanosleep(&(struct timespec){0, 250 * 1000 * 1000}, NULL);
		tracer_ring(tracer);
	}
	return NULL;
}

static u32 blocked(const struct world *w)
{
	u32 n = 0;

	for (u32 t = 1; t < world_tasks(w); t++)
		n += world_task(w, t) && world_task(w, t)->state == TASK_BLOCKED;
	return n;
}

/* Until the bell was heard so often. */
static bool run_for(struct run *r, int bells, struct err *err)
{
	enum run_end end = RUN_BELL;

	while (bells-- > 0 && end == RUN_BELL)
		if (!run_free(r, &end, err))
			return false;
	return true;
}

int main(void)
{
	char *argv[] = {"sh", "-c", "sleep 30 | cat | cat; :", NULL};
	struct run_options options = {.fold = true, .census = 0};
	struct launch launch = {.argv = argv, .fds = {-1, -1, -1}};
	struct err err = {0};
	struct run *r = run_create(&options, &launch, &err);
	unsigned then = 0;
	u32 asleep = 0;
	pthread_t ringer;
	int failed;

	if (!r) {
		printf("skipped: %s\n", err.text);
		return 77;
	}
	pthread_create(&ringer, NULL, ring, run_tracer(r));
	if (!run_for(r, 5, &err))
		printf("%s\n", err.text);
	asleep = blocked(run_world(r));
	then = waits;
	if (!run_for(r, 2, &err))
		printf("%s\n", err.text);
	then = waits - then;
	stop = true;
	pthread_join(ringer, NULL);
	run_destroy(r);
	failed = (asleep != 4) + (then > 2);
	printf("%u of 4 are known to sleep; then %u waits for 2 bells\n", asleep, then);
	printf("Checks: 2, Failures: %d, Errors: 0\n", failed);
	return failed != 0;
}
