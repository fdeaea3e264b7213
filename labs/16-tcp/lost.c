/* SPDX-License-Identifier: 0BSD */
/* lost: P2 is a server that does not get round to reading. P1, its client, sends it an
 * order of five letters, and waits for an answer.
 *     Alone:  cc -o lost lost.c && ./lost       (and kill the server meanwhile, from another window) */
#include <errno.h>

#include "tcp.h"

int main(void)
{
	int fd = tcp_listen(0, 5), port = tcp_port(fd), status;
	char text[16];
	pid_t server = fork();

	if (server == 0) {
		int connection = accept(fd, NULL, NULL);

		/* The kernel accepts bytes for it all the same, as long as there is
		 * room. */
		sleep(60); /* busy */
		recv(connection, text, sizeof text, 0);
		send(connection, "done", 4, 0);
		return 0;
	}
	close(fd);
	fd = tcp_connect(port);
	/* What a number means that send(2) gives is the question. */
	printf("sent: %zd bytes\n", send(fd, "order", 5, 0));
	/* Sleeps until there is an answer, end of file, or an error of the connection. */
	if (recv(fd, text, sizeof text, 0) < 0)
		printf("recv: %s\n", strerror(errno));
	wait(&status);
	return 0;
}
