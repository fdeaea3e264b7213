/* SPDX-License-Identifier: 0BSD */
/* both: two processes map one file. P1 changes a letter. A third look, by read, comes last. */
#include "file.h"

struct notes {
	char text[3];
};

int main(void)
{
	int fd = file_make("abc");

	if (fork() == 0) {
		struct notes *notes = file_map(fd, sizeof *notes, MAP_SHARED);

		printf("P2 sees %c\n", notes->text[0]);
		return 0;
	}
	struct notes *notes = file_map(fd, sizeof *notes, MAP_SHARED);

	notes->text[0] = 'X';
	wait(NULL);
	file_print();
	msync(notes, sizeof *notes, MS_SYNC);
	return 0;
}
