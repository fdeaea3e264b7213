/* SPDX-License-Identifier: 0BSD */
/* half: P1 takes the lock, P2 does not. Each adds 1 to count, P1 prints it.
 *     Alone:  cc -o half half.c && ./half */
#include "locked.h"

static void add_with_lock(struct shared *shared)
{
	/* Sleeps while somebody else has it: pthread_mutex_lock(3). */
	pthread_mutex_lock(&shared->lock);
	shared->count = shared->count + 1;
	/* Given back as soon as possible: others may be waiting. */
	pthread_mutex_unlock(&shared->lock);
}

/* Somebody thought: it is only one line, and the other side is careful. */
static void add(struct shared *shared)
{
	shared->count = shared->count + 1;
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
	add_with_lock(shared);
	/* P2 is done after this, and so the number can be printed. */
	wait(NULL);
	printf("%d\n", shared->count);
	return 0;
}
