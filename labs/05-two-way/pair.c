/* SPDX-License-Identifier: 0BSD */
/*
 * pair: P1 and P2 have one socket each, the two ends of a pair. Both write before either reads.
 *     Alone:  cc -o pair pair.c && ./pair */
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* P2: writes first, then reads */
static int partner(int fd)
{
	char bytes[64];

	if (write(fd, "hi", 2) == -1)
		return 1;
	return read(fd, bytes, sizeof bytes) == -1;
}

int main(void)
{
	char bytes[64];
	int ends[2];

	/* Connected already, without names */
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == -1)
		return 1;
	if (fork() == 0) {
		/* Each keeps one of the two, for both directions */
		close(ends[0]);
		return partner(ends[1]);
	}
	close(ends[1]);

	/* P1 does as P2 does */
	if (write(ends[0], "hello", 5) == -1)
		return 1;
	/* Which of the two words will that be? */
	if (read(ends[0], bytes, sizeof bytes) == -1)
		return 1;
	wait(NULL);
	return 0;
}
