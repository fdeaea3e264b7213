/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The same with fcntl(2), by a child for which the parent waits.
 *
 * why WAITS
 * why P1 wait4 child @wait
 * why P2 fcntl lock @lock
 * why run outside=posix_lock_held within=500ms
 */
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
	struct flock whole = {.l_type = F_WRLCK};
	int fd = open("file", O_RDWR);

	if (fork() == 0) {
		fcntl(fd, F_SETLKW, &whole); /* @lock */
		_exit(0);
	}
	wait(NULL); /* @wait */
	return 0;
}
