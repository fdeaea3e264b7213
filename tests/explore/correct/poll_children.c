/* SPDX-License-Identifier: GPL-3.0-or-later */
/* poll on two sockets, while children end and SIGCHLD comes. */
/* explore: fine */
#include "../program.h"

#include <poll.h>
#include <sys/socket.h>

static int ends[2][2];
static void sender(int me) { if (send(ends[me][1], "x", 1, 0) != 1) _exit(1); }
int main(void)
{
	int got = 0;
	char c;

	for (int i = 0; i < 2; i++)
		if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends[i]) != 0)
			return 99;
	start(sender, 0);
	start(sender, 1);
	while (got < 2) {
		struct pollfd p[2] = {{.fd = ends[0][0], .events = POLLIN}, {.fd = ends[1][0], .events = POLLIN}};

		if (poll(p, 2, -1) <= 0)
			return 2;
		for (int i = 0; i < 2; i++)
			if (p[i].revents & POLLIN && recv(ends[i][0], &c, 1, 0) == 1)
				got++;
	}
	return wait_all();
}
