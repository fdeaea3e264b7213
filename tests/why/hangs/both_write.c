/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two pipes, one each way; both write more than a pipe holds before they read.
 *
 * why HANG
 * why P1 write pipe @parent <- P2 read inherited @down
 * why P2 write pipe @child <- P1 read opened @up
 * why cycle P1 P2
 */
#include <unistd.h>

static char much[200000];

int main(void)
{
	int down[2], up[2];

	if (pipe(down) < 0) /* @down */
		return 1;
	if (pipe(up) < 0) /* @up */
		return 1;
	if (fork() == 0) {
		close(down[1]);
		close(up[0]);
		(void)!write(up[1], much, sizeof much); /* @child */
		(void)!read(down[0], much, sizeof much);
		_exit(0);
	}
	close(down[0]);
	close(up[1]);
	(void)!write(down[1], much, sizeof much); /* @parent */
	(void)!read(up[0], much, sizeof much);
	return 0;
}
