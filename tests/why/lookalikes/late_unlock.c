/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A child sleeps with a file locked, and unlocks it by its end.
 *
 * why ENDED
 */
#include <fcntl.h>
#include <unistd.h>

int main(void)
{
	struct flock whole = {.l_type = F_WRLCK};
	int fd = open("file", O_RDWR | O_CREAT, 0600);

	if (fork() == 0) {
		fcntl(fd, F_SETLKW, &whole);
		usleep(300000);
		_exit(0);
	}
	usleep(50000);
	fcntl(fd, F_SETLKW, &whole);
	return 0;
}
