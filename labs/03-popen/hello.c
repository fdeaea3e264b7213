/* SPDX-License-Identifier: 0BSD */
/*
 * hello: what `echo hello` prints, read through a pipe. popen starts a command and gives a stream,
 * pclose closes the stream and waits for the command.
 *     Alone:  cc -o hello hello.c && ./hello */
#include <stdio.h>

int main(void)
{
	char line[64];
	FILE *from = popen("echo hello", "r"); /* r: we read what it writes */

	/* NULL: no pipe could be made, or no child */
	if (!from)
		return 1;
	/* To the end of file */
	while (fgets(line, sizeof line, from))
		fputs(line, stdout);
	/* The exit status of the command */
	return pclose(from) != 0;
}
