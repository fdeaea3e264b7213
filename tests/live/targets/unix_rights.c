/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Descriptors over Unix sockets: a pipe's end in flight keeps the pipe open; received, peeked at, thrown away, close-on-exec. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static void say(const char *what, long n)
{
	printf("%s %ld%s%s\n", what, n, n < 0 ? " " : "", n < 0 ? strerrorname_np(errno) : "");
}

static long send_fds(int socket, const int *fds, int n)
{
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(4 * sizeof(int))] = {0};
	struct iovec v = {"m", 1};
	struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1, .msg_control = control,
		.msg_controllen = CMSG_SPACE((size_t)n * sizeof(int))};
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN((size_t)n * sizeof(int));
	memcpy(CMSG_DATA(c), fds, (size_t)n * sizeof(int));
	return sendmsg(socket, &m, 0);
}

static int receive_fds(int socket, int *fds, int flags)
{
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(4 * sizeof(int))] = {0};
	char byte;
	struct iovec v = {&byte, 1};
	struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
	struct cmsghdr *c;
	int n;

	if (recvmsg(socket, &m, flags) != 1)
		return -1;
	c = CMSG_FIRSTHDR(&m);
	if (!c)
		return 0;
	n = (int)((c->cmsg_len - CMSG_LEN(0)) / sizeof(int));
	memcpy(fds, CMSG_DATA(c), (size_t)n * sizeof(int));
	return n;
}

/* The write end of a pipe travels to a child, which writes; in flight it is the only one. */
static void pipe_end(int type)
{
	int pair[2], ends[2], got[4], status;
	char text[16];

	if (socketpair(AF_UNIX, type, 0, pair) < 0 || pipe(ends) < 0)
		exit(1);
	say("sent", send_fds(pair[0], &ends[1], 1));
	close(ends[1]);
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	say("in flight", read(ends[0], text, sizeof text));
	fcntl(ends[0], F_SETFL, 0);
	fflush(stdout);
	if (fork() == 0) {
		int n = receive_fds(pair[1], got, MSG_CMSG_CLOEXEC);
		if (n != 1 || !(fcntl(got[0], F_GETFD) & FD_CLOEXEC))
			_exit(1);
		_exit(write(got[0], "through", 7) == 7 ? 7 : 2);
	}
	close(pair[1]);
	say("read", read(ends[0], text, sizeof text));
	say("end", read(ends[0], text, sizeof text));
	wait(&status);
	say("child", WEXITSTATUS(status));
	close(pair[0]);
	close(ends[0]);
}

/* Never received: with the queue, what is in flight goes. */
static void thrown_away(void)
{
	int pair[2], ends[2];
	char text[4];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0 || pipe(ends) < 0)
		exit(1);
	say("sent", send_fds(pair[0], &ends[1], 1));
	close(ends[1]);
	say("plain read", read(pair[1], text, sizeof text));
	say("end", read(ends[0], text, sizeof text));
	close(ends[0]);
	if (pipe(ends) < 0)
		exit(1);
	say("sent", send_fds(pair[0], &ends[1], 1));
	close(ends[1]);
	close(pair[1]);
	say("end", read(ends[0], text, sizeof text));
}

/* Two at once, sockets among them; peeking copies. */
static void several(void)
{
	int pair[2], other[2], both[2], got[4] = {-1, -1, -1, -1}, file = open("/dev/null", O_WRONLY);
	char text[8];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, other) < 0)
		exit(1);
	both[0] = other[1];
	both[1] = file;
	say("sent", send_fds(pair[0], both, 2));
	close(other[1]);
	say("peeked", receive_fds(pair[1], got, MSG_PEEK));
	close(got[0]);
	close(got[1]);
	say("received", receive_fds(pair[1], got, 0));
	say("write", write(got[0], "hello", 5));
	say("read", read(other[0], text, sizeof text));
	say("write", write(got[1], "away", 4));
	close(got[0]);
	say("end", read(other[0], text, sizeof text));
}

int main(void)
{
	pipe_end(SOCK_STREAM);
	pipe_end(SOCK_DGRAM);
	thrown_away();
	several();
	return 0;
}
