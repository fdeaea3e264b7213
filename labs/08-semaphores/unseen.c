/* SPDX-License-Identifier: 0BSD */
/* unseen: P2 prepares three things, P1 uses them. A semaphore tells P1 when to go on. */
#include "shared.h"

struct shared {
	int things;
	sem_t ready;
};

int main(void)
{
	struct shared *shared = page(sizeof *shared);

	sem_init(&shared->ready, 1, 1);
	if (fork() == 0) {
		for (int i = 0; i < 3; i++)
			shared->things = shared->things + 1;
		sem_post(&shared->ready);
		return 0;
	}
	sem_wait(&shared->ready);
	printf("%d\n", shared->things);
	wait(NULL);
	return 0;
}
