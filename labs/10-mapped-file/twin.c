/* SPDX-License-Identifier: 0BSD */
/* twin: changes a letter of a file by read and write: fetched, changed, put back. The
 * same as `both` does with one store.
 *     Alone:  cc -o twin twin.c && ./twin */
#include "file.h"

int main(void)
{
	int fd = file_make("abc");
	char text[3];

	/* The file has one place where the next read or write goes on; it stands at the
	 * end now. */
	lseek(fd, 0, SEEK_SET);
	read(fd, text, sizeof text); /* from the kernel's pages into mine */
	text[0] = 'X';
	lseek(fd, 0, SEEK_SET);
	write(fd, text, sizeof text); /* and back */
	file_print();
	return 0;
}
