/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which of four ends a program gets over exec: by pipe2, by F_SETFD, by dup3, by F_DUPFD_CLOEXEC. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	char *next[] = {argv[0], "again", NULL};
	int a[2], b[2];

	if (argc > 1) {
		for (int fd = 3; fd < 12; fd++)
			printf("fd %d: %s\n", fd, fcntl(fd, F_GETFD) < 0 ? "closed" : "open");
		return 0;
	}
	close_range(3, 100, 0);
	if (pipe2(a, O_CLOEXEC) < 0 || pipe(b) < 0)
		return 1;
	fcntl(a[0], F_SETFD, 0);
	fcntl(b[1], F_SETFD, FD_CLOEXEC);
	dup3(b[0], 8, O_CLOEXEC);
	dup2(b[1], 9);
	fcntl(b[0], F_DUPFD_CLOEXEC, 10);
	fcntl(a[1], F_DUPFD, 11);
	execv("/proc/self/exe", next);
	return 1;
}
