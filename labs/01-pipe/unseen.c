/* SPDX-License-Identifier: 0BSD */
/*
 * A program you have not seen: a parent that joins its two children by a pipe, as a shell does
 * for "hello | count".
 */
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static int hello(int fds[2])
{
	close(fds[0]); /* it only writes */
	return write(fds[1], "hello", 5) == 5 ? 0 : 1;
}

static int count(int fds[2])
{
	int n = 0;
	char c;

	close(fds[1]);                   /* it only reads */
	while (read(fds[0], &c, 1) == 1) /* 0: end of file */
		n++;
	printf("%d\n", n);
	return 0;
}

int main(void)
{
	int fds[2];

	if (pipe(fds) == -1)
		return 1;
	if (fork() == 0)
		return hello(fds);
	if (fork() == 0)
		return count(fds);
	wait(NULL);
	wait(NULL);
	return 0;
}
