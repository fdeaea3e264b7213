/* SPDX-License-Identifier: 0BSD */
/* addresses [offset]: one page, mapped by two processes. P1 leaves a word in it, and
 * notes where the word lies: by its address, or (offset) by how far it is from the
 * beginning of the page. P2 looks there and prints what it finds.
 *     Alone:  cc -o addresses addresses.c && ./addresses && ./addresses offset */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* memfd_create */
#endif
#include <string.h>

#include "page.h"

struct shared {
	/* In a structure that is shared only bytes are shared. What a number in it
	 * means is up to those who read it: agree on that before you share. */
	char *where; /* P1's address of it */
	long offset; /* or this many bytes from the beginning */
	char word[16];
};

static struct shared *map(int fd)
{
	/* NULL: the kernel chooses the place, wherever this process has room. mmap(2)
	 * promises nothing about which place that is, and nothing about the same place
	 * twice. */
	struct shared *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (shared == MAP_FAILED)
		exit(1);
	return shared;
}

int main(int argc, char **argv)
{
	int by_offset = argc > 1 && strcmp(argv[1], "offset") == 0;
	/* A file without a name, in memory: memfd_create(2). Like every new file it has
	 * no bytes, so ftruncate(2) gives it a page. P2 gets the descriptor by fork;
	 * each maps it for itself. */
	int fd = memfd_create("page", 0);

	if (fd < 0 || ftruncate(fd, 4096) < 0)
		return 1;
	if (fork() == 0) {
		/* P2 has work of its own to do, and needs memory for it first. */
		char *own = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		struct shared *mine = map(fd);

		if (own == MAP_FAILED)
			return 1;
		/* A guess, and no order: on a slow machine P1 may need longer than
		 * that. */
		sleep(1); /* P1 has written by then. (A semaphore would do better.) */
		printf("%s\n", by_offset ? (char *)mine + mine->offset : mine->where);
		return 0;
	}
	struct shared *mine = map(fd);

	strcpy(mine->word, "hello");
	/* The same place, said in two ways. */
	mine->where = mine->word;
	mine->offset = mine->word - (char *)mine;
	wait(NULL);
	return 0;
}
