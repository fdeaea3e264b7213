/* SPDX-License-Identifier: 0BSD */
/* date [PORT]: the date server of the course, in C. Port 6013 if not said. ^C ends it. */
#include <time.h>

#include "tcp.h"

int main(int argc, char **argv)
{
	int fd = tcp_listen(argc > 1 ? atoi(argv[1]) : 6013, 5);

	for (;;) {
		int connection = accept(fd, NULL, NULL);
		time_t now = time(NULL);
		const char *text = ctime(&now);

		send(connection, text, strlen(text), MSG_NOSIGNAL);
		close(connection);
	}
}
