/* SPDX-License-Identifier: 0BSD */
/*
 * open [both|read|write]: opens a FIFO that nobody else has open, without waiting.
 * both   to read and write
 * read   to read, with O_NONBLOCK
 * write  to write, with O_NONBLOCK
 *     Alone:  cc -o open open.c && ./open write */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "both";
	int flags = O_RDWR, fd;

	if (strcmp(how, "read") == 0)
		flags = O_RDONLY | O_NONBLOCK;
	if (strcmp(how, "write") == 0)
		flags = O_WRONLY | O_NONBLOCK;

	if (mkfifo("post", 0600) == -1)
		return 1;
	fd = open("post", flags);
	/* ENXIO: there is nobody at the other end. */
	puts(fd >= 0 ? "opened" : errno == ENXIO ? "ENXIO" : "another error");
	fflush(stdout);
	unlink("post");
	return 0;
}
