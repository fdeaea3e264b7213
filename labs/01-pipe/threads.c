/* SPDX-License-Identifier: 0BSD */
/*
 * threads: one process, two threads, and a pipe between them. Threads have one table of descriptors together: there is
 * nothing to inherit, and one close closes for both.
 */
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

static int fds[2];

/* P1.1: reads up to the end of file. */
static void *reader(void *unused)
{
	char text[16];
	ssize_t n;

	while ((n = read(fds[0], text, sizeof text)) > 0)
		printf("got %.*s\n", (int)n, text);
	printf("end of file\n");
	return unused;
}

/* P1: writes, and closes the write end. */
int main(void)
{
	pthread_t thread;

	if (pipe(fds) == -1 || pthread_create(&thread, NULL, reader, NULL) != 0)
		return 1;
	write(fds[1], "hello", 5);
	close(fds[1]);
	pthread_join(thread, NULL);
	return 0;
}
