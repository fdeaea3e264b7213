/* SPDX-License-Identifier: 0BSD */
/* ring [ITEMS]: one producer, one consumer, one page between them. */
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ring.h"

int main(int argc, char **argv)
{
	int items = argc > 1 ? atoi(argv[1]) : 12;
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
