/* SPDX-License-Identifier: 0BSD */
/*
 * say NAME TEXT: writes the text into the FIFO of that name, and says how large the file is by then.
 * In a shell, beside `./hear post`: ./say post hello
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct stat st;
	int fd;

	if (argc < 3)
		return 2;
	/* Waits until somebody opens it for reading */
	fd = open(argv[1], O_WRONLY);
	if (fd == -1 || write(fd, argv[2], strlen(argv[2])) == -1)
		return 1;

	/* What ls -l shows. */
	if (fstat(fd, &st) == -1)
		return 1;
	printf("size %lld\n", (long long)st.st_size);
	fflush(stdout);
	close(fd);
	return 0;
}
