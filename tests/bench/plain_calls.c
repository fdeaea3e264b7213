/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plain_calls GETPPIDS STATS: calls that have nothing to do with IPC; prints on stderr how many ns
 * they took and how many they were. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static long long now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ll + t.tv_nsec;
}

int main(int argc, char **argv)
{
	long getppids = argc > 1 ? atol(argv[1]) : 1000, stats = argc > 2 ? atol(argv[2]) : 1000;
	struct stat st;
	long long t = now();

	for (long i = 0; i < getppids; i++)
		syscall(SYS_getppid);
	for (long i = 0; i < stats; i++)
		if (stat("/", &st) < 0)
			return 1;
	fprintf(stderr, "%lld %ld\n", now() - t, getppids + stats);
	return 0;
}
