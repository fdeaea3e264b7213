/* SPDX-License-Identifier: GPL-3.0-or-later */
/* counting FILE self|pair PAUSE_US: sends one byte after the other through a pipe, to itself or to a
 * child, and keeps the number of them that have arrived in FILE, where a test reads it without
 * asking anybody. Never ends by itself. */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int fds[2], file = argc > 3 ? open(argv[1], O_RDWR) : -1, pair;
	useconds_t pause_us;
	volatile uint64_t *count;
	char c = 'x';

	if (file < 0 || pipe(fds) == -1)
		return 1;
	count = mmap(NULL, sizeof *count, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	if (count == MAP_FAILED)
		return 1;
	pair = strcmp(argv[2], "pair") == 0;
	pause_us = (useconds_t)atoi(argv[3]);
	if (pair && fork() == 0) {
		close(fds[1]);
		while (read(fds[0], &c, 1) == 1)
			++*count;
		return 0;
	}
	for (;;) {
		if (pause_us)
			usleep(pause_us);
		if (write(fds[1], &c, 1) != 1)
			return 1;
		if (!pair && read(fds[0], &c, 1) == 1)
			++*count;
	}
}
