/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writing to a pipe that nobody reads: SIGPIPE ends a child; ignored, it is EPIPE. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
	int ends[2], status;
	pid_t pid;

	if (pipe(ends) < 0)
		return 1;
	close(ends[0]);
	pid = fork();
	if (pid == 0) {
		signal(SIGPIPE, SIG_DFL);
		_exit(write(ends[1], "x", 1) == 1);
	}
	waitpid(pid, &status, 0);
	printf("killed by SIGPIPE: %s\n",
		WIFSIGNALED(status) && WTERMSIG(status) == SIGPIPE ? "ok" : "NOT OK");
	signal(SIGPIPE, SIG_IGN);
	printf("EPIPE: %s\n", write(ends[1], "x", 1) < 0 && errno == EPIPE ? "ok" : "NOT OK");
	return 0;
}
