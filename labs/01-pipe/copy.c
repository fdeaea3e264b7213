/* SPDX-License-Identifier: 0BSD */
/*
 * What does fork copy? A byte is put into the pipe before the fork. Then there are two processes,
 * and both of them read.
 */
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
	int fds[2];
	char c;

	if (pipe(fds) == -1 || write(fds[1], "x", 1) != 1) {
		perror("pipe");
		return 1;
	}
	switch (fork()) {
	case -1:
		perror("fork");
		return 1;
	case 0: /* P2 */
		if (read(fds[0], &c, 1) == 1)
			printf("P2 has read %c\n", c);
		return 0;
	}

	/* P1 */
	if (read(fds[0], &c, 1) == 1)
		printf("P1 has read %c\n", c);
	wait(NULL);
	return 0;
}
