/* A process a direction. HEAR is opened without waiting, SAY waits until the other one has opened it. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* 0 at the end of `from`, 1 when nobody takes it. */
static int copy(int from, int to)
{
	char buf[4096];
	ssize_t n;

	while ((n = read(from, buf, sizeof buf)) > 0)
		for (ssize_t done = 0, w; done < n; done += w)
			if ((w = write(to, buf + done, (size_t)(n - done))) < 0)
				return 1;
	return 0;
}

int main(int argc, char **argv)
{
	int hear, say, status = 0, result;
	struct pollfd p = {.events = POLLIN};
	pid_t listener;

	if (argc != 3)
		return 2;
	signal(SIGPIPE, SIG_IGN);
	for (int i = 1; i <= 2; i++)
		if (mkfifo(argv[i], 0666) < 0 && errno != EEXIST)
			return 1;
	hear = open(argv[1], O_RDONLY | O_NONBLOCK);
	say = open(argv[2], O_WRONLY);
	p.fd = hear;
	if (hear < 0 || say < 0)
		return 1;
	listener = fork();
	if (listener == 0) {
		close(say);
		poll(&p, 1, -1); /* the other one may not have opened it for writing: read would say that it is at its end */
		fcntl(hear, F_SETFL, O_RDONLY);
		_exit(copy(hear, STDOUT_FILENO));
	}
	close(hear);
	result = copy(STDIN_FILENO, say);
	close(say);
	if (result)
		kill(listener, SIGTERM);
	waitpid(listener, &status, 0);
	unlink(argv[1]);
	unlink(argv[2]);
	return result;
}
