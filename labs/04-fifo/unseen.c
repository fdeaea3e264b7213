/* SPDX-License-Identifier: 0BSD */
/*
 * unseen: a reader and a writer that meet at the name "post", as somebody wrote them. It goes well most of
 * the time.
 *     Alone:  cc -o unseen unseen.c && ./unseen */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* P2 */
static int writer(void)
{
	int fd = open("post", O_WRONLY | O_CREAT, 0600);

	return fd == -1 || write(fd, "hello", 5) == -1;
}

int main(void)
{
	char bytes[64];
	int fd;

	if (fork() == 0)
		return writer();
	if (mkfifo("post", 0600) == -1 && errno != EEXIST) /* perhaps it is there already */
		return 1;
	fd = open("post", O_RDONLY);
	if (fd == -1 || read(fd, bytes, sizeof bytes) == -1)
		return 1;
	wait(NULL);
	return unlink("post");
}
