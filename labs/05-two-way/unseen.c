/* SPDX-License-Identifier: 0BSD */
/*
 * unseen: P1 collects what P2 writes to its standard output and to its standard error, as somebody wrote it.
 * No end is forgotten.
 *     Alone:  cc -o unseen unseen.c && timeout 2 ./unseen */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* P2: a little output, many warnings. */
static int noisy(void)
{
	static char warnings[70000];

	memset(warnings, 'w', sizeof warnings);
	if (write(2, warnings, sizeof warnings) == -1)
		return 1;
	return write(1, "done", 4) == -1;
}

int main(void)
{
	static char bytes[100000];
	int output[2], errors[2];

	if (pipe(output) == -1 || pipe(errors) == -1)
		return 1;
	if (fork() == 0) {
		/* Standard output and error are the two pipes */
		dup2(output[1], 1);
		dup2(errors[1], 2);
		/* All four numbers of the pipes */
		for (int fd = 3; fd < 7; fd++)
			close(fd);
		exit(noisy());
	}
	close(output[1]);
	close(errors[1]);

	while (read(output[0], bytes, sizeof bytes) > 0) /* first all output ... */
		;
	while (read(errors[0], bytes, sizeof bytes) > 0) /* ... then all errors */
		;
	return 0;
}
