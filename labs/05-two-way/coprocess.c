/* SPDX-License-Identifier: 0BSD */
/*
 * coprocess [BYTES [LINK [HOW]]]: P1 sends so many bytes to P2, P2 sends each back, P1 counts what came.
 * LINK  pipes  two pipes
 *       large  two pipes of 1 MiB
 *       pair   a pair of connected sockets
 * HOW   first  P1 writes all, then it reads
 *       lose   the same with O_NONBLOCK; what does not go in is left out
 *       again  the same with O_NONBLOCK; what does not go in is tried again, 200 times
 *       poll   P1 reads when there is something, and writes when there is room
 *     Alone:  cc -D_GNU_SOURCE -o coprocess coprocess.c && timeout 2 ./coprocess 200000 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PART = 4096, TRIES = 200 };

/* What is sent: it does not matter what it says */
static char part[PART];
static int out, in; /* P1's ends */
static long came;

/* P2: what comes goes back. */
static int echo(int from, int to)
{
	char bytes[PART];
	ssize_t n;

	while ((n = read(from, bytes, sizeof bytes)) > 0)
		if (write(to, bytes, (size_t)n) == -1)
			return 1;
	return 0;
}

/* Makes the link and P2, and leaves P1 with one end to write and one to read. */
static int start(const char *link)
{
	int there[2], back[2], pair = strcmp(link, "pair") == 0;

	if (pair ? socketpair(AF_UNIX, SOCK_STREAM, 0, there) : pipe(there) || pipe(back))
		return -1;
	if (strcmp(link, "large") == 0) {
		fcntl(there[1], F_SETPIPE_SZ, 1 << 20);
		fcntl(back[1], F_SETPIPE_SZ, 1 << 20);
	}
	if (fork() == 0) {
		close(there[1]);
		if (pair)
			_exit(echo(there[0], there[0])); /* one number, both ways */
		close(back[0]);
		_exit(echo(there[0], back[1]));
	}
	close(there[0]);
	if (!pair)
		close(back[1]);
	out = there[1];
	in = pair ? there[1] : back[0];
	return 0;
}

/* A part, or what is left of BYTES. */
static size_t next(long sent, long bytes)
{
	return bytes - sent < PART ? (size_t)(bytes - sent) : PART;
}

static void send_first(long bytes, const char *how)
{
	int tries = 0;

	if (strcmp(how, "first") != 0)
		fcntl(out, F_SETFL, O_NONBLOCK);
	for (long sent = 0; sent < bytes && tries < TRIES;) {
		ssize_t n = write(out, part, next(sent, bytes));

		if (n > 0)
			sent += n;
		else if (strcmp(how, "lose") == 0)
			sent += PART; /* never mind */
		else
			tries++;
	}
	/* From here on reads and writes wait again */
	fcntl(out, F_SETFL, 0);
}

static void send_and_read(long bytes)
{
	for (long sent = 0; came < bytes;) {
		struct pollfd ready[2] = {{in, POLLIN, 0}, {out, sent < bytes ? POLLOUT : 0, 0}};

		poll(ready, 2, -1); /* sleeps until one of them is possible */
		if (ready[0].revents & POLLIN)
			came += read(in, part, PART);
		else if (ready[1].revents & POLLOUT)
			sent += write(out, part, next(sent, bytes));
	}
}

int main(int argc, char **argv)
{
	long bytes = argc > 1 ? atol(argv[1]) : 200000;
	const char *link = argc > 2 ? argv[2] : "pipes", *how = argc > 3 ? argv[3] : "first";
	ssize_t n;

	memset(part, 'x', sizeof part);
	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("sends %ld\n", bytes);
	if (start(link) == -1)
		return 1;
	if (strcmp(how, "poll") == 0)
		send_and_read(bytes);
	else
		send_first(bytes, how);
	/* No more: P2 sees the end of file. A socket has two directions, and one is shut. */
	if (out == in)
		shutdown(out, SHUT_WR);
	else
		close(out);
	while ((n = read(in, part, PART)) > 0)
		came += n;
	printf("%ld came back\n", came);
	return 0;
}
