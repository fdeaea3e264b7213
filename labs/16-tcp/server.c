/* SPDX-License-Identifier: 0BSD */
/* server [PORT]: the uppercase server of the course, for one client after the other. Port 12000 if not
 * said. Try it with: nc 127.0.0.1 12000, or python3 client.py 12000. ^C ends it. */
#include "upper.h"

int main(int argc, char **argv)
{
	int fd = tcp_listen(argc > 1 ? atoi(argv[1]) : 12000, 1);

	for (;;)
		upper(accept(fd, NULL, NULL));
}
