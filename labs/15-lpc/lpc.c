/* SPDX-License-Identifier: 0BSD */
/* lpc [N]: the slide's figure. P1 is the server, P2 the client; N questions, one if not
 * said.
 *     Alone:  cc -o lpc lpc.c && ./lpc 2 */
#include "lpc.h"

static void client(int questions)
{
	int ports[2];
	char text[32];
	ssize_t n;

	/* The steps 1 and 2, and the client's part of 3: see lpc.h. */
	lpc_connect(ports);
	for (int i = 0; i < questions; i++) {
		write(ports[0], "add it up", 9); /* 4: a message ... */
		n = read(ports[1], text, sizeof text);
		printf("P2 is asked: %.*s\n", (int)n, text);
		write(ports[1], "20 and 22", 9);
		/* SOCK_SEQPACKET: one read, one message. It sleeps until there is one. */
		n = read(ports[0], text, sizeof text);
		printf("P2 got %.*s\n", (int)n, text);
	}
}

int main(int argc, char **argv)
{
	int questions = argc > 1 ? atoi(argv[1]) : 1, port = port_publish(), ports[2];
	char text[32];
	ssize_t n;

	if (fork() == 0) {
		close(port);
		client(questions);
		return 0;
	}
	/* 0: it keeps no copies of what it gives away. */
	lpc_accept(port, ports, 0);
	/* 0, end of file: nobody has the other end any more. */
	while ((n = read(ports[0], text, sizeof text)) > 0) {
		write(ports[1], "add what?", 9); /* ... a callback: the server asks ... */
		n = read(ports[1], text, sizeof text);
		write(ports[0], "42", 2); /* ... and the reply */
	}
	printf("the client is %s\n", n == 0 ? "gone" : "there");
	wait(NULL);
	unlink(CONNECTION_PORT);
	return 0;
}
