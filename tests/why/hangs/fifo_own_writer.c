/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A FIFO was opened for reading and writing, so that its reader never sees the end.
 *
 * why HANG
 * why P1 wait4 child @wait <- P2
 * why P2 read fifo @read <- P2 * opened @open
 */
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
	char byte;

	if (mkfifo("line", 0600) < 0)
		return 1;
	if (fork() == 0) {
		int fd = open("line", O_RDWR); /* @open */

		while (read(fd, &byte, 1) > 0) /* @read */
			;
		_exit(0);
	}
	wait(NULL); /* @wait */
	return 0;
}
