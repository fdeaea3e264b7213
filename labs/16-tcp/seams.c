/* SPDX-License-Identifier: 0BSD */
/* seams: P2 sends two words, one after the other, P1 receives once, with room enough,
 * when both are there.
 *     Alone:  cc -o seams seams.c && timeout 2 ./seams */
#include "tcp.h"

int main(void)
{
	int fd = tcp_listen(0, 5), port = tcp_port(fd), connection;
	char text[64];
	ssize_t n;

	if (fork() == 0) {
		close(fd);
		fd = tcp_connect(port);
		/* When bytes go out is the kernel's business: TCP_NODELAY and TCP_CORK
		 * in tcp(7). */
		send(fd, "one", 3, 0);
		send(fd, "two", 3, 0);
		/* Stays connected, so that P1 sees no end of file. P2 then has to be
		 * ended by ^C. */
		pause();
		return 0;
	}
	connection = accept(fd, NULL, NULL);
	/* Sleeps until anything is there. */
	n = recv(connection, text, sizeof text, 0);
	printf("a message: %.*s\n", (int)n, text);
	return 0;
}
