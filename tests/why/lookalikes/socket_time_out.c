/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A receive from a socket pair of one's own with SO_RCVTIMEO.
 *
 * why ENDED
 */
#include <sys/socket.h>
#include <sys/time.h>

int main(void)
{
	struct timeval limit = {0, 300000};
	int pair[2];
	char byte;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0)
		return 1;
	setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
	recv(pair[0], &byte, 1, 0);
	return 0;
}
