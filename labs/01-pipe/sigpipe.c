/* SPDX-License-Identifier: 0BSD */
/*
 * A writer whose reader has left.
 *
 *     sigpipe             SIGPIPE does what it always does
 *     sigpipe ignore      P1 ignores SIGPIPE
 *     sigpipe both        P2 reads both bytes before it ends
 *
 * P2 reads one byte and ends. P1 writes another one all the same, and looks at what write
 * returned. See pipe(7), signal(7).
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char *argv[])
{
	const char *change = argc > 1 ? argv[1] : "";
	int bytes = strcmp(change, "both") == 0 ? 2 : 1;
	int fds[2];
	char c;

	if (strcmp(change, "ignore") == 0)
		signal(SIGPIPE, SIG_IGN);
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
		while (bytes-- > 0 && read(fds[0], &c, 1) == 1)
			;
		return 0;
	}

	/* P1 */
	close(fds[0]);
	if (write(fds[1], "a", 1) == -1)
		return 1;
	if (write(fds[1], "b", 1) == -1) {
		fprintf(stderr, "P1 was told: %s\n", strerror(errno));
		return 2;
	}
	return 0;
}
