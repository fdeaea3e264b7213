/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parent reads from the child with the file locked; the child wants the lock before it writes.
 *
 * why HANG
 * why P1 read pipe @read <- P2 write inherited @pipe
 * why P2 fcntl lock @lock <- P1
 * why cycle P1 P2
 * why mend give the file lock back before waiting
 */
#include <fcntl.h>
#include <unistd.h>

int main(void)
{
	struct flock whole = {.l_type = F_WRLCK};
	int ends[2], fd = open("file", O_RDWR | O_CREAT, 0600);
	char byte;

	if (pipe(ends) < 0) /* @pipe */
		return 1;
	fcntl(fd, F_SETLKW, &whole);
	if (fork() == 0) {
		close(ends[0]);
		fcntl(fd, F_SETLKW, &whole); /* @lock */
		(void)!write(ends[1], "x", 1);
		_exit(0);
	}
	close(ends[1]);
	(void)!read(ends[0], &byte, 1); /* @read */
	return 0;
}
