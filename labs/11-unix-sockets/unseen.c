/* SPDX-License-Identifier: 0BSD */
/* unseen: P1 sends P2 the end of a pipe to read from, closes its own, and writes into
 * the pipe.
 *     Alone:  cc -o unseen unseen.c && ./unseen */
#include "rights.h"

int main(void)
{
	int talk[2], fds[2];
	char c;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, talk) < 0 || pipe(fds) < 0)
		return 1;
	if (fork() == 0) {
		int fd;

		/* Both were copied by fork. P2 wants the one that is sent to it. */
		close(fds[0]);
		close(fds[1]);
		fd = fd_receive(talk[1]);
		read(fd, &c, 1);
		printf("P2 got %c\n", c);
		return 0;
	}
	/* Does not wait for P2. */
	fd_send(talk[0], fds[0]);
	close(fds[0]);
	write(fds[1], "z", 1);
	/* P1 waits for P2's end before its own: its terminal stays in order. */
	wait(NULL);
	return 0;
}
