/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hook_private N: 2 N loads and stores of private memory; says on standard error how many ns they
 * took. Not in bench_programs: tests/bench/run_hook compiles it without hooks, with ipclab's and
 * with gcc's libtsan. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

static int cells[1024];

static unsigned long long now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

int main(int argc, char **argv)
{
	long n = argc > 1 ? atol(argv[1]) : 1;
	int *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	unsigned long long from;

	*shared = 1;
	from = now();
	for (long i = 0; i < n; i++) {
		cells[i & 1023] = cells[(i + 7) & 1023] + 1;
		__asm__ volatile("" : : : "memory");
	}
	fprintf(stderr, "%llu\n", now() - from);
	return 0;
}
