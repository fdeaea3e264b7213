/* SPDX-License-Identifier: 0BSD */
/* atomic [ITEMS]: the loops of plain.c, in and out atomic, each store a release and
 * each look an acquire. P1 is the producer, P2 the consumer, who prints what it takes.
 *     Alone:  cc -O2 -o atomic atomic.c && ./atomic 20 */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define BUFFER_SIZE 10

typedef struct {
	int value;
} item;

struct ring {
	item buffer[BUFFER_SIZE];
	_Atomic int in;  /* only the producer stores it */
	_Atomic int out; /* only the consumer stores it */
};

/* _Atomic: no store is seen by halves. acquire: what is read after this look is at
 * least as new as what the other one had stored before its release. C11, 7.17.3. */
static int look(_Atomic int *index)
{
	return atomic_load_explicit(index, memory_order_acquire);
}

/* release: everything stored before this is there for whoever sees the new index. So an
 * item is in its cell before in says so, also on a processor that changes the order of
 * stores (ARM does, x86 does not). relaxed: this side alone stores that index, and
 * knows it. */
static void advance(_Atomic int *index)
{
	int next = (atomic_load_explicit(index, memory_order_relaxed) + 1) % BUFFER_SIZE;

	atomic_store_explicit(index, next, memory_order_release);
}

__attribute__((noinline)) void wait_while_empty(struct ring *ring)
{
	/* It still spins: atomic says nothing about sleeping. */
	while (look(&ring->in) == look(&ring->out))
		; /* do nothing: empty */
}

static void consumer(struct ring *ring, int items)
{
	for (int i = 0; i < items; i++) {
		item next_consumed;

		wait_while_empty(ring);
		next_consumed = ring->buffer[look(&ring->out)];
		advance(&ring->out);
		printf("%d\n", next_consumed.value);
	}
}

static void producer(struct ring *ring, int items)
{
	for (int i = 0; i < items; i++) {
		item next_produced = {.value = 11 + i};

		/* usleep(3): the consumer has to look more than once. */
		usleep(1000); /* an item takes its time */
		while ((look(&ring->in) + 1) % BUFFER_SIZE == look(&ring->out))
			; /* do nothing: full */
		ring->buffer[look(&ring->in)] = next_produced;
		advance(&ring->in);
	}
}

int main(int argc, char **argv)
{
	int items = argc > 1 ? atoi(argv[1]) : 1;
	/* Zero at first, as all new memory of the kernel: in == out, which is empty. */
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
