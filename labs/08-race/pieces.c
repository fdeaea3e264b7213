/* SPDX-License-Identifier: 0BSD */
/* pieces: every look at count is made under the lock, and still. */
#include "locked.h"

static void add(struct shared *shared)
{
	int count;

	pthread_mutex_lock(&shared->lock);
	count = shared->count;
	pthread_mutex_unlock(&shared->lock);

	pthread_mutex_lock(&shared->lock);
	shared->count = count + 1;
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
