/* SPDX-License-Identifier: 0BSD */
/*
 * redirect [dup2|open|append]: a file under two numbers, and what is in it afterwards.
 * dup2    fd 1 is made a second number of the file that is open as fd 3
 * open    the file is opened a second time, and fd 1 leads to what came of that
 * append  as open, but every write goes to the end of the file
 *     Alone:  cc -o redirect redirect.c && ./redirect; cat out.txt */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "dup2";
	int append = strcmp(how, "append") == 0 ? O_APPEND : 0;
	char bytes[64];
	int fd, other, in;

	/* The lowest number that is free: 0, 1 and 2 are taken, so it is 3. */
	fd = open("out.txt", O_WRONLY | O_CREAT | O_TRUNC | append, 0666);
	if (fd == -1)
		return 1;

	if (strcmp(how, "dup2") == 0) {
		dup2(fd, 1);
	} else {
		other = open("out.txt", O_WRONLY | append);
		dup2(other, 1);
		close(other);
	}

	/* Whoever checked write's result would have to tell somebody, and fd 1 is spoken for. */
	if (write(fd, "one", 3) == -1 || write(1, "two", 3) == -1)
		return 1;

	/* What is there now, read from the beginning by a third opening. */
	in = open("out.txt", O_RDONLY);
	return read(in, bytes, sizeof bytes) == -1;
}
