/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A question to a filter that reads to the end, as sort(1) does, and its answer read before the end was sent. Between them
 * is a process as shells have them, which waits for the filter and has its output open.
 *
 * why HANG
 * why P1 read pipe @answer <- P2 write, P3 write
 * why P2 wait4 child @filter <- P3
 * why P3 read pipe @question <- P1 write
 * why mend close fd \d+ in P1 after its last byte, before it reads: P3 may be reading to the end
 */
#include <sys/wait.h>
#include <unistd.h>

static void filter(void)
{
	char buf[100];

	while (read(0, buf, sizeof buf) > 0) /* @question */
		;
	_exit(write(1, "x", 1) != 1);
}

static void shell(void)
{
	if (fork() == 0)
		filter();
	close(0);
	_exit(wait(NULL) < 0); /* @filter */
}

int main(void)
{
	int to[2], from[2];
	char buf[100];

	if (pipe(to) < 0 || pipe(from) < 0)
		return 1;
	if (fork() == 0) {
		dup2(to[0], 0);
		dup2(from[1], 1);
		for (int i = 0; i < 2; i++) {
			close(to[i]);
			close(from[i]);
		}
		shell();
	}
	close(to[0]);
	close(from[1]);
	if (write(to[1], "b\na\n", 4) != 4)
		return 1;
	return read(from[0], buf, sizeof buf) < 0; /* @answer */
}
