/* SPDX-License-Identifier: 0BSD */
/* meet: a server, P1, and a client, P2, on this machine. P2 says hello and closes; P1
 * compares the port of its connection with the one it listens at.
 *     Alone:  cc -o meet meet.c && ./meet */
#include "tcp.h"

int main(void)
{
	int fd = tcp_listen(0, 5), port = tcp_port(fd), connection;
	char text[16];

	if (fork() == 0) {
		close(fd);
		/* Any number of clients may come: each gets a connection of its own. */
		fd = tcp_connect(port);
		send(fd, "hello", 5, 0);
		close(fd);
		return 0;
	}
	/* A new socket for this client; fd stays what it was: accept(2). */
	connection = accept(fd, NULL, NULL);
	/* Sleeps until something is there: here, hello. */
	recv(connection, text, sizeof text, 0);
	printf("the connection has %s port\n", tcp_port(connection) == port ? "the same" : "another");
	/* And now 0: the client has closed its end. */
	recv(connection, text, sizeof text, 0);
	close(connection);
	wait(NULL);
	return 0;
}
