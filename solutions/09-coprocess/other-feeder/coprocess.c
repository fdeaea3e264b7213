/* A second child feeds the command. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void copy(int from, int to)
{
	char b[1000];
	ssize_t n;

	while ((n = read(from, b, sizeof b)) > 0)
		for (ssize_t k = 0, w; k < n; k += w)
			if ((w = write(to, b + k, (size_t)(n - k))) < 0)
				return;
}

int main(int argc, char **argv)
{
	int a[2], b[2], status;
	pid_t command, feeder;

	if (argc == 1)
		return 2;
	if (pipe(a) || pipe(b))
		return 1;
	if (!(command = fork())) {
		dup2(a[0], 0);
		dup2(b[1], 1);
		close(a[0]), close(a[1]), close(b[0]), close(b[1]);
		execvp(argv[1], argv + 1);
		perror(argv[1]);
		_exit(127);
	}
	close(a[0]);
	close(b[1]);
	if (!(feeder = fork())) {
		signal(SIGPIPE, SIG_IGN);
		close(b[0]);
		copy(0, a[1]);
		_exit(0);
	}
	close(a[1]);
	copy(b[0], 1);
	waitpid(command, &status, 0);
	kill(feeder, SIGKILL); /* it may wait for input that nobody wants any more */
	waitpid(feeder, NULL, 0);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
