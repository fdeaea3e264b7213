/* SPDX-License-Identifier: 0BSD */
/* unseen: P2 prepares three things, P1 uses them. A semaphore tells P1 when to go on.
 *     Alone:  cc -o unseen unseen.c && ./unseen */
#include "shared.h"

struct shared {
	int things;
	sem_t ready;
};

int main(void)
{
	struct shared *shared = page(sizeof *shared);

	/* Between processes, and what it begins with: sem_init(3). */
	sem_init(&shared->ready, 1, 1);
	if (fork() == 0) {
		for (int i = 0; i < 3; i++)
			shared->things = shared->things + 1;
		/* Once, for all three. */
		sem_post(&shared->ready);
		return 0;
	}
	sem_wait(&shared->ready);
	printf("%d\n", shared->things);
	/* So that no zombie is left: wait(2). */
	wait(NULL);
	return 0;
}
