/* SPDX-License-Identifier: 0BSD */
/*
 * server: P1 keeps a log of what comes through a FIFO. P2 and P3 each send one line and are done.
 * P1 takes the end of file for the end of the day.
 *     Alone:  cc -o server server.c && timeout 2 ./server; rm -f log */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Opens the FIFO, writes a line, closes it */
static int sender(const char *line)
{
	int fd = open("log", O_WRONLY);

	if (fd == -1 || write(fd, line, strlen(line)) == -1)
		return 1;
	close(fd);
	return 0;
}

int main(void)
{
	char bytes[64];
	int fd;

	if (mkfifo("log", 0600) == -1)
		return 1;
	if (fork() == 0)
		return sender("first\n");
	if (fork() == 0)
		return sender("second\n");

	/* Waits for the first sender */
	fd = open("log", O_RDONLY);
	/* Up to the end of file: nobody has it open for writing */
	while (read(fd, bytes, sizeof bytes) > 0)
		;
	close(fd); /* end of file: the log is complete, P1 thinks */
	wait(NULL);
	wait(NULL);
	return unlink("log");
}
