/* Byte by byte; the signal is blocked but while nothing is being read. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t n;

static void handler(int sig)
{
	(void)sig;
	n = n + 1;
}

static void pass(int in, int out)
{
	char c;

	for (;;) {
		ssize_t got = read(in, &c, 1);

		if (got == 0)
			return;
		if (got < 0) {
			if (errno != EINTR)
				exit(1);
			continue;
		}
		while (write(out, &c, 1) != 1)
			if (errno != EINTR)
				exit(1);
	}
}

int main(void)
{
	struct sigaction a = {.sa_handler = handler};
	int ends[2];
	pid_t pid;

	sigemptyset(&a.sa_mask);
	sigaction(SIGUSR1, &a, NULL);
	if (pipe(ends) == -1)
		return 1;
	pid = fork();
	if (pid == -1)
		return 1;
	if (pid == 0) {
		close(ends[1]);
		pass(ends[0], STDOUT_FILENO);
		return 0;
	}
	close(ends[0]);
	pass(STDIN_FILENO, ends[1]);
	close(ends[1]);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return 0;
}
