/* SPDX-License-Identifier: 0BSD */
/* unseen: two clients, P2 and P3, one server, P1, which gives both the same private
 * port. The server sends back what it gets.
 *     Alone:  cc -o unseen unseen.c && ./unseen */
#include "lpc.h"

static void client(const char *who)
{
	int fd = socket(AF_UNIX, SOCK_STREAM, 0), handle = -1;
	char text[32];
	ssize_t n;

	/* The steps 1 and 2 of lpc.h, by hand. */
	if (connect(fd, (const struct sockaddr *)&connection_address, sizeof connection_address) < 0)
		exit(1);
	handles_receive(fd, &handle, 1);
	/* Its name is the question: P2, or P3. The answer should be the same. */
	write(handle, who, 2);
	n = read(handle, text, sizeof text);
	printf("%s got the answer for %.*s\n", who, (int)n, text);
}

int main(void)
{
	int port = port_publish(), one[2];
	char text[32];

	/* Made once, before any client comes. */
	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, one) < 0)
		return 1;
	for (int i = 0; i < 2; i++)
		if (fork() == 0) {
			close(port);
			/* What fork has copied is not used: a client has only what the
			 * server sends it. */
			close(one[0]);
			close(one[1]);
			client(i ? "P3" : "P2");
			return 0;
		}
	for (int i = 0; i < 2; i++) {
		int fd = accept(port, NULL, NULL);

		/* The same end each time: two descriptors, in two processes, for one
		 * socket. */
		handles_send(fd, &one[1], 1);
		close(fd);
	}
	for (int i = 0; i < 2; i++) {
		/* A server that answers in the order of the questions. */
		ssize_t n = read(one[0], text, sizeof text);

		write(one[0], text, (size_t)n);
	}
	while (wait(NULL) > 0)
		;
	unlink(CONNECTION_PORT);
	return 0;
}
