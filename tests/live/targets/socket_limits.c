/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SO_RCVTIMEO and SO_SNDTIMEO: held, they are a choice as the time-outs of timed calls are, and what their calls return is
 * what they return alone. The socket keeps the time-out that it was given, and others who have it see that. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static void say(const char *what, long n)
{
	printf("%s: %ld%s%s\n", what, n, n < 0 ? " " : "", n < 0 ? strerrorname_np(errno) : "");
	fflush(stdout);
}

static void limit(int fd, int option, long ms)
{
	struct timeval t = {ms / 1000, ms % 1000 * 1000};

	setsockopt(fd, SOL_SOCKET, option, &t, sizeof t);
}

/* Its time-out, in ms. */
static long limit_of(int fd, int option)
{
	struct timeval t = {-1, 0};
	socklen_t len = sizeof t;

	getsockopt(fd, SOL_SOCKET, option, &t, &len);
	return t.tv_sec * 1000 + t.tv_usec / 1000;
}

static void receive(const char *name, int fd)
{
	char text[8];
	struct iovec vec = {text, sizeof text};
	struct msghdr m = {.msg_iov = &vec, .msg_iovlen = 1};
	struct mmsghdr many = {.msg_hdr = m};

	printf("%s\n", name);
	limit(fd, SO_RCVTIMEO, 20);
	say("recv", recv(fd, text, sizeof text, 0));
	say("read", read(fd, text, sizeof text));
	say("readv", readv(fd, &vec, 1));
	say("recvmsg", recvmsg(fd, &m, 0));
	say("recvmmsg", recvmmsg(fd, &many, 1, 0, NULL));
	say("still", limit_of(fd, SO_RCVTIMEO));
}

/* Behind fork: who sleeps has its time-out, and who looks at the socket sees it. */
static void others(int s[2])
{
	char text[8];
	pid_t pid = fork();

	if (pid == 0) {
		close(s[1]);
		say("the child", recv(s[0], text, sizeof text, 0));
		say("the child's", limit_of(s[0], SO_RCVTIMEO));
		_exit(0);
	}
	waitpid(pid, NULL, 0);
	limit(s[0], SO_RCVTIMEO, 600000);
	pid = fork();
	if (pid == 0) {
		usleep(100000);
		say("seen by the child", limit_of(s[0], SO_RCVTIMEO));
		(void)!write(s[1], "x", 1);
		_exit(0);
	}
	say("what comes in time", recv(s[0], text, sizeof text, 0));
	waitpid(pid, NULL, 0);
}

static void on_signal(int sig)
{
	(void)sig;
}

/* signal(7): with a time-out the kernel begins no call again, whatever SA_RESTART says. */
static void interrupted(int s[2])
{
	struct sigaction act = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
	pid_t pid, me = getpid();
	char text[8];

	sigaction(SIGUSR1, &act, NULL);
	limit(s[0], SO_RCVTIMEO, 600000);
	pid = fork();
	if (pid == 0) {
		usleep(100000);
		kill(me, SIGUSR1);
		_exit(0);
	}
	say("a handler ran", recv(s[0], text, sizeof text, 0));
	waitpid(pid, NULL, 0);
}

/* Part of it is done when the time-out passes. */
static void part(int s[2])
{
	static char large[1 << 20];
	char text[8];
	long n;

	limit(s[0], SO_RCVTIMEO, 20);
	(void)!write(s[1], "abc", 3);
	say("3 of 8", recv(s[0], text, sizeof text, MSG_WAITALL));
	limit(s[0], SO_SNDTIMEO, 20);
	n = send(s[0], large, sizeof large, 0);
	say("not all", n > 0 && n < (long)sizeof large);
	say("none", send(s[0], large, sizeof large, 0));
	say("none", write(s[0], large, sizeof large));
}

/* A send that sleeps, goes on and sleeps again; who asks meanwhile is told what was set. */
static void twice(void)
{
	static char large[1 << 20];
	int s[2], over[2];
	pid_t pid;
	long n;

	socketpair(AF_UNIX, SOCK_STREAM, 0, s);
	socketpair(AF_UNIX, SOCK_STREAM, 0, over);
	limit(s[0], SO_SNDTIMEO, 40);
	pid = fork();
	if (pid == 0) {
		say("taken", recv(s[1], large, 200000, MSG_WAITALL));
		say("asked", limit_of(s[0], SO_SNDTIMEO));
		(void)!read(over[1], large, 1);
		_exit(0);
	}
	n = send(s[0], large, sizeof large, 0);
	(void)!write(over[0], "x", 1);
	waitpid(pid, NULL, 0);
	say("not all", n > 200000 && n < (long)sizeof large);
	say("still", limit_of(s[0], SO_SNDTIMEO));
	for (int i = 0; i < 2; i++) {
		close(s[i]);
		close(over[i]);
	}
}

/* Who is killed in a send leaves the socket as it was. */
static void killed(void)
{
	static char large[1 << 20];
	int s[2];
	pid_t pid;

	socketpair(AF_UNIX, SOCK_STREAM, 0, s);
	limit(s[0], SO_SNDTIMEO, 600000);
	pid = fork();
	if (pid == 0)
		_exit(send(s[0], large, sizeof large, 0) > 0);
	usleep(100000);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	say("after a death", limit_of(s[0], SO_SNDTIMEO));
	close(s[0]);
	close(s[1]);
}

static void listeners(void)
{
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t un_len = (socklen_t)(sizeof(sa_family_t) + 1 + (size_t)snprintf(un.sun_path + 1, 40, "ipclab-limits-%d", (int)getpid()));
	socklen_t in_len = sizeof in;
	char text[8];
	int a = socket(AF_UNIX, SOCK_STREAM, 0), b = socket(AF_INET, SOCK_STREAM, 0), c[4], got;

	bind(a, (struct sockaddr *)&un, un_len);
	listen(a, 0);
	bind(b, (struct sockaddr *)&in, sizeof in);
	getsockname(b, (struct sockaddr *)&in, &in_len);
	listen(b, 0);
	limit(a, SO_RCVTIMEO, 20);
	limit(b, SO_RCVTIMEO, 20);
	say("accept unix", accept(a, NULL, NULL));
	say("accept tcp", accept4(b, NULL, NULL, SOCK_CLOEXEC));
	for (int i = 0; i < 2; i++)
		limit(c[i] = socket(AF_UNIX, SOCK_STREAM, 0), SO_SNDTIMEO, 20);
	say("connect unix", connect(c[0], (struct sockaddr *)&un, un_len));
	say("connect unix", connect(c[1], (struct sockaddr *)&un, un_len));
	for (int i = 2; i < 4; i++)
		limit(c[i] = socket(AF_INET, SOCK_STREAM, 0), SO_SNDTIMEO, 20);
	say("connect tcp", connect(c[2], (struct sockaddr *)&in, sizeof in));
	say("connect tcp", connect(c[3], (struct sockaddr *)&in, sizeof in));
	say("connect tcp", connect(c[3], (struct sockaddr *)&in, sizeof in));
	got = accept(b, NULL, NULL);
	say("handed down", limit_of(got, SO_RCVTIMEO));
	say("handed down", recv(got, text, sizeof text, 0));
	receive("tcp", got);
}

int main(void)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int s[2], d[2], udp = socket(AF_INET, SOCK_DGRAM, 0);

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, s) < 0 || socketpair(AF_UNIX, SOCK_DGRAM, 0, d) < 0 ||
	    bind(udp, (struct sockaddr *)&in, sizeof in) < 0)
		return 1;
	twice();
	killed();
	receive("unix stream", s[0]);
	receive("unix datagrams", d[0]);
	receive("udp", udp);
	others(s);
	interrupted(s);
	listeners();
	part(s);
	return 0;
}
