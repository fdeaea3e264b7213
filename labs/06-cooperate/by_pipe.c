/* SPDX-License-Identifier: 0BSD */
/* by_pipe [ITEMS]: items go from P1 to P2 through the kernel. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int items = argc > 1 ? atoi(argv[1]) : 1000, fds[2];

	if (pipe(fds) < 0)
		return 1;
	if (fork() == 0) {
		long sum = 0;
		int item;

		close(fds[1]);
		while (read(fds[0], &item, sizeof item) == sizeof item)
			sum += item;
		printf("%ld\n", sum);
		return 0;
	}
	close(fds[0]);
	for (int i = 0; i < items; i++)
		write(fds[1], &i, sizeof i);
	close(fds[1]);
	wait(NULL);
	return 0;
}
