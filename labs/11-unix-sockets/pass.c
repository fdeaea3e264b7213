/* SPDX-License-Identifier: 0BSD */
/* pass: P1 has a pipe that was made after fork, so P2 has not got it. P1 sends P2 the
 * end to write into, over a Unix socket, and reads until end of file. P2 writes one
 * letter.
 *     Alone:  cc -o pass pass.c && timeout 3 ./pass */
#include "rights.h"

int main(void)
{
	int talk[2], fds[2];
	char c;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, talk) < 0)
		return 1;
	if (fork() == 0) {
		int fd;

		close(talk[0]);
		/* Sleeps until the message comes. */
		fd = fd_receive(talk[1]);
		write(fd, "y", 1);
		close(fd);
		return 0;
	}
	close(talk[1]);
	if (pipe(fds) < 0)
		return 1;
	/* rights.h has the call, unix(7) the contract. */
	fd_send(talk[0], fds[1]);
	while (read(fds[0], &c, 1) == 1)
		printf("P1 got %c\n", c);
	wait(NULL);
	return 0;
}
