/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An open(2) of a FIFO waits for a child that opens it later.
 *
 * why ENDED
 */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

int main(void)
{
	char byte;
	int fd;

	if (mkfifo("line", 0600) < 0)
		return 1;
	if (fork() == 0) {
		usleep(300000);
		fd = open("line", O_WRONLY);
		(void)!write(fd, "x", 1);
		_exit(0);
	}
	fd = open("line", O_RDONLY);
	(void)!read(fd, &byte, 1);
	return 0;
}
