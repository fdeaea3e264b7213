/* SPDX-License-Identifier: GPL-3.0-or-later */
/* waitid(2) for one child, which waits for its sibling, which waits for the parent.
 *
 * why HANG
 * why P1 waitid child @wait <- P2
 * why P2 read pipe @first <- P3 write inherited @one
 * why P3 read pipe @second <- P1 write opened @two
 * why cycle P1 P2 P3
 */
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
	int one[2], two[2];
	siginfo_t info;
	char byte;
	pid_t first;

	if (pipe(one) < 0) /* @one */
		return 1;
	if (pipe(two) < 0) /* @two */
		return 1;
	first = fork();
	if (first == 0) {
		close(one[1]);
		close(two[0]);
		close(two[1]);
		(void)!read(one[0], &byte, 1); /* @first */
		_exit(0);
	}
	if (fork() == 0) {
		close(one[0]);
		close(two[1]);
		(void)!read(two[0], &byte, 1); /* @second */
		_exit(0);
	}
	close(one[0]);
	close(one[1]);
	close(two[0]);
	waitid(P_PID, (id_t)first, &info, WEXITED); /* @wait */
	(void)!write(two[1], "go", 2);
	return 0;
}
