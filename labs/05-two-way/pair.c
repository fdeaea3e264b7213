/* SPDX-License-Identifier: 0BSD */
/* pair: P1 and P2 have one socket each. Both write before either reads. */
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

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

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == -1)
		return 1;
	if (fork() == 0) {
		close(ends[0]);
		return partner(ends[1]);
	}
	close(ends[1]);

	if (write(ends[0], "hello", 5) == -1)
		return 1;
	if (read(ends[0], bytes, sizeof bytes) == -1)
		return 1;
	wait(NULL);
	return 0;
}
