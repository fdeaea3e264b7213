/* SPDX-License-Identifier: 0BSD */
/*
 * The program of this lab in one file, and three ways to change it. Only one ends P2's wait.
 *
 *     forgot              nothing is changed
 *     forgot more         P2 asks for 64 bytes a call instead of one
 *     forgot close        P2 closes its own write end first
 *     forgot twice        P1 closes its read end at the end, too
 */
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void consumer(int fds[2], const char *change)
{
	char text[64];
	size_t wanted = strcmp(change, "more") == 0 ? sizeof text : 1;

	if (strcmp(change, "close") == 0)
		close(fds[1]);
	while (read(fds[0], text, wanted) > 0)
		;
}

static void producer(int fds[2], const char *change)
{
	if (write(fds[1], "hello", 5) == -1)
		perror("write");
	close(fds[1]);
	if (strcmp(change, "twice") == 0)
		close(fds[0]);
}

int main(int argc, char *argv[])
{
	const char *change = argc > 1 ? argv[1] : "";
	int fds[2];

	if (pipe(fds) == -1) {
		perror("pipe");
		return 1;
	}
	switch (fork()) {
	case -1:
		perror("fork");
		return 1;
	case 0:
		consumer(fds, change);
		return 0;
	}
	producer(fds, change);
	wait(NULL);
	return 0;
}
