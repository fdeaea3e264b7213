/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The child reads to the end of the pipe and holds a write end itself, which it forgot to close.
 *
 * why HANG
 * why P1 wait4 child @wait <- P2
 * why P2 read pipe @read <- P2 write inherited @pipe
 * why cycle P2
 * why mend close fd 4 in P2 before it reads
 */
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
	int ends[2];
	char byte;

	if (pipe(ends) < 0) /* @pipe */
		return 1;
	if (fork() == 0) {
		while (read(ends[0], &byte, 1) > 0) /* @read */
			;
		_exit(0);
	}
	close(ends[0]);
	(void)!write(ends[1], "all of it", 9);
	close(ends[1]);
	wait(NULL); /* @wait */
	return 0;
}
