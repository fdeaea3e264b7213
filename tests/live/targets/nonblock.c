/* SPDX-License-Identifier: GPL-3.0-or-later */
/* O_NONBLOCK at both ends, capacity filled in odd portions, PIPE_BUF, capacity changed. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

static char bytes[100000];

int main(void)
{
	int ends[2], on = 0, waiting;
	long total = 0;
	ssize_t n;

	if (pipe2(ends, O_NONBLOCK) < 0)
		return 1;
	n = read(ends[0], bytes, 1);
	printf("empty: %s\n", n < 0 && errno == EAGAIN ? "EAGAIN" : "NOT OK");
	while ((n = write(ends[1], bytes, 1000)) > 0)
		total += n;
	printf("full: %s at %ld\n", errno == EAGAIN ? "EAGAIN" : "NOT OK", total);
	n = write(ends[1], bytes, 100);
	printf("100 more: %zd\n", n);
	n = read(ends[0], bytes, 50000);
	printf("read %zd\n", n);
	n = write(ends[1], bytes, 99999);
	printf("a long write: %zd\n", n);
	n = write(ends[1], bytes, PIPE_BUF);
	printf("PIPE_BUF: %zd %s\n", n, n < 0 && errno == EAGAIN ? "EAGAIN" : "");
	printf("smaller: %d %s\n", fcntl(ends[1], F_SETPIPE_SZ, 4096),
		errno == EBUSY ? "EBUSY" : "");
	printf("larger: %d\n", fcntl(ends[1], F_SETPIPE_SZ, 1 << 17));
	n = write(ends[1], bytes, 99999);
	printf("a long write: %zd\n", n);
	ioctl(ends[1], FIONREAD, &waiting);
	printf("waiting: %d\n", waiting);
	ioctl(ends[0], FIONBIO, &on);
	close(ends[1]);
	for (total = 0; (n = read(ends[0], bytes, sizeof bytes)) > 0;)
		total += n;
	printf("read to the end: %ld\n", total);
	return 0;
}
