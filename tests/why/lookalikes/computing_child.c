/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A child that computes for 400 ms before it ends.
 *
 * why ENDED
 */
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void compute(void)
{
	struct timespec t;
	double end;

	clock_gettime(CLOCK_MONOTONIC, &t);
	end = (double)t.tv_sec + (double)t.tv_nsec / 1e9 + 0.4;
	do
		clock_gettime(CLOCK_MONOTONIC, &t);
	while ((double)t.tv_sec + (double)t.tv_nsec / 1e9 < end);
}

int main(void)
{
	if (fork() == 0) {
		compute();
		_exit(0);
	}
	wait(NULL);
	return 0;
}
