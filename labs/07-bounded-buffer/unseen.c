/* SPDX-License-Identifier: 0BSD */
/* unseen: producer (P1) and consumer (P2) of 12 items, as somebody wrote them.
 *     Alone:  cc -o unseen unseen.c && timeout 2 ./unseen */
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ring.h"

void producer(struct ring *ring, int items)
{
	for (int i = 0; i < items; i++) {
		item next_produced = {.value = 11 + i};

		/* The producer is the course's. */
		while (((ring->in + 1) % BUFFER_SIZE) == ring->out)
			; /* do nothing: full */
		ring->buffer[ring->in] = next_produced;
		/* After cell 9 comes cell 0. */
		ring->in = (ring->in + 1) % BUFFER_SIZE;
	}
}

void consumer(struct ring *ring, int items)
{
	for (int i = 0; i < items; i++) {
		item next_consumed;

		/* And this is the line to look at. */
		while (ring->in <= ring->out)
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
	/* Both run at the same time; nothing but in and out tells the one where the
	 * other is. */
	if (fork() == 0) {
		/* As many as the producer makes. */
		consumer(ring, 12);
		return 0;
	}
	producer(ring, 12);
	wait(NULL);
	return 0;
}
