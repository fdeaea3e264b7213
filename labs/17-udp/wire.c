/* SPDX-License-Identifier: 0BSD */
/* wire HOW: P1 sends three datagrams to P2, through P3, which does to them what
 * networks do. HOW: well, lose (every second one), swap (the first two), or twice (each
 * of them). P2 prints what it got, as one word.
 *     Alone:  cc -o wire wire.c && for how in well lose swap twice; do ./wire $how; done */
#include "udp.h"

/* A router in a few lines. It has no duty to anybody: IP promises to try, and UDP adds
 * a port and a checksum. */
static void wire(int fd, int to, const char *how)
{
	char first[16], text[16];

	for (int i = 0; i < 3; i++) {
		udp_receive(fd, text, sizeof text, NULL);
		if (!strcmp(how, "lose") && i % 2)
			continue;
		/* In a real network two ways of different length do it. */
		if (!strcmp(how, "swap") && i == 0) {
			strcpy(first, text);
			continue;
		}
		udp_send(fd, to, text);
		/* A router that sent it again, since it was not sure. */
		if (!strcmp(how, "twice"))
			udp_send(fd, to, text);
		if (!strcmp(how, "swap") && i == 1)
			udp_send(fd, to, first);
	}
	udp_send(fd, to, "."); /* that was all */
}

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "well";
	int to, through, mine, fd = udp_open(&to), wire_fd = udp_open(&through);
	char text[16], all[64] = "";

	if (fork() == 0) {
		close(wire_fd);
		/* The end is a datagram, too. If that one got lost P2 would wait for
		 * ever: there is no end of file. */
		do {
			udp_receive(fd, text, sizeof text, NULL);
			strncat(all, text, sizeof all - strlen(all) - 1);
		} while (strcmp(text, ".") != 0);
		printf("got %s\n", all);
		return 0;
	}
	close(fd);
	if (fork() == 0) {
		wire(wire_fd, to, how);
		return 0;
	}
	close(wire_fd);
	fd = udp_open(&mine);
	/* To the wire. P1 does not know what became of them, and nobody will tell it. */
	udp_send(fd, through, "1");
	udp_send(fd, through, "2");
	udp_send(fd, through, "3");
	while (wait(NULL) > 0)
		;
	return 0;
}
