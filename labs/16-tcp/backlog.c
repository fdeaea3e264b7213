/* SPDX-License-Identifier: 0BSD */
/* backlog [N]: a server, P1, that has said listen(fd, N), 1 if not said, and is in no
 * hurry to accept. Three clients come: P2, P3, P4. It does not end: ^C.
 *     Alone:  cc -o backlog backlog.c && timeout 3 ./backlog 1 */
#include "tcp.h"

int main(int argc, char **argv)
{
	/* listen(2) says what the backlog is: connections that are whole and wait for
	 * accept. */
	int fd = tcp_listen(0, argc > 1 ? atoi(argv[1]) : 1), port = tcp_port(fd);

	for (int i = 0; i < 3; i++)
		if (fork() == 0) {
			close(fd);
			/* connect(2) says when it comes back, and when it does not. */
			fd = tcp_connect(port);
			printf("connected\n");
			close(fd);
			return 0;
		}
	pause(); /* has other things to do */
	return 0;
}
