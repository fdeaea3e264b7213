/* SPDX-License-Identifier: 0BSD */
/* modules: three small processes in a row. Each knows its own work and nothing of the others. */
#include <ctype.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static void words(int out)
{
	write(out, "pipe\n", 5);
	write(out, "fork\n", 5);
	write(out, "read\n", 5);
}

static void upper(int in, int out)
{
	char c;

	while (read(in, &c, 1) == 1) {
		c = (char)toupper((unsigned char)c);
		write(out, &c, 1);
	}
}

static void count(int in)
{
	int lines = 0;
	char c;

	while (read(in, &c, 1) == 1)
		if (c == '\n')
			lines++;
	printf("%d lines\n", lines);
}

int main(void)
{
	int first[2], second[2];

	if (pipe(first) < 0 || pipe(second) < 0)
		return 1;
	if (fork() == 0) { /* the one in the middle */
		close(first[1]);
		close(second[0]);
		upper(first[0], second[1]);
		return 0;
	}
	if (fork() == 0) { /* the last one */
		close(first[0]);
		close(first[1]);
		close(second[1]);
		count(second[0]);
		return 0;
	}
	close(first[0]);
	close(second[0]);
	close(second[1]);
	words(first[1]);
	close(first[1]);
	while (wait(NULL) > 0)
		;
	return 0;
}
