/* SPDX-License-Identifier: GPL-3.0-or-later */
/* many_tasks TASKS ROUNDS BYTES: what pipe_self does, while TASKS other processes live, each asleep in a read until this one ends;
 * prints on stderr how many ns the rounds took and how many calls they were. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static long long now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ll + t.tv_nsec;
}

static void sleeper(const int *ends, const int *until)
{
	char c;

	close(ends[0]);
	close(ends[1]);
	close(until[1]);
	_exit(read(until[0], &c, 1) != 0);
}

int main(int argc, char **argv)
{
	int tasks = argc > 3 ? atoi(argv[1]) : 0, ends[2], until[2];
	long rounds = argc > 3 ? atol(argv[2]) : 0;
	size_t n = argc > 3 ? (size_t)atol(argv[3]) : 0;
	static char bytes[65536];
	long long t;

	if (argc < 4 || n > sizeof bytes || pipe(ends) < 0 || pipe(until) < 0)
		return 2;
	signal(SIGCHLD, SIG_IGN);
	for (int i = 0; i < tasks; i++)
		if (fork() == 0)
			sleeper(ends, until);
	usleep(300000); /* they sleep by now */
	t = now();
	for (long i = 0; i < rounds; i++)
		if (write(ends[1], bytes, n) != (ssize_t)n || read(ends[0], bytes, n) != (ssize_t)n)
			return 1;
	fprintf(stderr, "%lld %ld\n", now() - t, 2 * rounds);
	return 0;
}
