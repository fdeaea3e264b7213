/* Recursive: a stage starts the rest, and then becomes its command. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char **split(char **argv)
{
	for (; *argv; argv++)
		if (!strcmp(*argv, "--")) {
			*argv = NULL;
			return argv + 1;
		}
	return NULL;
}

/* Starts all commands from argv on; what the first of them reads from is in. The last one's pid. */
static pid_t start(char **argv, int in)
{
	char **rest = split(argv);
	int fds[2] = {-1, -1};
	pid_t pid;

	if (rest && pipe(fds) < 0)
		return -1;
	pid = fork();
	if (pid == 0) {
		if (in != STDIN_FILENO) {
			dup2(in, STDIN_FILENO);
			close(in);
		}
		if (rest) {
			dup2(fds[1], STDOUT_FILENO);
			close(fds[0]);
			close(fds[1]);
		}
		execvp(argv[0], argv);
		dprintf(STDERR_FILENO, "%s: %s\n", argv[0], strerror(errno));
		_exit(127);
	}
	if (in != STDIN_FILENO)
		close(in);
	if (!rest)
		return pid;
	close(fds[1]);
	return start(rest, fds[0]);
}

int main(int argc, char **argv)
{
	int status, result = 1;
	pid_t last, pid;

	if (argc < 2)
		return 2;
	last = start(argv + 1, STDIN_FILENO);
	while ((pid = waitpid(-1, &status, 0)) > 0)
		if (pid == last)
			result = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
	return result;
}
