/* SPDX-License-Identifier: 0BSD */
/* by_pipe [ITEMS]: items go from P1, the producer, to P2, the consumer, through the
 * kernel: a pipe(7). P2 prints their sum.
 *     Alone:  cc -o by_pipe by_pipe.c && time ./by_pipe 1000000 */
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

		/* A reader gets end of file only when nobody can write any more. P2 is
		 * a writer, too, until it closes this: with it open P2 would wait for
		 * ever for itself. */
		close(fds[1]);
		/* Sleeps while the pipe is empty. 0 means end of file. */
		while (read(fds[0], &item, sizeof item) == sizeof item)
			sum += item;
		printf("%ld\n", sum);
		return 0;
	}
	/* So that P1 learns, by SIGPIPE, when P2 is gone. */
	close(fds[0]);
	for (int i = 0; i < items; i++)
		/* Sleeps while the pipe is full: nobody has to count, the kernel does. */
		write(fds[1], &i, sizeof i);
	close(fds[1]);
	wait(NULL);
	return 0;
}
