/* SPDX-License-Identifier: 0BSD */
/* wrong: as slots, but the lock is taken before anybody asks whether there is room, or
 * an item. P1 is the producer, P2 the consumer.
 *     Alone:  cc -o wrong wrong.c && timeout 2 ./wrong */
#include "slots.h"

static void producer(struct ring *ring, int items)
{
	for (int i = 0; i < items; i++) {
		sem_wait(&ring->mutex);
		sem_wait(&ring->empty); /* is there room? */
		/* Nobody else is at the buffer: the lock sees to that. */
		put(ring, 11 + i);
		sem_post(&ring->mutex);
		sem_post(&ring->full);
	}
}

static void consumer(struct ring *ring, int items)
{
	for (int i = 0; i < items; i++) {
		int item;

		sem_wait(&ring->mutex);
		sem_wait(&ring->full); /* is there an item? */
		/* Nor here. */
		item = take(ring);
		sem_post(&ring->mutex);
		sem_post(&ring->empty);
		printf("%d\n", item);
	}
}

int main(void)
{
	/* Nothing here looks wrong to a compiler, or to a test that is lucky. */
	struct ring *ring = ring_make();

	/* Whoever comes first; nothing here decides it. */
	if (fork() == 0) {
		consumer(ring, 6);
		return 0;
	}
	producer(ring, 6);
	wait(NULL);
	return 0;
}
