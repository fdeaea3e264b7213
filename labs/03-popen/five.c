/* SPDX-License-Identifier: 0BSD */
/*
 * five [popen|hand]: the same thing twice: what `echo hello` prints is read from a pipe.
 * popen   by one call of the C library
 * hand    by the five that the library would have made: pipe, fork, dup2, close, exec
 *     Alone:  cc -o five five.c && ./five hand */
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* In the child: standard output is the pipe, then the shell. */
static int child(int fds[2])
{
	dup2(fds[1], 1);
	close(fds[0]);
	close(fds[1]);
	execl("/bin/sh", "sh", "-c", "echo hello", (char *)NULL);
	return 127;
}

static int by_hand(void)
{
	char bytes[64];
	int fds[2];

	/* The first of the five */
	if (pipe(fds) == -1)
		return 1;
	/* The child goes on in child(), and never comes back from there */
	if (fork() == 0)
		return child(fds);
	close(fds[1]); /* or the end of file would never come */
	while (read(fds[0], bytes, sizeof bytes) > 0)
		;
	close(fds[0]);
	/* What pclose does besides closing */
	wait(NULL);
	return 0;
}

static int by_popen(void)
{
	char line[64];
	FILE *from = popen("echo hello", "r");

	/* No pipe, or no child */
	if (!from)
		return 1;
	while (fgets(line, sizeof line, from))
		;
	return pclose(from) != 0;
}

int main(int argc, char **argv)
{
	return argc > 1 && strcmp(argv[1], "hand") == 0 ? by_hand() : by_popen();
}
