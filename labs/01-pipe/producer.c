/* SPDX-License-Identifier: 0BSD */
/*
 * The producer: writes "hello" into the pipe, one byte a call, and closes its write end.
 * It never reads, so it closes its read end first. If nobody could read any more, write would
 * fail with EPIPE and SIGPIPE would end the process: pipe(7).
 */
#include <stdio.h>
#include <unistd.h>

#include "pipe.h"

void producer(int fds[2])
{
	const char *item = "hello";

	close(fds[0]);
	while (*item != '\0') {
		/* The bytes go into the kernel's buffer; write waits only while that is full. */
		if (write(fds[1], item, 1) == -1) {
			perror("producer: write");
			break;
		}
		item++;
	}

	/* No more will come. A reader learns that when nobody holds a write end. */
	close(fds[1]);
}
