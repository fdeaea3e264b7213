// verdict: HANG
// scenario: every byte arrives, and the program ends
// says: can still be written to by P2 itself, through fd
/* Standard input goes through a pipe to a child, which prints it. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t signals;

static void count(int sig)
{
	(void)sig;
	signals++;
}

/* Writes all of it, in as many pieces as it takes. */
static void write_all(int fd, const char *buf, ssize_t n)
{
	while (n > 0) {
		ssize_t w = write(fd, buf, n);

		if (w < 0 && errno == EINTR)
			continue;
		if (w < 0) {
			perror("write");
			exit(1);
		}
		buf += w;
		n -= w;
	}
}

/* read(2), again where a signal came in between: an interruption is not the end. */
static ssize_t read_some(int fd, char *buf, size_t n)
{
	ssize_t got;

	do
		got = read(fd, buf, n);
	while (got < 0 && errno == EINTR);
	return got;
}

static void child(int fds[2])
{
	char buf[64];
	ssize_t n;

	while ((n = read_some(fds[0], buf, sizeof buf)) > 0)
		write_all(STDOUT_FILENO, buf, n);
	exit(n < 0);
}

int main(void)
{
	struct sigaction sa = {.sa_handler = count};
	char buf[64];
	ssize_t n;
	int fds[2];

	sigaction(SIGUSR1, &sa, NULL); /* no SA_RESTART: calls are interrupted */
	if (pipe(fds) == -1) {
		perror("pipe");
		return 1;
	}
	if (fork() == 0)
		child(fds);
	close(fds[0]);
	while ((n = read_some(STDIN_FILENO, buf, sizeof buf)) > 0)
		write_all(fds[1], buf, n);
	close(fds[1]);
	while (wait(NULL) == -1 && errno == EINTR)
		;
	return 0;
}
