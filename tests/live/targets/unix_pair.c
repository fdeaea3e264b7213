/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pairs of Unix sockets: both ways, half closed, end of file, EPIPE, ECONNRESET, messages, a write larger than the room. */
#include <errno.h>
#include <signal.h>
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

/* The child sends back what it gets, doubled, until the end of file; then says how much it was. */
static void echo(int fd)
{
	char text[256];
	ssize_t n;
	long sum = 0;

	while ((n = read(fd, text, sizeof text / 2)) > 0) {
		memcpy(text + n, text, (size_t)n);
		sum += n;
		if (write(fd, text, 2 * (size_t)n) != 2 * n)
			exit(2);
	}
	exit(n == 0 ? (int)(sum % 100) : 1);
}

static void both_ways(void)
{
	int fd[2], status;
	char text[64];
	ssize_t n;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fd) < 0)
		exit(1);
	fflush(stdout);
	if (fork() == 0) {
		close(fd[0]);
		echo(fd[1]);
	}
	close(fd[1]);
	for (int i = 0; i < 5; i++) {
		if (write(fd[0], "hello", 5) != 5)
			exit(1);
		for (n = 0; n < 10;)
			n += read(fd[0], text + n, sizeof text - (size_t)n);
		say("doubled", n);
	}
	say("shutdown", shutdown(fd[0], SHUT_WR));
	say("end", read(fd[0], text, sizeof text));
	wait(&status);
	say("child", WEXITSTATUS(status));
	say("write after", send(fd[0], "x", 1, MSG_NOSIGNAL));
}

static void closed(int type, const char *name)
{
	int fd[2];
	char text[8];

	puts(name);
	if (socketpair(AF_UNIX, type, 0, fd) < 0)
		exit(1);
	say("write", write(fd[0], "abc", 3));
	close(fd[1]);
	say("read", recv(fd[0], text, sizeof text, MSG_DONTWAIT));
	say("read", recv(fd[0], text, sizeof text, MSG_DONTWAIT));
	say("write", send(fd[0], "abc", 3, MSG_NOSIGNAL));
	say("write", send(fd[0], "abc", 3, MSG_NOSIGNAL));
	close(fd[0]);
}

static void messages(int type, const char *name)
{
	int fd[2];
	char text[8];

	puts(name);
	if (socketpair(AF_UNIX, type, 0, fd) < 0)
		exit(1);
	say("send", send(fd[0], "first message", 13, 0));
	say("send", send(fd[0], "", 0, 0));
	say("send", send(fd[0], "x", 1, 0));
	say("peek", recv(fd[1], text, sizeof text, MSG_PEEK));
	say("cut", recv(fd[1], text, sizeof text, 0));
	say("empty", recv(fd[1], text, sizeof text, 0));
	say("one", recv(fd[1], text, sizeof text, MSG_TRUNC));
	say("none", recv(fd[1], text, sizeof text, MSG_DONTWAIT));
	close(fd[0]);
	close(fd[1]);
}

/* A write of 1 MB sleeps until it is read. */
static void large(void)
{
	static char big[1 << 20];
	int fd[2], status;
	size_t sum = 0;
	ssize_t n;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fd) < 0)
		exit(1);
	fflush(stdout);
	if (fork() == 0) {
		close(fd[0]);
		_exit(write(fd[1], big, sizeof big) == sizeof big ? 0 : 1);
	}
	close(fd[1]);
	while ((n = recv(fd[0], big, 70000, MSG_WAITALL)) > 0)
		sum += (size_t)n;
	wait(&status);
	say("large", (long)sum);
	say("child", WEXITSTATUS(status));
}

int main(void)
{
	signal(SIGPIPE, SIG_IGN);
	both_ways();
	closed(SOCK_STREAM, "stream");
	closed(SOCK_SEQPACKET, "seqpacket");
	closed(SOCK_DGRAM, "dgram");
	messages(SOCK_SEQPACKET, "seqpacket");
	messages(SOCK_DGRAM, "dgram");
	large();
	return 0;
}
