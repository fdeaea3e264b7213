/* SPDX-License-Identifier: 0BSD */
/* unseen: a server that makes a child for each client. The client reads until end of file. */
#include "tcp.h"

static void client(int port)
{
	int fd = tcp_connect(port);
	char c;

	while (recv(fd, &c, 1, 0) == 1)
		putchar(c);
	printf("that was all\n");
}

int main(void)
{
	int fd = tcp_listen(0, 5), port = tcp_port(fd), connection;

	if (fork() == 0) {
		close(fd);
		client(port);
		return 0;
	}
	connection = accept(fd, NULL, NULL);
	if (fork() == 0) { /* the child for this client */
		close(fd);
		send(connection, "hi\n", 3, 0);
		return 0;
	}
	accept(fd, NULL, NULL); /* waits for the next client */
	return 0;
}
