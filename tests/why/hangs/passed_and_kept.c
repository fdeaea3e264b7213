/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A write end is passed over a Unix socket; the receiver never closes it.
 *
 * why HANG
 * why P1 read pipe @read <- P2 write received @receive
 * why P2 read unix @more <- P1 * opened @pair
 */
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

union control {
	struct cmsghdr head;
	char room[CMSG_SPACE(sizeof(int))];
};

static void send_end(int socket, int fd)
{
	union control c = {0};
	struct iovec v = {"m", 1};
	struct msghdr m = {
		.msg_iov = &v, .msg_iovlen = 1, .msg_control = &c, .msg_controllen = sizeof c};

	c.head = (struct cmsghdr){CMSG_LEN(sizeof fd), SOL_SOCKET, SCM_RIGHTS};
	memcpy(CMSG_DATA(&c.head), &fd, sizeof fd);
	sendmsg(socket, &m, 0);
}

static void receive_end(int socket)
{
	union control c = {0};
	char byte;
	struct iovec v = {&byte, 1};
	struct msghdr m = {
		.msg_iov = &v, .msg_iovlen = 1, .msg_control = &c, .msg_controllen = sizeof c};

	recvmsg(socket, &m, 0); /* @receive */
}

int main(void)
{
	int pair[2], ends[2];
	char byte;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0) /* @pair */
		return 1;
	if (fork() == 0) {
		close(pair[0]);
		receive_end(pair[1]);
		(void)!read(pair[1], &byte, 1); /* @more */
		_exit(0);
	}
	close(pair[1]);
	if (pipe(ends) < 0)
		return 1;
	send_end(pair[0], ends[1]);
	close(ends[1]);
	while (read(ends[0], &byte, 1) > 0) /* @read */
		;
	return 0;
}
