/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Both ends of a pair of Unix sockets receive first.
 *
 * why HANG
 * why P1 recvfrom unix @recv <- P2 * inherited @pair
 * why P2 recvfrom unix @recv <- P1 * opened @pair
 * why cycle P1 P2
 */
#include <sys/socket.h>
#include <unistd.h>

int main(void)
{
	int pair[2], me;
	char byte;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0) /* @pair */
		return 1;
	me = fork() == 0;
	close(pair[!me]);
	recv(pair[me], &byte, 1, 0); /* @recv */
	return 0;
}
