/* Closes first and opens then: the lowest free number is taken. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char *argv[])
{
	int status, probe;
	pid_t pid;

	if (argc <= 2)
		exit(2);
	probe = creat(argv[1], 0644);
	if (probe < 0)
		exit(1);
	close(probe);
	pid = fork();
	if (!pid) {
		close(1);
		if (open(argv[1], O_WRONLY | O_APPEND) != 1)
			_exit(1);
		close(2);
		if (dup(1) != 2)
			_exit(1);
		execvp(argv[2], &argv[2]);
		dprintf(2, "%s: %s\n", argv[2], strerror(errno));
		_exit(127);
	}
	while (waitpid(pid, &status, 0) < 0)
		;
	exit(WIFSIGNALED(status) ? WTERMSIG(status) + 128 : WEXITSTATUS(status));
}
