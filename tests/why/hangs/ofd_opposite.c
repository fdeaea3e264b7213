/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Locks of open file descriptions on two halves of a file in opposite order: the kernel looks for no deadlock there.
 *
 * why HANG
 * why P1 fcntl lock @other <- P2
 * why P2 fcntl lock @other <- P1
 */
#include <fcntl.h>
#include <unistd.h>

int main(void)
{
	struct flock first = {.l_type = F_WRLCK, .l_start = 0, .l_len = 8}, second = first;
	int child = fork() == 0, fd = open("file", O_RDWR | O_CREAT, 0600);

	second.l_start = 8;
	fcntl(fd, F_OFD_SETLKW, child ? &second : &first);
	usleep(100000);
	fcntl(fd, F_OFD_SETLKW, child ? &first : &second); /* @other */
	return 0;
}
