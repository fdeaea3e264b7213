/* SPDX-License-Identifier: 0BSD */
/* many: two producers, one consumer, the loops as they were. P1 puts in 101, 102, ..., P3 201, 202, ... */
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ring.h"

enum { ITEMS = 2 };

static void produce(struct ring *ring, int first)
{
	for (int i = 0; i < ITEMS; i++) {
		item next_produced = {.value = first + i};

		while (((ring->in + 1) % BUFFER_SIZE) == ring->out)
			; /* do nothing: full */
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
		consumer(ring, 2 * ITEMS);
		return 0;
	}
	if (fork() == 0) {
		produce(ring, 201);
		return 0;
	}
	produce(ring, 101);
	while (wait(NULL) > 0)
		;
	return 0;
}
