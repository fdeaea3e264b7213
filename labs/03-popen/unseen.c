/* SPDX-License-Identifier: 0BSD */
/*
 * unseen: prints in three parts, the middle one by another program, as somebody wrote it.
 * exec cat: the shell becomes cat, and no third process is needed.
 *     Alone:  cc -o unseen unseen.c && ./unseen */
#include <stdio.h>

int main(void)
{
	FILE *to;

	printf("one ");
	to = popen("exec cat", "w");
	/* No pipe, or no child */
	if (!to)
		return 1;
	fprintf(to, "two ");
	pclose(to);
	printf("three\n");
	return 0;
}
