/* SPDX-License-Identifier: 0BSD */
/* hello: what `echo hello` prints, read through a pipe. popen starts it, pclose waits for it. */
#include <stdio.h>

int main(void)
{
	char line[64];
	FILE *from = popen("echo hello", "r"); /* r: we read what it writes */

	if (!from)
		return 1;
	while (fgets(line, sizeof line, from))
		fputs(line, stdout);
	return pclose(from) != 0;
}
