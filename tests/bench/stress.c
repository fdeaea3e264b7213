/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stress SECONDS PROGRAM: runs it again and again, as people do, until it ends with a status other than 0, by a signal,
 * or not within 3 s (a hang). Prints "found|none RUNS SECONDS". */
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Waits for a child, at most 3 s; true: it failed, or hangs. */
static int fails(pid_t pid)
{
	sigset_t child;
	struct timespec long_enough = {3, 0};
	int status;

	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	for (;;) {
		if (waitpid(pid, &status, WNOHANG) == pid)
			return status != 0;
		if (sigtimedwait(&child, NULL, &long_enough) < 0) {
			killpg(pid, SIGKILL);
			waitpid(pid, &status, 0);
			return 1;
		}
	}
}

int main(int argc, char **argv)
{
	double begun = now(), limit = argc > 2 ? strtod(argv[1], NULL) : 0;
	posix_spawnattr_t attr;
	sigset_t child;
	long runs = 0;
	int found = 0;

	if (argc < 3)
		return 2;
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, NULL);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETPGROUP);
	while (!found && now() - begun < limit) {
		pid_t pid;

		if (posix_spawn(&pid, argv[2], NULL, &attr, argv + 2, environ) != 0)
			return 2;
		found = fails(pid);
		runs++;
	}
	printf("%s %ld %.3f\n", found ? "found" : "none", runs, now() - begun);
	return 0;
}
