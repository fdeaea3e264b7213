/* SPDX-License-Identifier: 0BSD */
/*
 * Three writes, and a reader with room for all of them.
 */
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void say(int fd, const char *word)
{
	if (write(fd, word, strlen(word)) == -1)
		perror("write");
}

int main(void)
{
	int fds[2];
	char text[64];
	ssize_t n;

	if (pipe(fds) == -1) {
		perror("pipe");
		return 1;
	}
	switch (fork()) {
	case -1:
		perror("fork");
		return 1;
	case 0: /* P2 */
		close(fds[1]);
		while ((n = read(fds[0], text, sizeof text)) > 0)
			printf("one read, %zd bytes: %.*s\n", n, (int)n, text);
		return 0;
	}

	/* P1 */
	close(fds[0]);
	say(fds[1], "one");
	say(fds[1], "two");
	say(fds[1], "three");
	close(fds[1]);
	wait(NULL); /* until P2 has ended */
	return 0;
}
