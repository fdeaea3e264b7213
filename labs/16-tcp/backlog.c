/* SPDX-License-Identifier: 0BSD */
/* backlog [N]: a server that has said listen(fd, N), 1 if not said, and is in no hurry to accept. Three
 * clients come. */
#include "tcp.h"

int main(int argc, char **argv)
{
	int fd = tcp_listen(0, argc > 1 ? atoi(argv[1]) : 1), port = tcp_port(fd);

	for (int i = 0; i < 3; i++)
		if (fork() == 0) {
			close(fd);
			fd = tcp_connect(port);
			printf("connected\n");
			close(fd);
			return 0;
		}
	pause(); /* has other things to do */
	return 0;
}
