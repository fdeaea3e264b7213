/* SPDX-License-Identifier: 0BSD */
/* ring [ITEMS]: one producer, P1, one consumer, P2, one page between them; 12 items if
 * not said.
 *     Alone:  cc -o ring main.c producer.c consumer.c && ./ring 20 */
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ring.h"

int main(int argc, char **argv)
{
	int items = argc > 1 ? atoi(argv[1]) : 12;
	/* MAP_SHARED, before fork: one page for both. MAP_ANONYMOUS: no file behind it;
	 * all zero. mmap(2). */
	struct ring *ring = mmap(NULL, sizeof *ring, PROT_READ | PROT_WRITE,
				 MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (ring == MAP_FAILED)
		return 1;
	if (fork() == 0) {
		consumer(ring, items);
		return 0;
	}
	producer(ring, items);
	/* The page lives as long as one of the two has it. */
	wait(NULL);
	return 0;
}
