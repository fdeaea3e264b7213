/* SPDX-License-Identifier: 0BSD */
/* both: two processes map one file. P1 changes a letter, P2 looks. A third look, by
 * open and read, comes last.
 *     Alone:  cc -o both both.c && ./both */
#include "file.h"

struct notes {
	char text[3];
};

int main(void)
{
	int fd = file_make("abc");

	/* Each maps the file for itself, at an address of its own. The descriptor is
	 * all it needs, and the path would do: they need not be related. */
	if (fork() == 0) {
		struct notes *notes = file_map(fd, sizeof *notes, MAP_SHARED);

		printf("P2 sees %c\n", notes->text[0]);
		return 0;
	}
	struct notes *notes = file_map(fd, sizeof *notes, MAP_SHARED);

	notes->text[0] = 'X';
	wait(NULL);
	file_print();
	/* The last call, when all has been looked at. What for: msync(2). */
	msync(notes, sizeof *notes, MS_SYNC);
	return 0;
}
