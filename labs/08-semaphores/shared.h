/* SPDX-License-Identifier: 0BSD */
/* A page that two processes share. For the programs of this lab: built with -pthread
 * where the C library wants it. */
#ifndef SHARED_H
#define SHARED_H

#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* size bytes that parent and child will both have after fork; all zero. Ends the program without it. */
static inline void *page(size_t size)
{
	/* MAP_SHARED: a store is seen by all. To be called before fork; each has it at
	 * the same address then. */
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		exit(1);
	return p;
}

#endif
