/* SPDX-License-Identifier: 0BSD */
/* opposite: two locks. One takes a and then b, the other b and then a. */
#include "shared.h"

struct shared {
	int moved;
	sem_t a, b;
};

static void move(struct shared *shared, sem_t *first, sem_t *second)
{
	sem_wait(first);
	sem_wait(second);
	shared->moved = shared->moved + 1;
	sem_post(second);
	sem_post(first);
}

int main(void)
{
	struct shared *shared = page(sizeof *shared);

	sem_init(&shared->a, 1, 1);
	sem_init(&shared->b, 1, 1);
	if (fork() == 0) {
		move(shared, &shared->b, &shared->a);
		return 0;
	}
	move(shared, &shared->a, &shared->b);
	wait(NULL);
	printf("%d\n", shared->moved);
	return 0;
}
