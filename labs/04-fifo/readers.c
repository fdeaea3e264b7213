/* SPDX-License-Identifier: 0BSD */
/* readers: P1 writes news into a FIFO, P2 and P3 read it. */
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static int reader(void)
{
	char bytes[64];
	int fd = open("news", O_RDONLY);

	while (read(fd, bytes, sizeof bytes) > 0)
		;
	return 0;
}

int main(void)
{
	int fd;

	if (mkfifo("news", 0600) == -1)
		return 1;
	if (fork() == 0)
		return reader();
	if (fork() == 0)
		return reader();
	fd = open("news", O_WRONLY);
	if (fd == -1 || write(fd, "rain", 4) == -1)
		return 1;
	if (write(fd, "sun", 3) == -1)
		return 1;
	close(fd);
	wait(NULL);
	wait(NULL);
	unlink("news");
	return 0;
}
