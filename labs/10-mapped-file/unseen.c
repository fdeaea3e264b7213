/* SPDX-License-Identifier: 0BSD */
/* unseen: P1 has a file mapped. P2 writes a new version of it, as an editor does that
 * is not careful. P1 looks before and after.
 *     Alone:  cc -o unseen unseen.c && ./unseen */
#include "file.h"

struct notes {
	char text[3];
};

int main(void)
{
	struct notes *notes = file_map(file_make("abc"), sizeof *notes, MAP_SHARED);

	/* The mapping is there before P2 comes: both have it, P1 uses it. */
	if (fork() == 0) {
		int fd = open(NAME, O_WRONLY | O_TRUNC);

		sleep(1); /* thinks about what to write */
		write(fd, "xyz", 3);
		return 0;
	}
	printf("P1 sees %c\n", notes->text[0]);
	wait(NULL);
	printf("P1 sees %c\n", notes->text[0]);
	return 0;
}
