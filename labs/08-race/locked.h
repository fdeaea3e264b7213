/* SPDX-License-Identifier: 0BSD */
/* A number, and a lock beside it, on a page that two processes share. */
#ifndef LOCKED_H
#define LOCKED_H

#include <pthread.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

struct shared {
	int count;
	pthread_mutex_t lock;
};

/* The page, with a lock that works between processes. NULL: the machine has no memory for it. */
static inline struct shared *shared_make(void)
{
	struct shared *shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pthread_mutexattr_t attr;

	if (shared == MAP_FAILED)
		return NULL;
	pthread_mutexattr_init(&attr);
	/* Without this the lock is one between threads of one process. */
	pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	/* Once, by one process, before fork: pthread_mutex_init(3). */
	pthread_mutex_init(&shared->lock, &attr);
	/* Only the recipe is thrown away, not the lock. */
	pthread_mutexattr_destroy(&attr);
	return shared;
}

#endif
