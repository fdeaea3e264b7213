/* SPDX-License-Identifier: 0BSD */
/* A page that parent and child will both have after fork. For the programs of this lab. */
#ifndef PAGE_H
#define PAGE_H

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* MAP_SHARED: a store is seen by all who have it, so it has to be called before fork.
 * With MAP_PRIVATE each would have a copy from its first store on. MAP_ANONYMOUS: there
 * is no file behind it, hence no name, and nobody who is not a child can get it:
 * mmap(2). */
/* size bytes, all zero. Ends the program when the machine has none. */
static inline void *page(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		exit(1);
	return p;
}

#endif
