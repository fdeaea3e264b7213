/* SPDX-License-Identifier: 0BSD */
/* wrong: as slots, but the lock is taken before anybody asks whether there is room, or an item. */
#include "slots.h"

static void producer(struct ring *ring, int items)
{
	for (int i = 0; i < items; i++) {
		sem_wait(&ring->mutex);
		sem_wait(&ring->empty); /* is there room? */
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
		item = take(ring);
		sem_post(&ring->mutex);
		sem_post(&ring->empty);
		printf("%d\n", item);
	}
}

int main(void)
{
	struct ring *ring = ring_make();

	if (fork() == 0) {
		consumer(ring, 6);
		return 0;
	}
	producer(ring, 6);
	wait(NULL);
	return 0;
}
