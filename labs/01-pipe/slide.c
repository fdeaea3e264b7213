/* SPDX-License-Identifier: 0BSD */
/*
 * A sentence from a slide, tried: "data written to read_fd can be read back from write_fd".
 * pipe(2) says of the two numbers which is which.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(void)
{
	int fds[2];
	char c = 'x';

	if (pipe(fds) == -1) {
		perror("pipe");
		return 1;
	}

	/* As the slide has it. */
	if (write(fds[0], &c, 1) == -1)
		fprintf(stderr, "write to fds[0]: %s\n", strerror(errno));

	/* As pipe(2) has it. */
	if (write(fds[1], &c, 1) == -1)
		return 1;
	if (read(fds[0], &c, 1) == -1)
		return 1;
	return 0;
}
