/* coprocess CMD ARGS...: standard input goes to CMD, and what CMD says is printed. */
#include <errno.h>
#include <poll.h>
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

/* What was read and is not sent yet. */
struct pending {
	char buf[4096];
	ssize_t from, to;
};

/* A pipe that poll calls writable takes at least PIPE_BUF bytes without waiting: pipe(7). */
static int send_some(int to, struct pending *p)
{
	ssize_t n;

	if (p->from == p->to) {
		p->from = 0;
		p->to = read(STDIN_FILENO, p->buf, sizeof p->buf);
		if (p->to <= 0) {
			close(to);
			return -1;
		}
	}
	n = write(to, p->buf + p->from, (size_t)(p->to - p->from));
	if (n < 0 && errno == EPIPE) { /* CMD wants no more */
		close(to);
		return -1;
	}
	p->from += n > 0 ? n : 0;
	return to;
}

int main(int argc, char **argv)
{
	struct pending p = {0};
	char buf[4096];
	int to, from, status;
	pid_t pid;

	if (argc < 2)
		return 2;
	signal(SIGPIPE, SIG_IGN);
	pid = start(argv + 1, &to, &from);
	for (;;) {
		struct pollfd fds[2] = {{.fd = from, .events = POLLIN}, {.fd = to, .events = POLLOUT}};
		ssize_t n;

		if (poll(fds, 2, -1) < 0)
			continue;
		if (fds[0].revents) {
			n = read(from, buf, sizeof buf);
			if (n == 0)
				break;
			print(buf, n);
		} else if (fds[1].revents) {
			to = send_some(to, &p);
		}
	}
	if (to >= 0)
		close(to);
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
