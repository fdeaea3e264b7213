/* SPDX-License-Identifier: GPL-3.0-or-later */
/* close_range over both ends of some pipes, in the middle, with CLOSE_RANGE_CLOEXEC, in a child. */
#include <errno.h>
#include <linux/close_range.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static void show_byte(const char *what, int fd)
{
	char byte = '-';
	ssize_t n = read(fd, &byte, 1);

	printf("%s: %zd %c\n", what, n, byte);
}

int main(void)
{
	int a[2], b[2], c[2];
	char byte;

	close_range(3, ~0u, 0);
	if (pipe(a) < 0 || pipe(b) < 0 || pipe(c) < 0)
		return 1;
	printf("ends %d %d %d\n", a[0], b[0], c[1]);
	if (fork() == 0) {
		close_range(3, ~0u, CLOSE_RANGE_CLOEXEC);
		_exit(write(c[1], "z", 1) != 1);
	}
	wait(NULL);
	close_range((unsigned)a[1], (unsigned)b[1], 0);
	printf("a has no writer: %zd\n", read(a[0], &byte, 1));
	printf("b is closed: %s\n", write(b[1], "x", 1) < 0 && errno == EBADF ? "ok" : "NOT OK");
	show_byte("c is there", c[0]);
	printf("upside down: %s\n", close_range(9, 3, 0) < 0 && errno == EINVAL ? "ok" : "NOT OK");
	return 0;
}
