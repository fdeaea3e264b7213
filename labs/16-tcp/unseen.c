/* SPDX-License-Identifier: 0BSD */
/* unseen: a server, P1, that makes a child, P3, for each client. The client, P2, reads
 * until end of file.
 *     Alone:  cc -o unseen unseen.c && timeout 3 ./unseen */
#include "tcp.h"

static void client(int port)
{
	int fd = tcp_connect(port);
	char c;

	/* 0 is end of file, -1 an error; either ends this. */
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
	/* Sleeps until P2 has connected. */
	connection = accept(fd, NULL, NULL);
	if (fork() == 0) { /* the child for this client */
		close(fd);
		send(connection, "hi\n", 3, 0);
		return 0;
	}
	accept(fd, NULL, NULL); /* waits for the next client */
	return 0;
}
