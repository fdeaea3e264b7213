/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two FIFOs, opened in opposite order: each open waits for the other's second one.
 *
 * why HANG
 * why P1 openat fifo @parent <- nobody
 * why P2 openat fifo @child <- nobody
 */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

int main(void)
{
	if (mkfifo("a", 0600) < 0 || mkfifo("b", 0600) < 0)
		return 1;
	if (fork() == 0) {
		open("b", O_RDONLY); /* @child */
		open("a", O_RDONLY);
		_exit(0);
	}
	open("a", O_WRONLY); /* @parent */
	open("b", O_WRONLY);
	return 0;
}
