/* SPDX-License-Identifier: 0BSD */
/* six [K]: mmap has six arguments. The K-th one is wrong (none, if it is 0). It prints
 * what mmap says.
 *     Alone:  cc -o six six.c && for k in 0 1 2 3 4 5 6; do ./six $k; done */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* MAP_FIXED_NOREPLACE, strerrorname_np */
#endif
#include <errno.h>

#include "file.h"

int main(int argc, char **argv)
{
	int wrong = argc > 1 ? atoi(argv[1]) : 0, made = file_make("abc"), fd = open(NAME, O_RDONLY);
	char *taken = file_map(made, 4096, MAP_SHARED);
	void *p = mmap(wrong == 1 ? taken : NULL,               /* where: something lies there */
		       wrong == 2 ? (size_t)-1 : 4096,          /* length: more than there are addresses */
		       wrong == 3 ? PROT_WRITE : PROT_READ,     /* may write: the file is open to be read */
		       (wrong == 4 ? 0 : MAP_SHARED) |          /* shared or private: neither is said */
			       (wrong == 1 ? MAP_FIXED_NOREPLACE : 0),
		       wrong == 5 ? 99 : fd,                    /* descriptor: there is none */
		       wrong == 6 ? 100 : 0);                   /* from where: not where a page begins */

	printf("%s\n", p == MAP_FAILED ? strerrorname_np(errno) : "mapped");
	return 0;
}
