/* SPDX-License-Identifier: 0BSD */
/* crowd [PRODUCERS]: each of them puts in 3 items; one consumer counts what it gets. */
#include "slots.h"

enum { EACH = 3 };

static void producer(struct ring *ring, int first)
{
	for (int i = 0; i < EACH; i++) {
		sem_wait(&ring->empty);
		sem_wait(&ring->mutex);
		put(ring, first + i);
		sem_post(&ring->mutex);
		sem_post(&ring->full);
	}
}

int main(int argc, char **argv)
{
	int producers = argc > 1 ? atoi(argv[1]) : 2;
	struct ring *ring = ring_make();
	int sum = 0;

	for (int p = 1; p <= producers; p++)
		if (fork() == 0) {
			producer(ring, 100 * p);
			return 0;
		}
	for (int i = 0; i < EACH * producers; i++) {
		sem_wait(&ring->full);
		sem_wait(&ring->mutex);
		sum += take(ring);
		sem_post(&ring->mutex);
		sem_post(&ring->empty);
	}
	while (wait(NULL) > 0)
		;
	printf("%d\n", sum);
	return 0;
}
