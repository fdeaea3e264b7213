/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A grandchild whose parent has ended speaks last, and holds the write end open until then. */
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static void show_byte(const char *what, int fd)
{
	char byte = '-';
	ssize_t n = read(fd, &byte, 1);

	printf("%s: %zd %c\n", what, n, byte);
}

int main(void)
{
	int ends[2], go[2];
	char byte = '-';
	pid_t pid;

	if (pipe(ends) < 0 || pipe(go) < 0)
		return 1;
	pid = fork();
	if (pid == 0) {
		if (fork() == 0) {
			close(go[1]);
			_exit(read(go[0], &byte, 1) == 0 && write(ends[1], "o", 1) == 1 ? 0 : 5);
		}
		_exit(4);
	}
	int status;
	waitpid(pid, &status, 0);
	printf("child: %d\n", WEXITSTATUS(status));
	close(ends[1]);
	close(go[1]);
	show_byte("orphan", ends[0]);
	printf("then: %zd\n", read(ends[0], &byte, 1));
	printf("no child of mine: %d\n", wait(&status));
	return 0;
}
