/* SPDX-License-Identifier: 0BSD */
/* name: a server, P1, with a name in the file system, and a client, P2, that knows the
 * name. They are parent and child only so that one command starts both.
 *     Alone:  cc -o name name.c && ./name */
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define NAME "talk"

/* The address of a Unix socket is a path, of 107 characters at most: unix(7). Who may
 * connect is decided by the rights of that file and its folders. */
static const struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = NAME};

static void client(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	char text[16];
	ssize_t n;

	/* Needs somebody who listens there: ENOENT without the file, ECONNREFUSED with
	 * a file and nobody behind it. */
	if (connect(fd, (const struct sockaddr *)&address, sizeof address) < 0)
		return;
	write(fd, "hello", 5);
	n = read(fd, text, sizeof text);
	printf("P2 got %.*s\n", (int)n, text);
}

/* What the other side is called: getpeername(2). n says how long the address is that
 * came. */
static void tell_peer(int fd)
{
	struct sockaddr_un peer = {0};
	socklen_t n = sizeof peer;

	getpeername(fd, (struct sockaddr *)&peer, &n);
	printf("the client's name: %s\n", n > sizeof peer.sun_family ? peer.sun_path : "none");
}

int main(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM, 0), connection;
	char text[16];
	ssize_t n;

	/* bind(2) gives the socket its name: it makes the file. listen(2) makes it one
	 * that others can connect to, instead of one that connects. */
	if (bind(fd, (const struct sockaddr *)&address, sizeof address) < 0 || listen(fd, 1) < 0)
		return 1;
	if (fork() == 0) {
		close(fd);
		client();
		return 0;
	}
	/* Sleeps until a client is there. */
	connection = accept(fd, NULL, NULL);
	n = read(connection, text, sizeof text);
	tell_peer(connection);
	write(connection, text, (size_t)n);
	close(connection);
	wait(NULL);
	/* Who made the name takes it away: unlink(2). */
	unlink(NAME);
	return 0;
}
