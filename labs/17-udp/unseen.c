/* SPDX-License-Identifier: 0BSD */
/* unseen: P1 asks P2 for a number, and takes the next datagram for the answer. P3 is a
 * stranger, who sends a number, too.
 *     Alone:  cc -o unseen unseen.c && ./unseen */
#include "udp.h"

int main(void)
{
	int server, client, mine, from, server_fd = udp_open(&server), fd = udp_open(&client);
	char text[16];

	if (fork() == 0) {
		close(fd);
		/* Answers to whoever asked: the address comes with the question. */
		udp_receive(server_fd, text, sizeof text, &from);
		udp_send(server_fd, from, "42");
		return 0;
	}
	close(server_fd);
	if (fork() == 0) {
		close(fd);
		fd = udp_open(&mine);
		/* To P1's port. A real stranger would have to guess it. */
		udp_send(fd, client, "666");
		return 0;
	}
	udp_send(fd, server, "?");
	/* Sleeps until a datagram is there. The last argument could take who sent it. */
	udp_receive(fd, text, sizeof text, NULL);
	printf("the answer is %s\n", text);
	while (wait(NULL) > 0)
		;
	return 0;
}
