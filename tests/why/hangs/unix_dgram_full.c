/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Datagrams between two Unix sockets: both send until the other's queue is full, nobody receives.
 *
 * why HANG
 * why P1 sendto unix @send <- P2 * inherited @pair
 * why P2 sendto unix @send <- P1 * opened @pair
 */
#include <sys/socket.h>
#include <unistd.h>

int main(void)
{
	int pair[2], me;

	if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) < 0) /* @pair */
		return 1;
	me = fork() == 0;
	close(pair[!me]);
	for (;;)
		send(pair[me], "datagram", 8, 0); /* @send */
}
