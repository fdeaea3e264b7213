/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A server on a named Unix socket and its clients: pending connections, backlog full, refused, gone before they were accepted;
 * datagrams to a name. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CLIENTS = 4 };

static void say(const char *what, long n)
{
	printf("%s %ld%s%s\n", what, n, n < 0 ? " " : "", n < 0 ? strerrorname_np(errno) : "");
}

static struct sockaddr_un name;
static socklen_t name_len;

static void set_name(const char *text)
{
	name = (struct sockaddr_un){.sun_family = AF_UNIX};
	strcpy(name.sun_path, text);
	name_len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(text) + 1);
	if (text[0] == '@')
		name.sun_path[0] = 0;
}

static void client(int i)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char text[16];

	if (connect(fd, (struct sockaddr *)&name, name_len) < 0)
		_exit(90);
	snprintf(text, sizeof text, "client %d", i);
	if (write(fd, text, strlen(text)) < 0 || read(fd, text, sizeof text) != 2)
		_exit(91);
	_exit(text[0] - '0');
}

static void serve(int listener)
{
	int sum = 0, status;
	char text[16];

	fflush(stdout);
	for (int i = 1; i <= CLIENTS; i++)
		if (fork() == 0)
			client(i);
	for (int i = 0; i < CLIENTS; i++) {
		int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
		ssize_t n = read(fd, text, sizeof text);
		text[8] = '!';
		if (n < 8 || write(fd, text + 7, 2) != 2)
			exit(3);
		close(fd);
	}
	for (int i = 0; i < CLIENTS; i++)
		if (wait(&status) > 0)
			sum += WEXITSTATUS(status);
	say("served", sum);
}

static int connected(int flags)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | flags, 0);

	say("connect", connect(fd, (struct sockaddr *)&name, name_len));
	return fd;
}

/* Nobody accepts: some wait, the next would block; one leaves before it is accepted. */
static void backlog(void)
{
	int listener = socket(AF_UNIX, SOCK_STREAM, 0), a, b, c;
	char text[8];

	say("bind", bind(listener, (struct sockaddr *)&name, name_len));
	connected(0);
	say("listen", listen(listener, 1));
	a = connected(SOCK_NONBLOCK);
	b = connected(SOCK_NONBLOCK);
	c = connected(SOCK_NONBLOCK);
	close(c);
	say("write", write(a, "early", 5));
	close(a);
	c = accept(listener, NULL, NULL);
	say("read", read(c, text, sizeof text));
	say("read", read(c, text, sizeof text));
	close(c);
	close(listener);
	say("reset", read(b, text, sizeof text));
	connected(0);
}

static void datagrams(void)
{
	int a = socket(AF_UNIX, SOCK_DGRAM, 0), b = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	char text[8];

	say("bind", bind(a, (struct sockaddr *)&name, name_len));
	say("to", sendto(b, "one", 3, 0, (struct sockaddr *)&name, name_len));
	say("connect", connect(b, (struct sockaddr *)&name, name_len));
	say("two", write(b, "two", 3));
	for (int i = 0; i < 3; i++)
		say("got", recv(a, text, sizeof text, MSG_DONTWAIT));
	for (int i = 0; i < 12; i++)
		say("fill", send(b, "x", 1, 0));
	close(a);
	say("refused", send(b, "x", 1, MSG_NOSIGNAL));
	close(b);
}

int main(void)
{
	char text[64];
	int listener;

	signal(SIGPIPE, SIG_IGN);
	snprintf(text, sizeof text, "@ipclab-server-%d", getpid());
	set_name(text);
	listener = socket(AF_UNIX, SOCK_STREAM, 0);
	say("bind", bind(listener, (struct sockaddr *)&name, name_len));
	say("listen", listen(listener, 8));
	serve(listener);
	say("accept", fcntl(listener, F_SETFL, O_NONBLOCK) < 0 ? -2 : accept(listener, NULL, NULL));
	close(listener);
	snprintf(text, sizeof text, "@ipclab-backlog-%d", getpid());
	set_name(text);
	backlog();
	snprintf(text, sizeof text, "/tmp/ipclab-datagrams-%d", getpid());
	set_name(text);
	datagrams();
	unlink(text);
	return 0;
}
