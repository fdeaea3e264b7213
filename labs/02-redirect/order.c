/* SPDX-License-Identifier: 0BSD */
/*
 * order [file-first|error-first|twice]: two redirections, in one order or the other, then a line to each of
 * standard output (fd 1) and standard error (fd 2).
 * file-first   as the shell does for `cmd > out.txt 2>&1`
 * error-first  as the shell does for `cmd 2>&1 > out.txt`
 * twice        as the shell does for `cmd > out.txt 2> out.txt`
 *     Alone:  cc -o order order.c && ./order error-first; cat out.txt */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* > out.txt, 2> out.txt */
static int to_file(int number)
{
	int fd = open("out.txt", O_WRONLY | O_CREAT | O_TRUNC, 0666);

	if (fd == -1 || dup2(fd, number) == -1)
		return 0;
	close(fd);
	return 1;
}

/* 2>&1: what fd 1 leads to now, fd 2 leads to from now on */
static int error_to_output(void)
{
	return dup2(1, 2) != -1;
}

int main(int argc, char **argv)
{
	int error_first = argc > 1 && strcmp(argv[1], "error-first") == 0;
	int twice = argc > 1 && strcmp(argv[1], "twice") == 0, in;
	char bytes[64];

	/* From left to right, as they stand in the command line */
	if (error_first && !error_to_output())
		return 1;
	if (!to_file(1))
		return 1;
	if (!error_first && !(twice ? to_file(2) : error_to_output()))
		return 1;

	if (write(1, "out\n", 4) == -1 || write(2, "error\n", 6) == -1)
		return 1;

	/* How much of it is in the file? */
	in = open("out.txt", O_RDONLY);
	return read(in, bytes, sizeof bytes) == -1;
}
