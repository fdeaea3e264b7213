/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file is locked by a process that is not watched.
 *
 * why WAITS
 * why P1 flock lock @lock
 * why run outside=flock_held within=500ms
 */
#include <fcntl.h>
#include <sys/file.h>

int main(void)
{
	int fd = open("file", O_RDWR);

	flock(fd, LOCK_EX); /* @lock */
	return 0;
}
