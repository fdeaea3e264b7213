/* SPDX-License-Identifier: 0BSD */
/* locked: who wants to add takes the lock first, and gives it back afterwards. P1 and
 * P2 add 1 each.
 *     Alone:  cc -o locked locked.c && ./locked */
#include "locked.h"

static void add(struct shared *shared)
{
	pthread_mutex_lock(&shared->lock);
	shared->count = shared->count + 1; /* the critical section */
	/* Whoever sleeps in lock goes on now. Forgotten here, it would sleep for ever. */
	pthread_mutex_unlock(&shared->lock);
}

int main(void)
{
	struct shared *shared = shared_make();

	if (!shared)
		return 1;
	if (fork() == 0) {
		add(shared);
		return 0;
	}
	add(shared);
	wait(NULL);
	printf("%d\n", shared->count);
	return 0;
}
