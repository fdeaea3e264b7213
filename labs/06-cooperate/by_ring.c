/* SPDX-License-Identifier: 0BSD */
/* by_ring [ITEMS]: items go from P1 to P2 through memory that both have. Nobody asks the kernel. */
#include <stdatomic.h>

#include "page.h"

enum { CELLS = 16 };

struct ring {
	int buffer[CELLS];
	_Atomic int in, out; /* atomic: it is compiled to be quick */
};

int main(int argc, char **argv)
{
	int items = argc > 1 ? atoi(argv[1]) : 1000;
	struct ring *ring = page(sizeof *ring);

	if (fork() == 0) {
		long sum = 0;

		for (int i = 0; i < items; i++) {
			while (ring->in == ring->out)
				; /* empty */
			sum += ring->buffer[ring->out];
			ring->out = (ring->out + 1) % CELLS;
		}
		printf("%ld\n", sum);
		return 0;
	}
	for (int i = 0; i < items; i++) {
		while ((ring->in + 1) % CELLS == ring->out)
			; /* full */
		ring->buffer[ring->in] = i;
		ring->in = (ring->in + 1) % CELLS;
	}
	wait(NULL);
	return 0;
}
