/* SPDX-License-Identifier: 0BSD */
/* swapped: somebody wants "hello" in out.txt, and gives dup2 its arguments the wrong way round.
 *     Alone:  cc -o swapped swapped.c && ./swapped; cat out.txt */
#include <fcntl.h>
#include <unistd.h>

int main(void)
{
	char bytes[64];
	int fd, in;

	/* 3: the lowest number that is free */
	fd = open("out.txt", O_WRONLY | O_CREAT | O_TRUNC, 0666);
	if (fd == -1)
		return 1;

	dup2(1, fd); /* meant: dup2(fd, 1) */

	/* whatever number 1 leads to now */
	if (write(1, "hello\n", 6) == -1)
		return 1;

	/* Is it in the file? */
	in = open("out.txt", O_RDONLY);
	return read(in, bytes, sizeof bytes) == -1;
}
