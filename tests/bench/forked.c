/* SPDX-License-Identifier: GPL-3.0-or-later */
/* forked SECONDS: linked with a program whose main is called program: forks it again and again from here, on one core,
 * no tracer near: what its processes cost. Prints "RUNS SECONDS FAILED STEPS SWITCHES"; the last two are
 * 0 without baton.c, which puts its processes in an order of ours. */
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int program(void);
__attribute__((weak)) void baton_open(void) {}
__attribute__((weak)) void baton_begin(void) {}
__attribute__((weak)) void baton_end(long *steps, long *switches)
{
	(void)steps;
	(void)switches;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
	double begun = now(), limit = argc > 1 ? strtod(argv[1], NULL) : 1;
	long runs = 0, failed = 0, steps = 0, switches = 0;
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(sched_getcpu(), &one);
	sched_setaffinity(0, sizeof one, &one);
	setpgid(0, 0);
	baton_open();
	while (now() - begun < limit) {
		int status;
		pid_t pid;

		baton_begin();
		pid = _Fork();
		if (pid == 0)
			_exit(program());
		if (pid < 0 || waitpid(pid, &status, 0) != pid)
			return 2;
		baton_end(&steps, &switches);
		runs++;
		failed += status != 0;
	}
	printf("%ld %.3f %ld %ld %ld\n", runs, now() - begun, failed, steps, switches);
	return 0;
}
