/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A FIFO is full whose reader, not watched, is slow.
 *
 * why WAITS
 * why P1 write fifo @write
 * why run outside=fifo_reader within=500ms
 */
#include <fcntl.h>
#include <unistd.h>

static char much[100000];

int main(void)
{
	int fd = open("line", O_WRONLY);

	(void)!write(fd, much, sizeof much); /* @write */
	return 0;
}
