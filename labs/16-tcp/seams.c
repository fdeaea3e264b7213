/* SPDX-License-Identifier: 0BSD */
/* seams: P2 sends two words, P1 receives once, with room enough. */
#include "tcp.h"

int main(void)
{
	int fd = tcp_listen(0, 5), port = tcp_port(fd), connection;
	char text[64];
	ssize_t n;

	if (fork() == 0) {
		close(fd);
		fd = tcp_connect(port);
		send(fd, "one", 3, 0);
		send(fd, "two", 3, 0);
		pause();
		return 0;
	}
	connection = accept(fd, NULL, NULL);
	n = recv(connection, text, sizeof text, 0);
	printf("a message: %.*s\n", (int)n, text);
	return 0;
}
