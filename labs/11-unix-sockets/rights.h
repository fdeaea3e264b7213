/* SPDX-License-Identifier: 0BSD */
/* A descriptor sent over a Unix socket, and received: SCM_RIGHTS, see unix(7) and
 * cmsg(3). Beside its bytes a message may carry control data; the kernel reads these,
 * and does the work. */
#ifndef RIGHTS_H
#define RIGHTS_H

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* One byte has to go with it: a stream carries no empty message. */
static inline int fd_send(int over, int fd)
{
	char byte = 'x';
	struct iovec data = {&byte, 1};
	/* CMSG_SPACE: room for the head and the number, with padding. The union is for
	 * the alignment. */
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} control = {.head = {.cmsg_len = CMSG_LEN(sizeof(int)),
			      .cmsg_level = SOL_SOCKET,
			      .cmsg_type = SCM_RIGHTS}};
	struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1,
				 .msg_control = &control, .msg_controllen = sizeof control};

	/* Where control data lie the macros of cmsg(3) say, never an addition by hand. */
	memcpy(CMSG_DATA(&control.head), &fd, sizeof fd);
	return sendmsg(over, &message, 0) == 1 ? 0 : -1;
}

/* The number that it has here; -1: none came. */
static inline int fd_receive(int over)
{
	char byte;
	int fd = -1;
	struct iovec data = {&byte, 1};
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} control;
	struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1,
				 .msg_control = &control, .msg_controllen = sizeof control};

	/* Sleeps until a message comes. Who passes no room for control data loses them,
	 * and a flag says so: MSG_CTRUNC in recvmsg(2). */
	if (recvmsg(over, &message, 0) == 1 && CMSG_FIRSTHDR(&message))
		memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof fd);
	return fd;
}

#endif
