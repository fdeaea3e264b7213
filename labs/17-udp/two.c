/* SPDX-License-Identifier: 0BSD */
/* two [ROOM]: P2 sends two datagrams, of ten letters and of three. P1 receives twice,
 * with that much room, 64 if not said.
 *     Alone:  cc -o two two.c && ./two; ./two 4 */
#include "udp.h"

int main(int argc, char **argv)
{
	size_t room = argc > 1 ? (size_t)atoi(argv[1]) : 64;
	int port, mine, fd = udp_open(&port);
	char text[100];

	if (room + 1 > sizeof text)
		return 2;
	if (fork() == 0) {
		close(fd);
		fd = udp_open(&mine);
		/* Never waits for a receiver: the kernel keeps it at P1's socket, or
		 * not. */
		udp_send(fd, port, "ABCDEFGHIJ");
		udp_send(fd, port, "xyz");
		return 0;
	}
	for (int i = 0; i < 2; i++) {
		/* Sleeps until one is there. recv(2) has a word on messages that are
		 * too long. */
		udp_receive(fd, text, room + 1, NULL);
		printf("got %s\n", text);
	}
	return 0;
}
