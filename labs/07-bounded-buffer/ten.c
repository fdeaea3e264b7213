/* SPDX-License-Identifier: 0BSD */
/* ten: somebody wanted all ten cells, so the producer takes in == out for "full". P1 is
 * the producer, P2 the consumer; twelve items.
 *     Alone:  cc -o ten ten.c && timeout 2 ./ten */
#include <stdbool.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ring.h"

void producer(struct ring *ring, int items)
{
	bool begun = false; /* at first in == out means empty */

	for (int i = 0; i < items; i++) {
		item next_produced = {.value = 11 + i};

		/* The course's test leaves one cell free; this one does not. */
		while (begun && ring->in == ring->out)
			; /* do nothing: full */
		/* All ten cells are to be used, and there is no counter: in and out are
		 * all there is. */
		ring->buffer[ring->in] = next_produced;
		ring->in = (ring->in + 1) % BUFFER_SIZE;
		begun = true;
	}
}

void consumer(struct ring *ring, int items)
{
	for (int i = 0; i < items; i++) {
		item next_consumed;

		/* The consumer is the course's, unchanged. */
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
	/* Twelve items through ten cells: in comes round to the beginning. */
	if (fork() == 0) {
		consumer(ring, 12);
		return 0;
	}
	producer(ring, 12);
	wait(NULL);
	return 0;
}
