/* SPDX-License-Identifier: GPL-3.0-or-later */
/* relay [N]: two children write N single bytes each into one pipe, a third passes them on through
 * another to the parent. Who comes first is decided by nobody but the schedule. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static int first[2], second[2];

static void writer(char c, int n)
{
	close(first[0]);
	close(second[0]);
	close(second[1]);
	for (int i = 0; i < n; i++)
		if (write(first[1], &c, 1) != 1)
			_exit(1);
	_exit(0);
}

static void relay(void)
{
	char bytes[3];
	ssize_t n;

	close(first[1]);
	close(second[0]);
	while ((n = read(first[0], bytes, sizeof bytes)) > 0)
		if (write(second[1], bytes, (size_t)n) != n)
			_exit(1);
	_exit(0);
}

int main(int argc, char **argv)
{
	int n = argc > 1 ? atoi(argv[1]) : 10, got = 0;
	char bytes[5];
	ssize_t r;

	if (pipe(first) || pipe(second))
		return 1;
	for (int i = 0; i < 3; i++)
		if (fork() == 0) {
			if (i < 2)
				writer("ab"[i], n);
			relay();
		}
	close(first[0]);
	close(first[1]);
	close(second[1]);
	while ((r = read(second[0], bytes, sizeof bytes)) > 0)
		got += (int)r;
	while (wait(NULL) > 0)
		;
	printf("%d\n", got);
	return got != 2 * n;
}
