/* SPDX-License-Identifier: 0BSD */
/* The course's consumer. A part of `ring` and `many`. It wants so many items, and then
 * it ends; what it does while there is none stands in its loop. */
#include <stdio.h>

#include "ring.h"

void consumer(struct ring *ring, int items)
{
	for (int i = 0; i < items; i++) {
		/* First a copy, and then the cell is given back: after out has moved,
		 * the producer may overwrite it. */
		item next_consumed;

		while (ring->in == ring->out)
			; /* do nothing: empty */
		next_consumed = ring->buffer[ring->out];
		ring->out = (ring->out + 1) % BUFFER_SIZE;
		printf("%d\n", next_consumed.value);
	}
}
