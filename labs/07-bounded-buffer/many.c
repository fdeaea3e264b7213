/* SPDX-License-Identifier: 0BSD */
/* many: two producers, P1 and P3, one consumer, P2, the loops as they were. P1 puts in
 * 101, 102, P3 puts in 201, 202.
 *     Alone:  cc -o many many.c consumer.c && timeout 2 ./many */
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ring.h"

enum { ITEMS = 2 };

/* The same loop as in producer.c. Each of its lines is several loads and stores. */
static void produce(struct ring *ring, int first)
{
	for (int i = 0; i < ITEMS; i++) {
		item next_produced = {.value = first + i};

		while (((ring->in + 1) % BUFFER_SIZE) == ring->out)
			; /* do nothing: full */
		/* P1 and P3 both load and store in here: in ring.h it is one producer's
		 * alone. */
		ring->buffer[ring->in] = next_produced;
		ring->in = (ring->in + 1) % BUFFER_SIZE;
	}
}

int main(void)
{
	struct ring *ring = mmap(NULL, sizeof *ring, PROT_READ | PROT_WRITE,
				 MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (ring == MAP_FAILED)
		return 1;
	if (fork() == 0) {
		/* It wants as many as the two will make together. */
		consumer(ring, 2 * ITEMS);
		return 0;
	}
	if (fork() == 0) {
		/* P3. Its numbers say who made an item. */
		produce(ring, 201);
		return 0;
	}
	produce(ring, 101);
	/* Both children: -1 when there is none left, wait(2). */
	while (wait(NULL) > 0)
		;
	return 0;
}
