/* SPDX-License-Identifier: 0BSD */
/* pair: parent (P1) and child (P2) talk over the two ends of a socketpair, each through
 * one descriptor. With pipes it would take two of them, and four descriptors.
 *     Alone:  cc -o pair pair.c && ./pair */
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
	char text[16];
	int fds[2];

	/* Two sockets, connected, without a name: socketpair(2). Only who has a
	 * descriptor can use them. */
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds) < 0)
		return 1;
	if (fork() == 0) {
		/* Each closes the other's end, or neither would ever see end of file. */
		close(fds[0]);
		write(fds[1], "pong", 4);
		read(fds[1], text, sizeof text);
		printf("P2 got %.4s\n", text);
		return 0;
	}
	close(fds[1]);
	write(fds[0], "ping", 4);
	read(fds[0], text, sizeof text);
	printf("P1 got %.4s\n", text);
	wait(NULL);
	return 0;
}
