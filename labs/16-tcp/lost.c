/* SPDX-License-Identifier: 0BSD */
/* lost: P2 sends a letter to a server that does not get round to reading it, and waits for an answer. */
#include <errno.h>

#include "tcp.h"

int main(void)
{
	int fd = tcp_listen(0, 5), port = tcp_port(fd), status;
	char text[16];
	pid_t server = fork();

	if (server == 0) {
		int connection = accept(fd, NULL, NULL);

		sleep(60); /* busy */
		recv(connection, text, sizeof text, 0);
		send(connection, "done", 4, 0);
		return 0;
	}
	close(fd);
	fd = tcp_connect(port);
	printf("sent: %zd bytes\n", send(fd, "order", 5, 0));
	if (recv(fd, text, sizeof text, 0) < 0)
		printf("recv: %s\n", strerror(errno));
	wait(&status);
	return 0;
}
