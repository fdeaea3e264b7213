/* SPDX-License-Identifier: 0BSD */
/* robust [plain]: a mutex that lies in a mapped file. P2 adds 1 under it, and so does
 * P1. Its owner may die: a robust one is made for that, a plain one is not.
 *     Alone:  cc -o robust robust.c && ./robust      (nobody dies unless you see to it) */
#include <errno.h>
#include <pthread.h>

#include "file.h"

struct notes {
	int count;
	pthread_mutex_t lock;
};

/* PTHREAD_PROCESS_SHARED: threads of several processes may use it. Without that it is a
 * mutex among the threads of one process, and what it does here is not defined. Like
 * the counter, it is nothing but bytes in the page: both have to find it in the same
 * place. */
static void mutex_make(pthread_mutex_t *lock, int robust)
{
	pthread_mutexattr_t attr;

	pthread_mutexattr_init(&attr);
	pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	if (robust)
		pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST);
	pthread_mutex_init(lock, &attr);
	pthread_mutexattr_destroy(&attr);
}

int main(int argc, char **argv)
{
	int robust = argc < 2 || strcmp(argv[1], "plain") != 0;
	int fd = open(NAME, O_RDWR | O_CREAT | O_TRUNC, 0600), result;
	struct notes *notes;

	if (fd < 0 || ftruncate(fd, sizeof *notes) < 0)
		return 1;
	notes = file_map(fd, sizeof *notes, MAP_SHARED);
	mutex_make(&notes->lock, robust);
	/* Made before fork, by one process, once: two that make it would undo each
	 * other's lock. */
	if (fork() == 0) {
		pthread_mutex_lock(&notes->lock);
		notes->count = notes->count + 1;
		pthread_mutex_unlock(&notes->lock);
		return 0;
	}
	/* An answer that is not 0 need not mean that there is no lock:
	 * pthread_mutexattr_setrobust(3). */
	result = pthread_mutex_lock(&notes->lock);
	if (result == EOWNERDEAD) {
		printf("the owner died\n");
		pthread_mutex_consistent(&notes->lock); /* I have looked: count can be used */
	}
	notes->count = notes->count + 1;
	pthread_mutex_unlock(&notes->lock);
	wait(NULL);
	printf("%d\n", notes->count);
	return 0;
}
