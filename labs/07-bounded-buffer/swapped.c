/* SPDX-License-Identifier: 0BSD */
/* swapped: the producer's two stores stand in the other order. P1 is the producer, P2
 * the consumer; five items.
 *     Alone:  cc -o swapped swapped.c && ./swapped */
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ring.h"

void producer(struct ring *ring, int items)
{
	for (int i = 0; i < items; i++) {
		item next_produced = {.value = 11 + i};
		/* in is looked at once, and then kept: nobody else stores it. */
		int cell = ring->in;

		while (((cell + 1) % BUFFER_SIZE) == ring->out)
			; /* do nothing: full */
		/* It may go well a thousand times in a row, and that proves nothing. */
		ring->in = (cell + 1) % BUFFER_SIZE;
		ring->buffer[cell] = next_produced;
	}
}

void consumer(struct ring *ring, int items)
{
	for (int i = 0; i < items; i++) {
		/* The consumer is the course's, unchanged: it believes in. */
		item next_consumed;

		/* in says how far the items go, and that is all it has to go by. */
		while (ring->in == ring->out)
			; /* do nothing: empty */
		next_consumed = ring->buffer[ring->out];
		ring->out = (ring->out + 1) % BUFFER_SIZE;
		printf("%d\n", next_consumed.value);
	}
}

int main(void)
{
	struct ring *ring = mmap(NULL, sizeof *ring, PROT_READ | PROT_WRITE,
				 MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (ring == MAP_FAILED)
		return 1;
	/* P2 runs beside P1 from here on, at a pace of its own. */
	if (fork() == 0) {
		consumer(ring, 5);
		return 0;
	}
	producer(ring, 5);
	wait(NULL);
	return 0;
}
