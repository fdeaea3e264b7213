/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A counter in a file, under flock. */
/* explore: fine */
#include "../program.h"

static void add(int me)
{
	int fd = open("explore-test.count", O_RDWR), n = 0;

	(void)me;
	if (fd < 0 || flock(fd, LOCK_EX) != 0 || read(fd, &n, sizeof n) < 0)
		_exit(2);
	n++;
	lseek(fd, 0, SEEK_SET);
	if (write(fd, &n, sizeof n) != sizeof n)
		_exit(2);
}
int main(void)
{
	int fd = open("explore-test.count", O_RDWR | O_CREAT | O_EXCL, 0600), n = 0;

	if (fd < 0 || write(fd, &n, sizeof n) != sizeof n)
		return 98;
	start(add, 0);
	start(add, 1);
	if (wait_all())
		return 97;
	lseek(fd, 0, SEEK_SET);
	return read(fd, &n, sizeof n) != sizeof n || n != 2;
}
