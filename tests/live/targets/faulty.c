/* SPDX-License-Identifier: GPL-3.0-or-later */
/* By itself it gets everything: five bytes, then a byte from its child, then two datagrams. With faults it is given a short
 * read, an interrupted one, and one datagram. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static void on_signal(int sig)
{
	(void)sig;
}

static int datagrams(void)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof at;
	int in = socket(AF_INET, SOCK_DGRAM, 0), out = socket(AF_INET, SOCK_DGRAM, 0), got = 0;
	char byte;

	if (bind(in, (struct sockaddr *)&at, sizeof at) || getsockname(in, (struct sockaddr *)&at, &n) ||
		connect(out, (struct sockaddr *)&at, n))
		return -1;
	if (send(out, "a", 1, 0) != 1 || send(out, "b", 1, 0) != 1)
		return -1;
	while (recv(in, &byte, 1, MSG_DONTWAIT) == 1)
		got++;
	return got;
}

int main(void)
{
	struct sigaction action = {.sa_handler = on_signal};
	int full[2], empty[2];
	char bytes[64];
	ssize_t one, two;

	sigaction(SIGUSR1, &action, NULL);
	if (pipe(full) || pipe(empty) || write(full[1], "hello", 5) != 5)
		return 1;
	one = read(full[0], bytes, sizeof bytes);
	if (fork() == 0)
		return write(empty[1], "x", 1) != 1;
	two = read(empty[0], bytes, sizeof bytes);
	printf("read %zd, %s, %d datagrams\n", one, two < 0 ? "interrupted" : "one more", datagrams());
	wait(NULL);
	return 0;
}
