/* coprocess CMD ARGS...: standard input goes to CMD, and what CMD says is
 * printed. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* CMD, with a pipe to its standard input and one from its standard output. */
static pid_t start(char **command, int *to, int *from)
{
	int in[2], out[2];
	pid_t pid;

	if (pipe(in) < 0 || pipe(out) < 0)
		exit(1);
	pid = fork();
	if (pid == 0) {
		dup2(in[0], STDIN_FILENO);
		dup2(out[1], STDOUT_FILENO);
		close(in[0]);
		close(in[1]);
		close(out[0]);
		close(out[1]);
		execvp(command[0], command);
		perror(command[0]);
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	*to = in[1];
	*from = out[0];
	return pid;
}

static void print(const char *buf, ssize_t n)
{
	while (n > 0) {
		ssize_t w = write(STDOUT_FILENO, buf, (size_t)n);

		if (w < 0 && errno != EINTR)
			exit(1);
		buf += w > 0 ? w : 0;
		n -= w > 0 ? w : 0;
	}
}

/* Sends all of it, in as many pieces as it takes. */
static void send_all(int to, const char *buf, ssize_t n)
{
	while (n > 0) {
		ssize_t w = write(to, buf, (size_t)n);

		if (w < 0 && errno == EPIPE)
			return; /* CMD wants no more */
		buf += w > 0 ? w : 0;
		n -= w > 0 ? w : 0;
	}
}

int main(int argc, char **argv)
{
	char buf[4096];
	int to, from, status;
	ssize_t n;
	pid_t pid;

	if (argc < 2)
		return 2;
	signal(SIGPIPE, SIG_IGN);
	pid = start(argv + 1, &to, &from);
	while ((n = read(STDIN_FILENO, buf, sizeof buf)) > 0)
		send_all(to, buf, n);
	close(to);
	while ((n = read(from, buf, sizeof buf)) > 0)
		print(buf, n);
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
