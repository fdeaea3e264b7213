/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An end opened again through /dev/fd: an open file of its own; a read end opened for writing. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static void show_byte(const char *what, int fd)
{
	char byte = '-';
	ssize_t n = read(fd, &byte, 1);

	printf("%s: %zd %c\n", what, n, byte);
}

int main(void)
{
	char path[32], byte = '-';
	int ends[2], again, other;

	if (pipe(ends) < 0)
		return 1;
	snprintf(path, sizeof path, "/dev/fd/%d", ends[0]);
	again = open(path, O_RDONLY | O_NONBLOCK);
	other = open(path, O_WRONLY);
	printf("opened: %s\n", again >= 0 && other >= 0 ? "ok" : "NOT OK");
	printf("empty: %s\n", read(again, &byte, 1) < 0 && errno == EAGAIN ? "ok" : "NOT OK");
	close(ends[1]);
	printf("still a writer: %s\n",
		read(again, &byte, 1) < 0 && errno == EAGAIN ? "ok" : "NOT OK");
	printf("written: %zd\n", write(other, "w", 1));
	show_byte("read", ends[0]);
	close(other);
	printf("end of file: %zd\n", read(ends[0], &byte, 1));
	return 0;
}
