/* SPDX-License-Identifier: 0BSD */
/* The course's producer. A part of `ring`. Items are 11, 12, 13 and so on, so that one
 * can see which is which. What it does while there is no room stands in its loop. */
#include "ring.h"

void producer(struct ring *ring, int items)
{
	/* Without end on the slide: while (true). Here it ends, so that one can count. */
	for (int i = 0; i < items; i++) {
		item next_produced = {.value = 11 + i};

		while (((ring->in + 1) % BUFFER_SIZE) == ring->out)
			; /* do nothing: full */
		/* Only the producer stores in, only the consumer stores out: each looks
		 * at the other's, and never changes it. */
		ring->buffer[ring->in] = next_produced;
		/* From this store on the consumer may take the item. */
		ring->in = (ring->in + 1) % BUFFER_SIZE;
	}
}
