/* SPDX-License-Identifier: 0BSD */
/* Windows' local procedure calls, as the course has them, on Unix sockets: the
 * connection port is a listening socket with a name; a private port is one end of a
 * socketpair; a handle is a descriptor. The course's four steps have their numbers
 * below. See unix(7). */
#ifndef LPC_H
#define LPC_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define CONNECTION_PORT "server" /* its name, in the file system */

static const struct sockaddr_un connection_address = {.sun_family = AF_UNIX, .sun_path = CONNECTION_PORT};

/* ---- handles on their way: SCM_RIGHTS ---- */

/* n handles in one message, with a byte that has to go along: a stream carries no empty
 * message. What arrives are descriptors of the receiver's own, for the same sockets. */
static inline void handles_send(int over, const int *handles, size_t n)
{
	char byte = 'h', room[CMSG_SPACE(2 * sizeof(int))] = {0};
	struct iovec data = {&byte, 1};
	struct msghdr m = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = room,
			   .msg_controllen = CMSG_SPACE(n * sizeof(int))};
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);

	*c = (struct cmsghdr){.cmsg_len = CMSG_LEN(n * sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
	memcpy(CMSG_DATA(c), handles, n * sizeof(int));
	sendmsg(over, &m, 0);
}

/* Sleeps until they come; `handles` is as it was if none came. */
static inline void handles_receive(int over, int *handles, size_t n)
{
	char byte, room[CMSG_SPACE(2 * sizeof(int))];
	struct iovec data = {&byte, 1};
	struct msghdr m = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = room, .msg_controllen = sizeof room};

	if (recvmsg(over, &m, 0) > 0 && CMSG_FIRSTHDR(&m))
		memcpy(handles, CMSG_DATA(CMSG_FIRSTHDR(&m)), n * sizeof(int));
}

/* ---- the four steps of the slide ---- */

/* The one port that has a name, so that clients find it: bind(2), listen(2). Ends the
 * program when the name is taken. */
static inline int port_publish(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	if (bind(fd, (const struct sockaddr *)&connection_address, sizeof connection_address) < 0 || listen(fd, 5) < 0) {
		perror(CONNECTION_PORT);
		exit(1);
	}
	return fd;
}

/* 1, 2: the client opens a handle to the connection port, and sends a request. ports[0]: to ask the server;
 * ports[1]: to be asked by it (callbacks). */
static inline void lpc_connect(int ports[2])
{
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	if (connect(fd, (const struct sockaddr *)&connection_address, sizeof connection_address) < 0)
		exit(1);
	write(fd, "connect", 7);
	handles_receive(fd, ports, 2);
	/* The handle of the connection port is given back. */
	close(fd);
}

/* 3: the server makes two private ports, and gives the client a handle to each. */
static inline void lpc_accept(int connection_port, int ports[2], int keeps)
{
	int fd = accept(connection_port, NULL, NULL), ask[2], callback[2], theirs[2];
	char text[16];

	read(fd, text, sizeof text);
	/* SOCK_SEQPACKET keeps the borders of messages, and their order: a read gives
	 * one whole message. */
	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ask) < 0 || socketpair(AF_UNIX, SOCK_SEQPACKET, 0, callback) < 0)
		exit(1);
	theirs[0] = ask[1];
	theirs[1] = callback[1];
	handles_send(fd, theirs, 2);
	/* What is sent is duplicated, as by dup(2). */
	if (!keeps) {
		close(ask[1]);
		close(callback[1]);
	}
	close(fd);
	ports[0] = ask[0];
	ports[1] = callback[0];
}

#endif
