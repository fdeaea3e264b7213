/* SPDX-License-Identifier: 0BSD */
#include "ring.h"

void producer(struct ring *ring, int items)
{
	for (int i = 0; i < items; i++) {
		item next_produced = {.value = 11 + i};

		while (((ring->in + 1) % BUFFER_SIZE) == ring->out)
			; /* do nothing: full */
		ring->buffer[ring->in] = next_produced;
		ring->in = (ring->in + 1) % BUFFER_SIZE;
	}
}
