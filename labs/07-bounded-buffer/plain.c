/* SPDX-License-Identifier: 0BSD */
/* plain [ITEMS]: the course's loops, in and out plain ints; one item if not said. What
 * becomes of them depends on the compiler. P1 is the producer, P2 the consumer.
 *     Alone:  cc -O0 -o plain plain.c && ./plain
 *     and     cc -O2 -o plain plain.c && timeout 2 ./plain */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ring.h"

/* A function of its own, so that it can be found in what the compiler made: objdump -d
 * plain. */
__attribute__((noinline)) void wait_while_empty(struct ring *ring)
{
	while (ring->in == ring->out)
		; /* do nothing: empty */
}

void consumer(struct ring *ring, int items)
{
	for (int i = 0; i < items; i++) {
		item next_consumed;

		wait_while_empty(ring);
		next_consumed = ring->buffer[ring->out];
		ring->out = (ring->out + 1) % BUFFER_SIZE;
		printf("%d\n", next_consumed.value);
	}
}

void producer(struct ring *ring, int items)
{
	for (int i = 0; i < items; i++) {
		item next_produced = {.value = 11 + i};

		/* usleep(3): so that the consumer is there first, and has to wait. */
		usleep(1000); /* an item takes its time */
		while (((ring->in + 1) % BUFFER_SIZE) == ring->out)
			; /* do nothing: full */
		ring->buffer[ring->in] = next_produced;
		ring->in = (ring->in + 1) % BUFFER_SIZE;
	}
}

int main(int argc, char **argv)
{
	/* To the compiler this is a program with one thread: C11, 5.1.2.4 says what it
	 * may assume. */
	int items = argc > 1 ? atoi(argv[1]) : 1;
	struct ring *ring = mmap(NULL, sizeof *ring, PROT_READ | PROT_WRITE,
				 MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (ring == MAP_FAILED)
		return 1;
	if (fork() == 0) {
		consumer(ring, items);
		return 0;
	}
	producer(ring, items);
	wait(NULL);
	return 0;
}
