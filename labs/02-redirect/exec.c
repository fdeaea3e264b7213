/* SPDX-License-Identifier: 0BSD */
/*
 * exec: what a shell does for `echo hello > out.txt`, in the process that becomes echo.
 * echo is any program: it writes to fd 1, and never asks where that leads.
 *     Alone:  cc -o exec exec.c && ./exec; cat out.txt */
#include <fcntl.h>
#include <unistd.h>

int main(void)
{
	int fd = open("out.txt", O_WRONLY | O_CREAT | O_TRUNC, 0666);
	int log = open("log.txt", O_WRONLY | O_CREAT | O_CLOEXEC, 0666);

	if (fd == -1 || log == -1)
		return 1;

	dup2(fd, 1); /* standard output is the file now */
	close(fd);   /* one number is enough */

	/* From here on this process runs echo. Only if there is none does execlp come back. */
	execlp("echo", "echo", "hello", (char *)NULL);
	return 127;
}
