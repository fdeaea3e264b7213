/* SPDX-License-Identifier: 0BSD */
/* order: P1 has something to say, but only after P2. A semaphore that begins with 0.
 *     Alone:  cc -o order order.c && ./order */
#include "shared.h"

struct shared {
	int answer;
	sem_t ready; /* how many answers are ready */
};

int main(void)
{
	struct shared *shared = page(sizeof *shared);

	sem_init(&shared->ready, 1, 0); /* 1: between processes; 0: nothing is ready */
	if (fork() == 0) {
		shared->answer = 42;
		/* sem_post(3) never waits, and is remembered if nobody waits for it
		 * yet. */
		sem_post(&shared->ready);
		return 0;
	}
	sem_wait(&shared->ready);
	printf("%d\n", shared->answer);
	wait(NULL);
	return 0;
}
