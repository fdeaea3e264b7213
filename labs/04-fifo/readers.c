/* SPDX-License-Identifier: 0BSD */
/*
 * readers: P1 writes news into a FIFO, P2 and P3 read it. Both would like to have all of it.
 *     Alone:  cc -o readers readers.c && ./readers */
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Opens the FIFO by its name, and reads to the end of file */
static int reader(void)
{
	char bytes[64];
	int fd = open("news", O_RDONLY);

	/* What it gets, no other reader gets */
	while (read(fd, bytes, sizeof bytes) > 0)
		;
	return 0;
}

int main(void)
{
	int fd;

	/* Before the forks: the readers are to find the name */
	if (mkfifo("news", 0600) == -1)
		return 1;
	if (fork() == 0)
		return reader();
	if (fork() == 0)
		return reader();
	/* Comes back when a reader is there */
	fd = open("news", O_WRONLY);
	if (fd == -1 || write(fd, "rain", 4) == -1)
		return 1;
	if (write(fd, "sun", 3) == -1)
		return 1;
	/* The last write end: both readers see the end */
	close(fd);
	wait(NULL);
	wait(NULL);
	unlink("news");
	return 0;
}
