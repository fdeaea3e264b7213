/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two pipes, one each way; both begin by reading.
 *
 * why HANG
 * why P1 read pipe @parent <- P2 write inherited @up
 * why P2 read pipe @child <- P1 write opened @down
 * why cycle P1 P2
 * why mend one of them has to write before it reads .*flush
 */
#include <unistd.h>

int main(void)
{
	int down[2], up[2];
	char byte;

	if (pipe(down) < 0) /* @down */
		return 1;
	if (pipe(up) < 0) /* @up */
		return 1;
	if (fork() == 0) {
		close(down[1]);
		close(up[0]);
		(void)!read(down[0], &byte, 1); /* @child */
		(void)!write(up[1], "a", 1);
		_exit(0);
	}
	close(down[0]);
	close(up[1]);
	(void)!read(up[0], &byte, 1); /* @parent */
	(void)!write(down[1], "q", 1);
	return 0;
}
