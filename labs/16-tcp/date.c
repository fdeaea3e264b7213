/* SPDX-License-Identifier: 0BSD */
/* date [PORT]: the date server of the course, in C. Port 6013 if not said. ^C ends it.
 *     Alone:  cc -o date date.c && ./date &
 *     Client: nc 127.0.0.1 6013, or python3, or telnet: it only has to connect and read */
#include <time.h>

#include "tcp.h"

int main(int argc, char **argv)
{
	int fd = tcp_listen(argc > 1 ? atoi(argv[1]) : 6013, 5);

	for (;;) {
		/* Sleeps until somebody comes. One client after the other: the next
		 * ones wait in the backlog. */
		int connection = accept(fd, NULL, NULL);
		time_t now = time(NULL);
		const char *text = ctime(&now);

		/* Without MSG_NOSIGNAL a client that has gone away would end the
		 * server, by SIGPIPE: send(2). */
		send(connection, text, strlen(text), MSG_NOSIGNAL);
		/* This is what tells the client that there is no more. A server that
		 * forgets it also runs out of descriptors, after a thousand clients. */
		close(connection);
	}
}
