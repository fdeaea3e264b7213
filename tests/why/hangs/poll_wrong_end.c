/* SPDX-License-Identifier: GPL-3.0-or-later */
/* poll(2) on the write end for input: the reader's going would end it, and the reader waits for what is never written.
 *
 * why HANG
 * why P1 poll pipe @poll <- P2 read inherited @pipe
 * why P2 read pipe @read <- P1 write opened @pipe
 */
#include <poll.h>
#include <unistd.h>

int main(void)
{
	struct pollfd p = {.events = POLLIN};
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
	p.fd = ends[1];
	poll(&p, 1, -1); /* @poll */
	return 0;
}
