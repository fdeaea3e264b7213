/* SPDX-License-Identifier: 0BSD */
/* edges stream|dgram|seqpacket: P1 sends one and two through a pair of that type, and
 * reads once, with room for both. It prints what that gives.
 *     Alone:  cc -o edges edges.c && for t in stream dgram seqpacket; do ./edges $t; done */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	const char *word = argc > 1 ? argv[1] : "stream";
	int type = strcmp(word, "dgram") == 0 ? SOCK_DGRAM : strcmp(word, "seqpacket") == 0 ? SOCK_SEQPACKET : SOCK_STREAM;
	char text[16];
	int fds[2];
	ssize_t n;

	/* One process may have both ends: what it writes into the one it reads from the
	 * other. Nobody waits here, for the socket has room for both words.
	 * socketpair(2). */
	if (socketpair(AF_UNIX, type, 0, fds) < 0)
		return 1;
	write(fds[0], "one", 3);
	write(fds[0], "two", 3);
	n = read(fds[1], text, sizeof text); /* room for both */
	printf("%.*s\n", (int)n, text);
	return 0;
}
