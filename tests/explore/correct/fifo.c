/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A FIFO, opened by both. */
/* explore: fine */
#include "../program.h"

static void writer(int me)
{
	int fd = open("explore-test.fifo", O_WRONLY);

	(void)me;
	if (fd < 0 || write(fd, "abc", 3) != 3)
		_exit(1);
}
int main(void)
{
	char bytes[8];
	int fd, n = 0, got;

	if (mkfifo("explore-test.fifo", 0600) != 0)
		return 98;
	start(writer, 0);
	fd = open("explore-test.fifo", O_RDONLY);
	while ((got = (int)read(fd, bytes, sizeof bytes)) > 0)
		n += got;
	return wait_all() || n != 3; /* its name stays: explore removes it */
}
