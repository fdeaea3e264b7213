/* SPDX-License-Identifier: 0BSD */
/* ten: somebody wanted all ten cells, so the producer takes in == out for "full". */
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

		while (begun && ring->in == ring->out)
			; /* do nothing: full */
		ring->buffer[ring->in] = next_produced;
		ring->in = (ring->in + 1) % BUFFER_SIZE;
		begun = true;
	}
}

void consumer(struct ring *ring, int items)
{
	for (int i = 0; i < items; i++) {
		item next_consumed;

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
	if (fork() == 0) {
		consumer(ring, 12);
		return 0;
	}
	producer(ring, 12);
	wait(NULL);
	return 0;
}
