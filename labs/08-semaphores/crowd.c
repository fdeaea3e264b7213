/* SPDX-License-Identifier: 0BSD */
/* crowd [PRODUCERS]: each of them, P2 and so on, puts in 3 items; one consumer, P1,
 * adds up what it gets.
 *     Alone:  cc -o crowd crowd.c && ./crowd 5 */
#include "slots.h"

enum { EACH = 3 };

static void producer(struct ring *ring, int first)
{
	for (int i = 0; i < EACH; i++) {
		/* Two questions, two semaphores: is there room (sleep until somebody
		 * takes), and is anybody at the buffer (sleep until he is done). The
		 * lock is held for a moment only, never while one waits for room. */
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
	/* The consumer has to know how many will come: full says only how many are
	 * there. */
	for (int i = 0; i < EACH * producers; i++) {
		sem_wait(&ring->full);
		sem_wait(&ring->mutex);
		sum += take(ring);
		sem_post(&ring->mutex);
		sem_post(&ring->empty);
	}
	/* All producers, in whatever order they end. */
	while (wait(NULL) > 0)
		;
	printf("%d\n", sum);
	return 0;
}
