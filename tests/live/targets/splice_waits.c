/* SPDX-License-Identifier: GPL-3.0-or-later */
/* splice(2) from a socket that is empty into a pipe: it holds the pipe's lock while it waits, so that nobody may ask about the
 * pipe until something has come. Likewise from a pipe into a socket that is full. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void rest(void)
{
	nanosleep(&(struct timespec){0, 150000000}, NULL);
}

static void say(const char *what, long n)
{
	printf("%s: %ld\n", what, n);
	fflush(stdout);
}

static long moved(pid_t pid)
{
	int status = 0;

	waitpid(pid, &status, 0);
	return WEXITSTATUS(status);
}

int main(void)
{
	static char bytes[8192];
	int pair[2], ends[2], n = 4096;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0 || pipe(ends) < 0)
		return 1;
	pid = fork();
	if (pid == 0)
		_exit((int)splice(pair[0], NULL, ends[1], NULL, 100, 0));
	rest();
	say("sent", send(pair[1], "hello", 5, 0));
	say("spliced", moved(pid));
	say("read", read(ends[0], bytes, sizeof bytes));

	setsockopt(pair[1], SOL_SOCKET, SO_SNDBUF, &n, sizeof n);
	while (send(pair[1], bytes, sizeof bytes, MSG_DONTWAIT) > 0)
		;
	say("into the pipe", write(ends[1], "full", 4));
	pid = fork();
	if (pid == 0)
		_exit((int)splice(ends[0], NULL, pair[1], NULL, 100, 0));
	rest();
	while (recv(pair[0], bytes, sizeof bytes, MSG_DONTWAIT) > 0)
		;
	say("spliced", moved(pid));
	return 0;
}
