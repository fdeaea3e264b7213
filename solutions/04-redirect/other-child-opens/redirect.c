/* The child opens the file itself, with O_APPEND, twice: appending needs no shared place. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int status;

	if (argc < 3)
		return 2;
	if (fork() == 0) {
		int a = open(argv[1], O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0666);
		int b = open(argv[1], O_WRONLY | O_APPEND | O_CLOEXEC);

		if (a < 0 || b < 0)
			_exit(1);
		dup2(a, 1);
		dup2(b, 2);
		execvp(argv[2], argv + 2);
		perror(argv[2]);
		_exit(127);
	}
	wait(&status);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
