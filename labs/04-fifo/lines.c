/* SPDX-License-Identifier: 0BSD */
/*
 * lines [one|two|long]: P2 and P3 each write a line into the same FIFO, P1 says whether each came whole.
 * one   200 bytes, in one write
 * two   200 bytes, in two writes: first the name of who writes, then the text
 * long  12000 bytes, in one write
 *     Alone:  cc -D_GNU_SOURCE -o lines lines.c && ./lines two */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 12000 };

/* A line of one letter. */
static int writer(char letter, size_t size, size_t first)
{
	char line[LINE_MAX_BYTES];
	int fd = open("log", O_WRONLY);

	memset(line, letter, size - 1);
	line[size - 1] = '\n';
	if (fd == -1 || write(fd, line, first) == -1)
		return 1;
	if (first < size && write(fd, line + first, size - first) == -1)
		return 1;
	return 0;
}

/* Reads to the end; a line is torn when it has two kinds of letters. */
static int reader(void)
{
	static char all[2 * LINE_MAX_BYTES];
	int fd = open("log", O_RDONLY), torn = 0;
	size_t n = 0;
	ssize_t got;

	fcntl(fd, F_SETPIPE_SZ, 4096); /* a small pipe: what is long must wait for room */
	while ((got = read(fd, all + n, 4096)) > 0)
		n += (size_t)got;
	for (size_t i = 1; i < n; i++)
		torn |= all[i] != all[i - 1] && all[i] != '\n' && all[i - 1] != '\n';
	puts(torn ? "torn" : "whole");
	return unlink("log");
}

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "one";
	size_t size = strcmp(how, "long") == 0 ? LINE_MAX_BYTES : 200;
	size_t first = strcmp(how, "two") == 0 ? 20 : size;

	if (mkfifo("log", 0600) == -1)
		return 1;
	for (char letter = 'A'; letter <= 'B'; letter++)
		if (fork() == 0)
			return writer(letter, size, first);
	return reader();
}
