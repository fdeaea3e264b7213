/* SPDX-License-Identifier: 0BSD */
/* both: reads from a command; then asks for a stream to sort that can be written and read.
 *     Alone:  cc -o both both.c && ./both */
#include <errno.h>
#include <stdio.h>

int main(void)
{
	FILE *names = popen("echo pear; echo apple", "r"), *sort;
	char line[64];

	if (!names)
		return 1;
	/* What the command prints, line by line */
	while (fgets(line, sizeof line, names))
		;
	/* and the command is waited for */
	pclose(names);

	/* One way went well. Now both. */
	sort = popen("sort", "r+");
	/* EINVAL: such a mode there is not */
	if (!sort) {
		puts(errno == EINVAL ? "NULL: EINVAL" : "NULL");
		return 1;
	}
	fputs("pear\napple\n", sort);
	return pclose(sort) != 0;
}
