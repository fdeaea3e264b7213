/* SPDX-License-Identifier: 0BSD */
/* slots [ITEMS]: a producer and a consumer. All slots are used, nobody spins. */
#include "slots.h"

static void producer(struct ring *ring, int items)
{
	for (int i = 0; i < items; i++) {
		sem_wait(&ring->empty); /* is there room? */
		sem_wait(&ring->mutex);
		put(ring, 11 + i);
		sem_post(&ring->mutex);
		sem_post(&ring->full);
	}
}

static void consumer(struct ring *ring, int items)
{
	for (int i = 0; i < items; i++) {
		int item;

		sem_wait(&ring->full); /* is there an item? */
		sem_wait(&ring->mutex);
		item = take(ring);
		sem_post(&ring->mutex);
		sem_post(&ring->empty);
		printf("%d\n", item);
	}
}

int main(int argc, char **argv)
{
	int items = argc > 1 ? atoi(argv[1]) : 6;
	struct ring *ring = ring_make();

	if (fork() == 0) {
		consumer(ring, items);
		return 0;
	}
	producer(ring, items);
	wait(NULL);
	return 0;
}
