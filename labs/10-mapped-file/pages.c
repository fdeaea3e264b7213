/* SPDX-License-Identifier: 0BSD */
/* pages [K]: maps a file of 100 pages, touches K of them (3 if not said), and asks the
 * kernel how many are in memory: after the mmap, and after the touching.
 *     Alone:  cc -o pages pages.c && ./pages 50 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* mincore, madvise */
#endif
#include "file.h"

enum { PAGES = 100 };

/* mincore(2): a byte for each page; its lowest bit says whether a touch would find it
 * in memory. */
static int in_memory(void *p, long page)
{
	unsigned char there[PAGES];
	int n = 0;

	mincore(p, (size_t)(PAGES * page), there);
	for (int i = 0; i < PAGES; i++)
		n += there[i] & 1;
	return n;
}

int main(int argc, char **argv)
{
	int touch = argc > 1 ? atoi(argv[1]) : 3, fd = open(NAME, O_RDWR | O_CREAT | O_TRUNC, 0600);
	long page = sysconf(_SC_PAGESIZE);
	volatile char *p;
	int sum = 0;

	/* ftruncate(2) makes 100 pages of zeros, and nobody writes them: the file is
	 * one hole. */
	if (fd < 0 || ftruncate(fd, PAGES * page) < 0)
		return 1;
	p = file_map(fd, (size_t)(PAGES * page), MAP_SHARED);
	/* Else the kernel would guess, and fetch neighbours of a page that was touched:
	 * good for speed, bad for counting. */
	madvise((void *)p, (size_t)(PAGES * page), MADV_RANDOM); /* fetch no page that was not asked for */
	printf("mapped: %d in memory\n", in_memory((void *)p, page));
	for (int i = 0; i < touch && i < PAGES; i++)
		sum += p[i * page];
	printf("touched %d: %d in memory\n", touch, in_memory((void *)p, page));
	return sum;
}
