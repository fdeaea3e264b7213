/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pipe_self ROUNDS BYTES: writes BYTES into a pipe of its own and reads them back, ROUNDS
 * times; prints on stderr how many ns that took and how many calls it made. */
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

int main(int argc, char **argv)
{
	long rounds = argc > 1 ? atol(argv[1]) : 1000;
	size_t n = argc > 2 ? (size_t)atol(argv[2]) : 64;
	static char bytes[65536];
	int ends[2];
	long long t;

	if (n > sizeof bytes || pipe(ends) < 0)
		return 1;
	t = now();
	for (long i = 0; i < rounds; i++) {
		bytes[0] = (char)i;
		if (write(ends[1], bytes, n) != (ssize_t)n || read(ends[0], bytes, n) != (ssize_t)n)
			return 1;
	}
	fprintf(stderr, "%lld %ld\n", now() - t, 2 * rounds);
	return 0;
}
