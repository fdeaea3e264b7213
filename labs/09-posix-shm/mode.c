/* SPDX-License-Identifier: 0BSD */
/* mode UMASK: makes an object for 0666, as the slide does, with that umask (octal, 022
 * if not said), and prints which rights it has.
 *     Alone:  cc -o mode mode.c && ./mode 022 */
#include <stdlib.h>

#include "message.h"

int main(int argc, char **argv)
{
	struct stat st;
	int fd;

	umask((mode_t)strtol(argc > 1 ? argv[1] : "022", NULL, 8)); /* what is taken away */
	/* The third argument is what is asked for, as with open(2). Who may open the
	 * object later is decided by what comes of it. */
	fd = shm_open(NAME, O_CREAT | O_RDWR, 0666);
	shm_unlink(NAME);
	if (fd < 0 || fstat(fd, &st) < 0)
		return 1;
	printf("%03o\n", (unsigned)st.st_mode & 0777);
	return 0;
}
