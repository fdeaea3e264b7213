/* SPDX-License-Identifier: 0BSD */
/* Datagrams on this machine: udp(7), ip(7). No connection: every send says where to,
 * every receive is told where from. */
#ifndef UDP_H
#define UDP_H

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* Network byte order, see byteorder(3). */
static inline struct sockaddr_in udp_address(int port)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return a;
}

/* A socket at a port that the kernel chooses; *port. Ends the program when there is none. */
static inline int udp_open(int *port)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	struct sockaddr_in a = udp_address(0);
	socklen_t n = sizeof a;

	/* Port 0: one that is free. getsockname(2) says which it has become. Without a
	 * port nobody could answer. */
	if (bind(fd, (struct sockaddr *)&a, sizeof a) < 0 || getsockname(fd, (struct sockaddr *)&a, &n) < 0)
		exit(1);
	*port = ntohs(a.sin_port);
	return fd;
}

/* No connection is needed: the address goes with each call. sendto(2). At most 65507
 * bytes. */
static inline ssize_t udp_send(int fd, int port, const char *text)
{
	struct sockaddr_in to = udp_address(port);

	return sendto(fd, text, strlen(text), 0, (struct sockaddr *)&to, sizeof to);
}

/* Sleeps until there is one: recvfrom(2). A datagram of 0 bytes is one, too, and no end
 * of file. `text` gets a 0 at its end, so that it can be printed. *port (may be NULL):
 * whose it is. */
static inline ssize_t udp_receive(int fd, char *text, size_t room, int *port)
{
	struct sockaddr_in from = {0};
	socklen_t n = sizeof from;
	ssize_t got = recvfrom(fd, text, room - 1, 0, (struct sockaddr *)&from, &n);

	text[got < 0 ? 0 : got] = '\0';
	if (port)
		*port = ntohs(from.sin_port);
	return got;
}

#endif
