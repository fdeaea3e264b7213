/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parent waits for its child before it has told it anything; the child waits to be told.
 *
 * why HANG
 * why P1 wait4 child @wait <- P2
 * why P2 read pipe @read <- P1 write opened @pipe
 * why cycle P1 P2
 * why mend write to pipe\d+, or close fd 4 in P1 before it waits for P2
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
		close(ends[1]);
		(void)!read(ends[0], &byte, 1); /* @read */
		_exit(0);
	}
	close(ends[0]);
	wait(NULL); /* @wait */
	(void)!write(ends[1], "go", 2);
	return 0;
}
