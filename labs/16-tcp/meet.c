/* SPDX-License-Identifier: 0BSD */
/* meet: a server and a client, on this machine. */
#include "tcp.h"

int main(void)
{
	int fd = tcp_listen(0, 5), port = tcp_port(fd), connection;
	char text[16];

	if (fork() == 0) {
		close(fd);
		fd = tcp_connect(port);
		send(fd, "hello", 5, 0);
		close(fd);
		return 0;
	}
	connection = accept(fd, NULL, NULL);
	recv(connection, text, sizeof text, 0);
	printf("the connection has %s port\n", tcp_port(connection) == port ? "the same" : "another");
	recv(connection, text, sizeof text, 0);
	close(connection);
	wait(NULL);
	return 0;
}
