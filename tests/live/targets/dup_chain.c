/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An end copied five times, closed one by one: end of file comes with the last. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int main(void)
{
	int ends[2], copies[5];
	char byte;

	if (pipe2(ends, O_NONBLOCK) < 0)
		return 1;
	copies[0] = ends[1];
	for (int i = 1; i < 5; i++)
		copies[i] = i % 2 ? dup(copies[i - 1]) : dup2(copies[i - 1], 40 + i);
	dup2(copies[3], copies[3]);
	for (int i = 0; i < 5; i++) {
		ssize_t n = read(ends[0], &byte, 1);
		printf("%d left: %s\n", 5 - i, n < 0 && errno == EAGAIN ? "empty" : "NOT OK");
		close(copies[i]);
	}
	printf("none left: %s\n", read(ends[0], &byte, 1) == 0 ? "end of file" : "NOT OK");
	return 0;
}
