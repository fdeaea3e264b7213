/* SPDX-License-Identifier: 0BSD */
/* pieces: every look at count is made under the lock, and still. P1 and P2 add 1 each.
 *     Alone:  cc -o pieces pieces.c && ./pieces */
#include "locked.h"

static void add(struct shared *shared)
{
	/* A variable of this process's own, for the time in between. */
	int count;

	pthread_mutex_lock(&shared->lock);
	/* Under the lock: no other process touches count at this moment. */
	count = shared->count;
	pthread_mutex_unlock(&shared->lock);

	pthread_mutex_lock(&shared->lock);
	/* Under the lock again. */
	shared->count = count + 1;
	pthread_mutex_unlock(&shared->lock);
}

int main(void)
{
	/* The lock lies beside the number, where both can reach it. */
	struct shared *shared = shared_make();

	if (!shared)
		return 1;
	if (fork() == 0) {
		add(shared);
		return 0;
	}
	add(shared);
	/* P2 is done after this, and so the number can be printed. */
	wait(NULL);
	printf("%d\n", shared->count);
	return 0;
}
