/* SPDX-License-Identifier: 0BSD */
/*
 * hear NAME: prints what comes out of the FIFO of that name, until nobody has it open for writing any more.
 * In a shell: mkfifo post; ./hear post
 */
#include <fcntl.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	char bytes[64];
	ssize_t n;
	int fd;

	if (argc < 2)
		return 2;
	/* Waits until somebody opens it for writing */
	fd = open(argv[1], O_RDONLY);
	if (fd == -1)
		return 1;
	/* 0: the end of file */
	while ((n = read(fd, bytes, sizeof bytes)) > 0)
		if (write(1, bytes, (size_t)n) == -1)
			return 1;
	close(fd);
	return 0;
}
