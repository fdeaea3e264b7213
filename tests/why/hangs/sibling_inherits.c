/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A reader waits for the end of its pipe; its sibling, made later, inherited the write end and waits in turn.
 *
 * why HANG
 * why P1 wait4 child @wait <- P2
 * why P2 read pipe @first <- P3 write inherited @pipe1
 * why P3 read pipe @second <- P1 write opened @pipe2
 * why mend close fd 4 in P3 before it reads pipe
 */
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
	int one[2], two[2];
	char byte;
	pid_t reader;

	if (pipe(one) < 0) /* @pipe1 */
		return 1;
	reader = fork();
	if (reader == 0) {
		close(one[1]);
		while (read(one[0], &byte, 1) > 0) /* @first */
			;
		_exit(0);
	}
	close(one[0]);
	if (pipe(two) < 0) /* @pipe2 */
		return 1;
	if (fork() == 0) {
		close(two[1]);
		(void)!read(two[0], &byte, 1); /* @second */
		_exit(0);
	}
	close(two[0]);
	close(one[1]);
	waitpid(reader, NULL, 0); /* @wait */
	(void)!write(two[1], "go", 2);
	return 0;
}
