/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A child stops itself, is seen stopped, is continued, is seen to go on, sends a byte. */
#include <signal.h>
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
	int ends[2], go[2], status;
	char byte;
	pid_t pid;

	if (pipe(ends) < 0 || pipe(go) < 0)
		return 1;
	pid = fork();
	if (pid == 0) {
		close(go[1]);
		raise(SIGSTOP);
		_exit(write(ends[1], "g", 1) != 1 || read(go[0], &byte, 1) != 0);
	}
	waitpid(pid, &status, WUNTRACED);
	printf("stopped: %s\n",
		WIFSTOPPED(status) && WSTOPSIG(status) == SIGSTOP ? "ok" : "NOT OK");
	kill(pid, SIGCONT);
	waitpid(pid, &status, WCONTINUED);
	printf("continued: %s\n", WIFCONTINUED(status) ? "ok" : "NOT OK");
	show_byte("heard", ends[0]);
	close(go[1]);
	waitpid(pid, &status, 0);
	printf("ended: %d\n", status);
	return 0;
}
