/* SPDX-License-Identifier: 0BSD */
/* grow [PLACE]: a file of 3 bytes, two pages of it mapped (8192 bytes). P1 writes at
 * that place, 100 if not said, and prints how large the file is then.
 *     Alone:  cc -o grow grow.c && ./grow 100; ./grow 5000 */
#include "file.h"

int main(int argc, char **argv)
{
	int place = argc > 1 ? atoi(argv[1]) : 100, fd = file_make("abc");
	/* mmap(2) does not compare: more than the file has can be mapped. */
	char *text = file_map(fd, 8192, MAP_SHARED);
	struct stat st;

	/* A store has no return value. */
	text[place] = 'X';
	/* fstat(2) asks the kernel for the size, as `ls -l` does. */
	fstat(fd, &st);
	printf("%ld bytes\n", (long)st.st_size);
	return 0;
}
