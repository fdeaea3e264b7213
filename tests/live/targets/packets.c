/* SPDX-License-Identifier: GPL-3.0-or-later */
/* O_DIRECT: each write is a packet; a short read throws the rest of its packet away. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

int main(void)
{
	int ends[2], waiting;
	char text[8192];

	if (pipe2(ends, O_DIRECT) < 0)
		return 1;
	printf("write %zd\n", write(ends[1], "one", 3));
	printf("write %zd\n", write(ends[1], "second", 6));
	printf("write %zd\n", write(ends[1], text, 5000));
	printf("read %zd\n", read(ends[0], text, 100));
	printf("read %zd\n", read(ends[0], text, 2));
	ioctl(ends[0], FIONREAD, &waiting);
	printf("waiting %d\n", waiting);
	printf("read %zd\n", read(ends[0], text, 100));
	printf("read %zd\n", read(ends[0], text, 8192));
	fcntl(ends[1], F_SETFL, 0);
	printf("write %zd\n", write(ends[1], "a", 1));
	printf("write %zd\n", write(ends[1], "b", 1));
	printf("read %zd\n", read(ends[0], text, 100));
	return 0;
}
