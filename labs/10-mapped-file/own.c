/* SPDX-License-Identifier: 0BSD */
/* own: the file is mapped MAP_PRIVATE, changed, and msync is told to save it. Then it
 * is read.
 *     Alone:  cc -o own own.c && ./own && cat notes */
#include "file.h"

int main(void)
{
	int fd = file_make("abc");
	/* MAP_PRIVATE is what a program's own code and data are mapped with:
	 * /proc/PID/maps says p. */
	char *text = file_map(fd, 3, MAP_PRIVATE);
	int saved;

	text[0] = 'X';
	/* MS_SYNC: comes back when all is saved that there is to be saved. msync(2). */
	saved = msync(text, 3, MS_SYNC);
	printf("in memory: %.3s, msync gives %d\n", text, saved);
	/* Another descriptor, another open: what anybody else would get. */
	file_print();
	return 0;
}
