/* SPDX-License-Identifier: 0BSD */
/* lock [FIRST]: a semaphore as a lock around a number. FIRST is what it begins with, 1
 * if not said. P1 and P2 add 1 each, P1 prints it.
 *     Alone:  cc -o lock lock.c && ./lock 1; ./lock 2 */
#include "shared.h"

struct shared {
	int count;
	sem_t lock;
};

static void add(struct shared *shared)
{
	/* sem_wait(3): sleeps while it is 0, then takes 1 away. A semaphore does not
	 * note who did so: unlike a mutex it could be posted by anybody. */
	sem_wait(&shared->lock);
	shared->count = shared->count + 1;
	sem_post(&shared->lock);
}

int main(int argc, char **argv)
{
	struct shared *shared = page(sizeof *shared);

	sem_init(&shared->lock, 1, argc > 1 ? (unsigned)atoi(argv[1]) : 1);
	/* P2 has the page from here on, and the semaphore in it. */
	if (fork() == 0) {
		add(shared);
		return 0;
	}
	add(shared);
	wait(NULL);
	printf("%d\n", shared->count);
	return 0;
}
