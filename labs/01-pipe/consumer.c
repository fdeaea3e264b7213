/* SPDX-License-Identifier: 0BSD */
/*
 * The consumer: reads from the pipe, one byte a call, until end of file, and says how many bytes
 * came. read returns 0 at end of file, and waits while the pipe is empty and may still be written
 * to: pipe(7).
 */
#include <stdio.h>
#include <unistd.h>

#include "pipe.h"

void consumer(int fds[2], bool tidy)
{
	int bytes = 0;
	char c;

	/* fork gave this process both ends. It needs one. */
	if (tidy)
		close(fds[1]);

	while (read(fds[0], &c, 1) == 1)
		bytes++;

	printf("end of file after %d bytes\n", bytes);
	close(fds[0]);
}
