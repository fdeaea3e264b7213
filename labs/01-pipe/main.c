/* SPDX-License-Identifier: 0BSD */
/*
 * Ordinary pipes: one pipe, one process that writes, one that reads.
 *
 *     pipe         the consumer uses both ends as it got them
 *     pipe tidy    the consumer closes the end it does not use, first of all
 *
 * A pipe has no name: only a process that holds an end of it, or inherits one, can use it. That
 * is why the pipe is made first and the child second. See pipe(2), fork(2), wait(2).
 */
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pipe.h"

int main(int argc, char *argv[])
{
	int fds[2]; /* fds[0] reads, fds[1] writes */

	(void)argv;
	if (pipe(fds) == -1) {
		perror("pipe");
		return 1;
	}

	/* From here on there are two processes, and each of them has both ends. */
	switch (fork()) {
	case -1:
		perror("fork");
		return 1;
	case 0:
		consumer(fds, argc > 1);
		return 0;
	}
	producer(fds);

	/* Nobody else collects the child. This returns when it has ended. */
	wait(NULL);
	return 0;
}
