/* SPDX-License-Identifier: 0BSD */
/* half: P1 takes the lock, P2 does not. */
#include "locked.h"

static void add_with_lock(struct shared *shared)
{
	pthread_mutex_lock(&shared->lock);
	shared->count = shared->count + 1;
	pthread_mutex_unlock(&shared->lock);
}

/* Somebody thought: it is only one line, and the other side is careful. */
static void add(struct shared *shared)
{
	shared->count = shared->count + 1;
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
	add_with_lock(shared);
	wait(NULL);
	printf("%d\n", shared->count);
	return 0;
}
