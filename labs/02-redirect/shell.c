/* SPDX-License-Identifier: 0BSD */
/*
 * shell [keep|keep-read]: what a shell does for `echo hello | wc -c`, by hand. P1 is the shell, P2 becomes echo,
 * P3 becomes wc. keep: P3 forgets to close the numbers it does not need; keep-read: one of them, fd 3.
 *     Alone:  cc -o shell shell.c && ./shell */
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Becomes echo, its standard output the pipe. */
static int left(int fds[2])
{
	dup2(fds[1], 1);
	close(fds[0]);
	close(fds[1]); /* fd 1 is the write end now */
	execlp("echo", "echo", "hello", (char *)NULL);
	return 127; /* there is no echo here */
}

/* Becomes wc, its standard input the pipe. */
static int right(int fds[2], const char *keep)
{
	dup2(fds[0], 0);
	if (strcmp(keep, "") == 0)
		close(fds[0]);
	if (strcmp(keep, "keep") != 0)
		close(fds[1]);
	execlp("wc", "wc", "-c", (char *)NULL);
	return 127;
}

int main(int argc, char **argv)
{
	const char *keep = argc > 1 ? argv[1] : "";
	int fds[2];

	/* Before the forks: both children are to have it */
	if (pipe(fds) == -1)
		return 1;
	if (fork() == 0)
		return left(fds);
	if (fork() == 0)
		return right(fds, keep);

	/* The shell needs neither end, and must not keep them. */
	close(fds[0]);
	close(fds[1]);
	wait(NULL);
	wait(NULL);
	return 0;
}
