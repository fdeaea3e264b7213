/* SPDX-License-Identifier: 0BSD */
/*
 * old: P1 sends its standard output through a pipe to P2. dup2 gives the write end a second number,
 * and P1 closes one of the two.
 *     Alone:  cc -o old old.c && timeout 2 ./old */
#include <sys/wait.h>
#include <unistd.h>

/* Reads to the end of file. */
static int reader(int fds[2])
{
	char bytes[64];

	/* P2 only reads: this end would keep its own end of file away */
	close(fds[1]);
	while (read(fds[0], bytes, sizeof bytes) > 0)
		;
	return 0;
}

int main(void)
{
	int fds[2];

	if (pipe(fds) == -1)
		return 1;
	if (fork() == 0)
		return reader(fds);
	/* P1 only writes */
	close(fds[0]);

	dup2(fds[1], 1); /* standard output is the pipe now */
	if (write(1, "hello", 5) == -1)
		return 1;

	close(1); /* no more output: P2 is to see the end */
	/* P2 ends when it has seen the end, P1 thinks */
	wait(NULL);
	return 0;
}
