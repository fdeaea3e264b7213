/* SPDX-License-Identifier: 0BSD */
/* own: as order, but the semaphore is an ordinary variable. pshared is 1 all the same:
 * sem_init(3).
 *     Alone:  cc -o own own.c && timeout 2 ./own */
#include "shared.h"

static sem_t ready;

int main(void)
{
	int *answer = page(sizeof *answer);

	sem_init(&ready, 1, 0);
	if (fork() == 0) {
		*answer = 42;
		/* After the answer: who waits for ready looks at it at once. */
		sem_post(&ready);
		return 0;
	}
	/* Until somebody has posted. */
	sem_wait(&ready);
	printf("%d\n", *answer);
	wait(NULL);
	return 0;
}
