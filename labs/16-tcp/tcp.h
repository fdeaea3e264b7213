/* SPDX-License-Identifier: 0BSD */
/* A listening socket and a connected one, on this machine only: 127.0.0.1. tcp(7),
 * ip(7). */
#ifndef TCP_H
#define TCP_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* Numbers of an address are in network byte order, the most significant byte first,
 * whatever the machine has: htons and htonl, see byteorder(3). A port forgotten there
 * is another port, and no error. */
static inline struct sockaddr_in tcp_address(int port)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return a;
}

/* The port that a socket of this process has. */
static inline int tcp_port(int fd)
{
	struct sockaddr_in a;
	socklen_t n = sizeof a;

	return getsockname(fd, (struct sockaddr *)&a, &n) < 0 ? -1 : ntohs(a.sin_port);
}

/* A socket that others can connect to; port 0: the kernel chooses one that is free. Ends the program
 * when it cannot be had. */
static inline int tcp_listen(int port, int backlog)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
	struct sockaddr_in a = tcp_address(port);

	/* Without this the port stays taken for a minute after the last server's end:
	 * socket(7). */
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
	/* bind(2) gives it its port. listen(2) makes it passive: it will never carry
	 * bytes, only bring connections. */
	if (bind(fd, (struct sockaddr *)&a, sizeof a) < 0 || listen(fd, backlog) < 0) {
		perror("bind or listen");
		exit(1);
	}
	return fd;
}

/* No bind: the kernel chooses a port for the client. Ends the program when nobody
 * listens there: ECONNREFUSED. */
static inline int tcp_connect(int port)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	struct sockaddr_in a = tcp_address(port);

	if (connect(fd, (struct sockaddr *)&a, sizeof a) < 0) {
		perror("connect");
		exit(1);
	}
	return fd;
}

#endif
