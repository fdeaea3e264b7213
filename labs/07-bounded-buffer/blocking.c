/* SPDX-License-Identifier: 0BSD */
/* blocking: the same buffer with two semaphores, three cells, five items. P1 is the
 * producer, P2 the consumer. Who must wait sleeps, and all cells are used.
 *     Alone:  cc -o blocking blocking.c && ./blocking */
#include <semaphore.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BUFFER_SIZE = 3, ITEMS = 5 };

typedef struct {
	int value;
} item;

struct ring {
	item buffer[BUFFER_SIZE];
	int in;  /* the producer's alone */
	int out; /* the consumer's alone */
	sem_t empty, full; /* how many cells are empty, how many are full */
};

static void producer(struct ring *ring)
{
	for (int i = 0; i < ITEMS; i++) {
		item next_produced = {.value = 11 + i};

		/* Nobody looks at in and out to find out whether there is room:
		 * sem_wait(3). */
		sem_wait(&ring->empty);
		ring->buffer[ring->in] = next_produced;
		ring->in = (ring->in + 1) % BUFFER_SIZE;
		/* Last, when the item lies in its cell: sem_post(3). */
		sem_post(&ring->full);
	}
}

static void consumer(struct ring *ring)
{
	for (int i = 0; i < ITEMS; i++) {
		item next_consumed;

		/* The same the other way round. */
		sem_wait(&ring->full);
		next_consumed = ring->buffer[ring->out];
		ring->out = (ring->out + 1) % BUFFER_SIZE;
		sem_post(&ring->empty);
		printf("%d\n", next_consumed.value);
	}
}

int main(void)
{
	struct ring *ring = mmap(NULL, sizeof *ring, PROT_READ | PROT_WRITE,
				 MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (ring == MAP_FAILED)
		return 1;
	/* The 1: between processes, in memory that they share. Then what it begins
	 * with: sem_init(3). */
	sem_init(&ring->empty, 1, BUFFER_SIZE);
	sem_init(&ring->full, 1, 0);
	/* One producer, one consumer. With more of them in and out would need a lock
	 * (lab 08). */
	if (fork() == 0) {
		consumer(ring);
		return 0;
	}
	producer(ring);
	wait(NULL);
	return 0;
}
