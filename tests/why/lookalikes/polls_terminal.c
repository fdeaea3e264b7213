/* SPDX-License-Identifier: GPL-3.0-or-later */
/* poll(2) of a pipe and of the terminal at which somebody sits: neither its parent, who waits for it, nor it is in a hang.
 *
 * why WAITS
 * why P1 wait4|wait|waitpid child @wait <- P2
 * why P2 poll|ppoll * @poll <- outside, P1 write
 * why run stdin=tty within=500ms
 */
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
	int ends[2];

	if (pipe(ends) < 0)
		return 1;
	if (fork() == 0) {
		struct pollfd asked[2] = {{0, POLLIN, 0}, {ends[0], POLLIN, 0}};

		close(ends[1]);
		poll(asked, 2, -1); /* @poll */
		_exit(0);
	}
	close(ends[0]);
	wait(NULL); /* @wait */
	return 0;
}
