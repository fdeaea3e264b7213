/* SPDX-License-Identifier: 0BSD */
/* flood [N]: P1 sends N datagrams of 500 bytes to itself, 40 if not said, and only then
 * looks what has arrived.
 *     Alone:  cc -o flood flood.c && ./flood 5; ./flood 40 */
#include "udp.h"

int main(int argc, char **argv)
{
	int n = argc > 1 ? atoi(argv[1]) : 40, room = 8192, port, got = 0, fd = udp_open(&port);
	char text[501];

	/* The kernel keeps room for so many bytes, its own bookkeeping included (it takes twice that). */
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
	memset(text, 'x', 500);
	text[500] = '\0';
	for (int i = 0; i < n; i++)
		udp_send(fd, port, text);
	/* MSG_DONTWAIT: -1, EAGAIN, when there is no more, else this would sleep at the
	 * end: recv(2). */
	while (recv(fd, text, 500, MSG_DONTWAIT) > 0)
		got++;
	printf("%s\n", got == n ? "all arrived" : "some are lost");
	return 0;
}
