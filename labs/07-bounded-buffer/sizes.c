/* SPDX-License-Identifier: 0BSD */
/* sizes [SIZE [PRODUCERS [CONSUMERS [PRODUCER_MS [CONSUMER_MS]]]]]: the buffer with any
 * number of cells up to 16, more producers and consumers, and how long an item takes
 * each of them. P1 is the first producer, P2 the first consumer; each producer makes 20
 * items. Consumers never end by themselves: ^C.
 *     Alone:  cc -o sizes sizes.c && timeout 2 ./sizes 4 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct {
	int value;
} item;

struct ring {
	int size; /* cells */
	int in;
	int out;
	item buffer[]; /* size of them */
};

static void produce(struct ring *ring, int first, int ms)
{
	for (int i = 0; i < 20; i++) {
		item next_produced = {.value = first + i};

		/* An item takes its time. Where it stands matters: outside of the loop
		 * that waits. */
		if (ms)
			usleep(ms * 1000);
		while (((ring->in + 1) % ring->size) == ring->out)
			; /* do nothing: full */
		ring->buffer[ring->in] = next_produced;
		ring->in = (ring->in + 1) % ring->size;
	}
}

static void consume(struct ring *ring, int ms)
{
	/* A consumer does not know how many will come. */
	for (;;) {
		item next_consumed;

		while (ring->in == ring->out)
			; /* do nothing: empty */
		next_consumed = ring->buffer[ring->out];
		ring->out = (ring->out + 1) % ring->size;
		if (ms)
			usleep(ms * 1000);
		printf("%d\n", next_consumed.value);
	}
}

static int argument(int argc, char **argv, int n, int otherwise)
{
	return argc > n ? atoi(argv[n]) : otherwise;
}

int main(int argc, char **argv)
{
	int size = argument(argc, argv, 1, 10), producers = argument(argc, argv, 2, 1);
	int consumers = argument(argc, argv, 3, 1);
	int slow_in = argument(argc, argv, 4, 0), slow_out = argument(argc, argv, 5, 0);
	/* As long as the buffer wants to be: the array at the end of the structure has
	 * no size of its own. */
	struct ring *ring = mmap(NULL, sizeof *ring + size * sizeof ring->buffer[0],
				 PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t child;

	if (ring == MAP_FAILED)
		return 1;
	/* Before fork: the children have to find it there. */
	ring->size = size;
	for (int i = 0; i < consumers; i++) {
		child = fork();
		if (child == 0)
			consume(ring, slow_out);
	}
	for (int i = 1; i < producers; i++) {
		child = fork();
		if (child == 0)
			return produce(ring, 100 * i + 101, slow_in), 0;
	}
	produce(ring, 101, slow_in);
	/* Consumers never end by themselves; whoever runs this says when it is enough: ^C. */
	while (wait(NULL) > 0)
		;
	return 0;
}
