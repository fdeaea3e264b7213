/* SPDX-License-Identifier: 0BSD */
/* half [close]: P1 sends three letters and says that there is no more; P2 counts them
 * and answers. How P1 says it is the question: it shuts one direction, or (close) it
 * closes its descriptor.
 *     Alone:  cc -o half half.c && ./half; ./half close */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static void count(int fd)
{
	char c, answer[32];
	int n = 0;

	/* Who reads until end of file depends on the other side to bring it about. */
	while (read(fd, &c, 1) == 1)
		n++;
	sprintf(answer, "%d letters", n);
	write(fd, answer, strlen(answer));
}

int main(int argc, char **argv)
{
	char answer[16] = "";
	int fds[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds) < 0)
		return 1;
	if (fork() == 0) {
		/* P2's copy of P1's end. While it is open P1's socket lives, whatever
		 * P1 does with its own. */
		close(fds[0]);
		count(fds[1]);
		return 0;
	}
	close(fds[1]);
	write(fds[0], "abc", 3);
	/* close(2) gives a descriptor back. shutdown(2) speaks of the connection:
	 * SHUT_RD, SHUT_WR, or both. */
	if (argc > 1 && strcmp(argv[1], "close") == 0)
		close(fds[0]);
	else
		shutdown(fds[0], SHUT_WR);
	/* After close there is no such descriptor: EBADF, and nothing is printed. */
	if (read(fds[0], answer, sizeof answer - 1) > 0)
		printf("%s\n", answer);
	wait(NULL);
	return 0;
}
