/* SPDX-License-Identifier: 0BSD */
/*
 * gone: writes a line to a command that reads nothing, and ends soon. Whoever is quicker decides what comes
 * of it.
 *     Alone:  cc -o gone gone.c && for i in 1 2 3 4 5; do ./gone; done */
#include <stdio.h>

int main(void)
{
	FILE *to = popen("exit 0", "w");

	/* NULL: no pipe could be made, or no child */
	if (!to)
		return 1;
	/* Into the buffer of the stream */
	fputs("is anybody there?\n", to);
	fflush(to); /* now it is written */
	pclose(to);
	puts("told"); /* reached only by who has not been ended before */
	return 0;
}
