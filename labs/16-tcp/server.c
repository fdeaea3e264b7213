/* SPDX-License-Identifier: 0BSD */
/* server [PORT]: the uppercase server of the course, for one client after the other.
 * Port 12000 if not said. ^C ends it. One process: while it serves a client, the next
 * ones wait in the backlog.
 *     Alone:  cc -o server server.c && ./server &
 *     Client: nc 127.0.0.1 12000, or python3 client.py 12000 */
#include <errno.h>

#include "upper.h"

int main(int argc, char **argv)
{
	int fd = tcp_listen(argc > 1 ? atoi(argv[1]) : 12000, 1);

	for (;;) {
		/* Sleeps until somebody is connected. The new socket is for this client; fd
		 * stays what it is, for the next one. */
		int connection = accept(fd, NULL, NULL);

		/* A client that was gone before it was fetched is no reason for a server
		 * to end: accept(2). */
		if (connection >= 0)
			upper(connection);
		else if (errno != ECONNABORTED && errno != EINTR)
			break;
	}
	perror("accept");
	return 1;
}
