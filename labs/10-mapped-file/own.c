/* SPDX-License-Identifier: 0BSD */
/* own: the file is mapped MAP_PRIVATE, changed, and msync is told to save it. */
#include "file.h"

int main(void)
{
	int fd = file_make("abc");
	char *text = file_map(fd, 3, MAP_PRIVATE);

	text[0] = 'X';
	printf("in memory: %.3s, msync gives %d\n", text, msync(text, 3, MS_SYNC));
	file_print();
	return 0;
}
