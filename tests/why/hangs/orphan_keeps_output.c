/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A started server closes nothing: it keeps the pipe of the shell substitution that reads its parent's output.
 *
 * why HANG
 * why outside WAITS
 * why P1 read pipe @read <- P2 write inherited @pipe
 * why P2 pause signal @pause <- nobody
 * why mend close fds? [0-9 and]+ in P3 before it waits for a signal, or end P3
 */
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
	int ends[2];
	char byte;
	pid_t starter;

	if (pipe(ends) < 0) /* @pipe */
		return 1;
	starter = fork();
	if (starter == 0) {
		close(ends[0]);
		if (fork() == 0) {
			setsid();
			pause(); /* @pause */
		}
		(void)!write(ends[1], "started\n", 8);
		_exit(0);
	}
	close(ends[1]);
	waitpid(starter, NULL, 0);
	while (read(ends[0], &byte, 1) > 0) /* @read */
		;
	return 0;
}
