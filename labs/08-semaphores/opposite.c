/* SPDX-License-Identifier: 0BSD */
/* opposite: two locks, a and b. P1 takes a and then b, P2 takes b and then a.
 *     Alone:  cc -o opposite opposite.c && timeout 2 ./opposite */
#include "shared.h"

struct shared {
	int moved;
	sem_t a, b;
};

static void move(struct shared *shared, sem_t *first, sem_t *second)
{
	/* To move something from here to there needs both. */
	sem_wait(first);
	sem_wait(second);
	shared->moved = shared->moved + 1;
	sem_post(second);
	sem_post(first);
}

int main(void)
{
	struct shared *shared = page(sizeof *shared);

	/* 1: free. A semaphore that begins with 1 is a lock: sem_overview(7). */
	sem_init(&shared->a, 1, 1);
	sem_init(&shared->b, 1, 1);
	if (fork() == 0) {
		move(shared, &shared->b, &shared->a);
		return 0;
	}
	/* The same function, other arguments: in the source it does not catch the eye. */
	move(shared, &shared->a, &shared->b);
	/* P1 waits for P2's end before it prints. */
	wait(NULL);
	printf("%d\n", shared->moved);
	return 0;
}
