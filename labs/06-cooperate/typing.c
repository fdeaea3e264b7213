/* SPDX-License-Identifier: 0BSD */
/* typing: P1 waits for somebody who types. P2 does the long work meanwhile. */
#include "page.h"

struct shared {
	int done; /* pieces of the long work */
};

int main(void)
{
	struct shared *shared = page(sizeof *shared);
	char line[80];

	if (fork() == 0) {
		for (int i = 0; i < 20; i++)
			shared->done = shared->done + 1;
		return 0;
	}
	if (read(STDIN_FILENO, line, sizeof line) > 0)
		printf("%d pieces are done\n", shared->done);
	wait(NULL);
	return 0;
}
