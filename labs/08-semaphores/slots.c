/* SPDX-License-Identifier: 0BSD */
/* slots [ITEMS]: a producer, P1, and a consumer, P2; 6 items if not said. All slots are
 * used, nobody spins.
 *     Alone:  cc -o slots slots.c && ./slots 10 */
#include "slots.h"

static void producer(struct ring *ring, int items)
{
	for (int i = 0; i < items; i++) {
		sem_wait(&ring->empty); /* is there room? */
		sem_wait(&ring->mutex);
		put(ring, 11 + i);
		sem_post(&ring->mutex);
		/* One more item for the consumer. */
		sem_post(&ring->full);
	}
}

static void consumer(struct ring *ring, int items)
{
	for (int i = 0; i < items; i++) {
		int item;

		sem_wait(&ring->full); /* is there an item? */
		/* For one producer and one consumer the lock could be left out: they
		 * use other cells. For more it is needed, see crowd.c. */
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
	/* Before fork, with its semaphores made: nobody may wait at one that is not there yet. */
	struct ring *ring = ring_make();

	if (fork() == 0) {
		consumer(ring, items);
		return 0;
	}
	producer(ring, items);
	wait(NULL);
	return 0;
}
