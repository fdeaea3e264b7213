/* A socketpair instead of two pipes, not blocking, with select. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	static char buf[16384], back[16384];
	size_t have = 0, done = 0;
	int s[2], sending = 1, status;
	pid_t pid;

	if (argc < 2)
		return 2;
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, s) < 0)
		return 1;
	pid = fork();
	if (pid == 0) {
		dup2(s[1], 0);
		dup2(s[1], 1);
		close(s[0]);
		close(s[1]);
		execvp(argv[1], argv + 1);
		perror(argv[1]);
		_exit(127);
	}
	close(s[1]);
	signal(SIGPIPE, SIG_IGN);
	fcntl(s[0], F_SETFL, O_NONBLOCK);
	for (;;) {
		fd_set r, w;
		ssize_t n;

		if (sending && done == have) {
			n = read(0, buf, sizeof buf);
			done = 0;
			have = n > 0 ? (size_t)n : 0;
			if (!have) {
				shutdown(s[0], SHUT_WR);
				sending = 0;
			}
		}
		FD_ZERO(&r);
		FD_ZERO(&w);
		FD_SET(s[0], &r);
		if (sending)
			FD_SET(s[0], &w);
		if (select(s[0] + 1, &r, &w, NULL, NULL) < 0)
			continue;
		if (FD_ISSET(s[0], &r)) {
			n = read(s[0], back, sizeof back);
			if (n == 0 || (n < 0 && errno == ECONNRESET))
				break;
			for (ssize_t k = 0, m; k < n; k += m)
				if ((m = write(1, back + k, (size_t)(n - k))) < 0)
					return 1;
		}
		if (sending && FD_ISSET(s[0], &w)) {
			n = write(s[0], buf + done, have - done);
			if (n > 0)
				done += (size_t)n;
			else if (errno != EAGAIN)
				sending = 0;
		}
	}
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
