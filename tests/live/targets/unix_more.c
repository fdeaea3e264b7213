/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Other calls on Unix sockets: vectors, many messages at once, splice, sendfile, time-outs, dup, an exec that keeps one open. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static void say(const char *what, long n)
{
	printf("%s %ld%s%s\n", what, n, n < 0 ? " " : "", n < 0 ? strerrorname_np(errno) : "");
}

static void vectors(void)
{
	char a[4], b[8];
	struct iovec out[2] = {{"abc", 3}, {"defg", 4}}, in[2] = {{a, 4}, {b, 8}};
	int s[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, s) < 0)
		exit(1);
	say("writev", writev(s[0], out, 2));
	say("readv", readv(s[1], in, 2));
	close(s[0]);
	close(s[1]);
}

static void many(int type)
{
	char a[8], b[8];
	struct iovec v[2] = {{"first", 5}, {"second", 6}}, w[2] = {{a, 8}, {b, 8}};
	struct mmsghdr out[2] = {{.msg_hdr = {.msg_iov = &v[0], .msg_iovlen = 1}}, {.msg_hdr = {.msg_iov = &v[1], .msg_iovlen = 1}}};
	struct mmsghdr in[2] = {{.msg_hdr = {.msg_iov = &w[0], .msg_iovlen = 1}}, {.msg_hdr = {.msg_iov = &w[1], .msg_iovlen = 1}}};
	int s[2];

	if (socketpair(AF_UNIX, type, 0, s) < 0)
		exit(1);
	say("sendmmsg", sendmmsg(s[0], out, 2, 0));
	say("recvmmsg", recvmmsg(s[1], in, 2, MSG_DONTWAIT, NULL));
	say("lengths", (long)(in[0].msg_len * 100 + in[1].msg_len));
	say("left", recv(s[1], a, sizeof a, MSG_DONTWAIT));
	close(s[0]);
	close(s[1]);
}

static void moved(void)
{
	int s[2], p[2], file = open("/etc/passwd", O_RDONLY);
	char text[16];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, s) < 0 || pipe(p) < 0)
		exit(1);
	say("sendfile", sendfile(s[0], file, NULL, 10));
	say("read", read(s[1], text, sizeof text));
	say("write", write(p[1], "12345", 5));
	say("splice in", splice(p[0], NULL, s[0], NULL, 100, 0));
	say("splice out", splice(s[1], NULL, p[1], NULL, 3, 0));
	say("read", read(p[0], text, sizeof text));
	say("read", read(s[1], text, sizeof text));
	close(s[0]);
	say("splice end", splice(s[1], NULL, p[1], NULL, 3, 0));
}

static void waits(void)
{
	struct timeval t = {0, 20000};
	int s[2], on = 1;
	char text[4];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, s) < 0)
		exit(1);
	say("time-out", setsockopt(s[0], SOL_SOCKET, SO_RCVTIMEO, &t, sizeof t));
	say("nothing", read(s[0], text, sizeof text));
	say("nonblocking", ioctl(s[1], FIONBIO, &on));
	say("nothing", read(s[1], text, sizeof text));
	say("dup", dup2(s[1], 100));
	close(s[1]);
	say("write", write(100, "x", 1));
	say("read", read(s[0], text, sizeof text));
	fflush(stdout);
	if (fork() == 0) {
		dup2(100, 1);
		execlp("echo", "echo", "hi", (char *)NULL);
		_exit(1);
	}
	wait(NULL);
	close(100);
	say("from exec", read(s[0], text, sizeof text));
	say("end", read(s[0], text, sizeof text));
}

/* SOCK_RAW: datagrams. */
static void raw(void)
{
	struct sockaddr_un nobody = {.sun_family = AF_UNIX, .sun_path = "/dev/null"};
	char text[8];
	int s[2];

	if (socketpair(AF_UNIX, SOCK_RAW, 0, s) < 0)
		exit(1);
	say("to nobody", sendto(s[0], "x", 1, 0, (struct sockaddr *)&nobody, sizeof nobody));
	say("empty", send(s[0], "", 0, 0));
	say("two", send(s[0], "ab", 2, 0));
	say("three", send(s[0], "abc", 3, 0));
	say("empty", recv(s[1], text, sizeof text, 0));
	say("two", recv(s[1], text, sizeof text, 0));
	say("three", recv(s[1], text, sizeof text, 0));
	close(s[0]);
	close(s[1]);
}

int main(void)
{
	int netlink = socket(AF_NETLINK, SOCK_RAW, 0);

	say("other kinds", netlink < 0 ? -1 : 0);
	say("no family", socket(60, SOCK_STREAM, 0)); /* it came to nothing, so nothing is unknown */
	say("no family", socketpair(60, SOCK_STREAM, 0, (int[2]){0, 0}));
	say("bad", read(socket(AF_UNIX, SOCK_STREAM, 0), &(char[1]){0}, 1));
	say("bad", connect(99, NULL, 0));
	vectors();
	many(SOCK_STREAM);
	many(SOCK_DGRAM);
	many(SOCK_SEQPACKET);
	raw();
	moved();
	waits();
	return 0;
}
