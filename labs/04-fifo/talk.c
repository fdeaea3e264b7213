/* SPDX-License-Identifier: 0BSD */
/*
 * talk: P1 asks, P2 answers, and both use one FIFO that they have opened to read and to write.
 * That open waits for nobody is particular to Linux: fifo(7).
 *     Alone:  cc -o talk talk.c && timeout 2 ./talk; rm post */
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Takes a question and answers it. */
static int answer(void)
{
	char question[64];
	int fd = open("post", O_RDWR);

	if (fd == -1 || read(fd, question, sizeof question) == -1)
		return 1;
	return write(fd, "four", 4) == -1;
}

int main(void)
{
	char reply[64];
	int fd;

	/* One FIFO for both directions */
	if (mkfifo("post", 0600) == -1)
		return 1;
	if (fork() == 0)
		return answer();
	fd = open("post", O_RDWR);
	if (fd == -1 || write(fd, "2+2?", 4) == -1)
		return 1;
	if (read(fd, reply, sizeof reply) == -1) /* the answer, P1 thinks */
		return 1;
	wait(NULL);
	unlink("post");
	return 0;
}
