/* SPDX-License-Identifier: GPL-3.0-or-later */
/* vfork(2) holds the parent until its child ends or executes; the child waits for the parent.
 *
 * why HANG
 * why P1 vfork child @vfork <- P2
 * why P2 read pipe @read <- P1 write opened @pipe, P2 write inherited @pipe
 */
#include <unistd.h>

int main(void)
{
	int ends[2];
	char byte;

	if (pipe(ends) < 0) /* @pipe */
		return 1;
	if (vfork() == 0) {                     /* @vfork */
		(void)!read(ends[0], &byte, 1); /* @read */
		_exit(0);
	}
	(void)!write(ends[1], "go", 2);
	return 0;
}
