/* SPDX-License-Identifier: 0BSD */
/*
 * unseen: one line into a file, the next one on the screen again, as somebody wrote it.
 * In a shell: ./unseen, then cat log.txt
 *     Alone:  cc -o unseen unseen.c && ./unseen; cat log.txt */
#include <fcntl.h>
#include <unistd.h>

int main(void)
{
	int saved, fd;

	fd = open("log.txt", O_WRONLY | O_CREAT | O_TRUNC, 0666);
	if (fd == -1)
		return 1;
	dup2(fd, 1);
	saved = dup(1); /* the screen, for later */
	close(fd);
	if (write(1, "quiet\n", 6) == -1)
		return 1;

	dup2(saved, 1); /* back to the screen */
	close(saved);
	if (write(1, "loud\n", 5) == -1)
		return 1;
	return 0;
}
