/* SPDX-License-Identifier: 0BSD */
/* typing: P1 waits for somebody who types. P2 does the long work meanwhile. When a line
 * has come P1 says how far the work is.
 *     Alone:  cc -o typing typing.c && ./typing      (and type something) */
#include "page.h"

struct shared {
	int done; /* pieces of the long work */
};

int main(void)
{
	struct shared *shared = page(sizeof *shared);
	char line[80];

	if (fork() == 0) {
		/* P1 only looks at done, P2 alone writes it: one writer needs no lock. */
		for (int i = 0; i < 20; i++)
			shared->done = shared->done + 1;
		return 0;
	}
	/* read(2) on a terminal comes back when a line is whole. */
	if (read(STDIN_FILENO, line, sizeof line) > 0)
		printf("%d pieces are done\n", shared->done);
	/* The work is finished in any case: P1 stays until P2 has ended. */
	wait(NULL);
	return 0;
}
