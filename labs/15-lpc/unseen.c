/* SPDX-License-Identifier: 0BSD */
/* unseen: two clients, one server, which gives both the same private port. */
#include "lpc.h"

static void client(const char *who)
{
	int fd = socket(AF_UNIX, SOCK_STREAM, 0), handle = -1;
	char text[32];
	ssize_t n;

	if (connect(fd, (const struct sockaddr *)&connection_address, sizeof connection_address) < 0)
		exit(1);
	handles_receive(fd, &handle, 1);
	write(handle, who, 2);
	n = read(handle, text, sizeof text);
	printf("%s got the answer for %.*s\n", who, (int)n, text);
}

int main(void)
{
	int port = port_publish(), one[2];
	char text[32];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, one) < 0)
		return 1;
	for (int i = 0; i < 2; i++)
		if (fork() == 0) {
			close(port);
			close(one[0]);
			close(one[1]);
			client(i ? "P3" : "P2");
			return 0;
		}
	for (int i = 0; i < 2; i++) {
		int fd = accept(port, NULL, NULL);

		handles_send(fd, &one[1], 1);
		close(fd);
	}
	for (int i = 0; i < 2; i++) {
		ssize_t n = read(one[0], text, sizeof text);

		write(one[0], text, (size_t)n);
	}
	while (wait(NULL) > 0)
		;
	unlink(CONNECTION_PORT);
	return 0;
}
