/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fifo_flicker N: one process makes a FIFO and removes it, over and over; another opens that name N times meanwhile. Most of
 * its opens find nothing, some a FIFO, and the name may come at any moment. Prints how many were made, and of what. The
 * path is long, so that a look at it takes a while. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	long n = argc > 1 ? atol(argv[1]) : 500, opened = 0, nothing = 0;
	char name[] = "/tmp/fifo_flicker-XXXXXX", path[sizeof name + 200] = "";
	pid_t maker;

	if (!mkdtemp(name))
		return 2;
	strcpy(path, name);
	for (int i = 0; i < 90; i++)
		strcat(path, "/.");
	strcat(path, "/f");
	mkfifo(path, 0600); /* the first is no secret: from here on names that lead nowhere matter */
	unlink(path);
	maker = fork();
	if (maker == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;) {
			mkfifo(path, 0600);
			unlink(path);
		}
	}
	for (long i = 0; i < n; i++) {
		int fd = open(path, O_RDONLY | O_NONBLOCK);
		if (fd >= 0)
			opened++;
		else if (errno == ENOENT)
			nothing++;
		if (fd >= 0)
			close(fd);
	}
	kill(maker, SIGKILL);
	waitpid(maker, NULL, 0);
	unlink(path);
	rmdir(name);
	printf("%ld opens, %ld of a FIFO, %ld of nothing\n", n, opened, nothing);
	return opened + nothing != n;
}
