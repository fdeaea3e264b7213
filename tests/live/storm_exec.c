/* SPDX-License-Identifier: GPL-3.0-or-later */
/* storm_exec N: executes itself N times, each time from one of four threads picked by its number, the leader among
 * them, while the others read from a pipe that stays empty, write to one, compute, make threads, or end. */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int ends[2];
static long left;
static char *self;
static pthread_barrier_t begun;

static void *nothing(void *arg)
{
	return arg;
}

static void go_on(void)
{
	char n[24];

	snprintf(n, sizeof n, "%ld", left - 1);
	execl(self, self, n, (char *)NULL);
	_exit(5);
}

static void *thread(void *arg)
{
	long nr = (long)arg;
	char byte;

	pthread_barrier_wait(&begun);
	if (left % 4 == nr)
		go_on();
	switch ((left / 4 + nr) % 5) {
	case 0:
		while (read(ends[0], &byte, 1) > 0) {
		}
		break;
	case 1:
		while (write(ends[1], "x", 1) == 1) {
		}
		break;
	case 2:
		for (volatile long i = 0;; i++) {
		}
	case 3:
		for (;;) {
			pthread_t id;
			if (pthread_create(&id, NULL, nothing, NULL) == 0)
				pthread_join(id, NULL);
		}
	default: break;
	}
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t id;

	self = argv[0];
	left = argc > 1 ? atol(argv[1]) : 30;
	if (left <= 0) {
		puts("all executed");
		return 0;
	}
	if (pipe2(ends, O_CLOEXEC) < 0 || pthread_barrier_init(&begun, NULL, 4))
		return 2;
	for (long i = 1; i < 4; i++)
		if (pthread_create(&id, NULL, thread, (void *)i))
			return 3;
	thread((void *)0L);
	for (;;)
		pause();
}
