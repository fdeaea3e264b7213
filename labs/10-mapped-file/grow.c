/* SPDX-License-Identifier: 0BSD */
/* grow [PLACE]: a file of 3 bytes, two pages of it mapped. P1 writes at that place, 100 if not said. */
#include "file.h"

int main(int argc, char **argv)
{
	int place = argc > 1 ? atoi(argv[1]) : 100, fd = file_make("abc");
	char *text = file_map(fd, 8192, MAP_SHARED);
	struct stat st;

	text[place] = 'X';
	fstat(fd, &st);
	printf("%ld bytes\n", (long)st.st_size);
	return 0;
}
