/* SPDX-License-Identifier: 0BSD */
/* unseen: prints in three parts, the middle one by another program. */
#include <stdio.h>

int main(void)
{
	FILE *to;

	printf("one ");
	to = popen("exec cat", "w");
	if (!to)
		return 1;
	fprintf(to, "two ");
	pclose(to);
	printf("three\n");
	return 0;
}
