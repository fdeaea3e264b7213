/* With poll, and the signal as a descriptor: nothing is done in a handler. */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct pollfd p[2];
	char buf[512];
	sigset_t term;

	if (argc != 2)
		return 2;
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, NULL);
	if (mkfifo(argv[1], 0600) < 0)
		return 1;
	p[0] = (struct pollfd){.fd = open(argv[1], O_RDWR | O_NONBLOCK), .events = POLLIN};
	p[1] = (struct pollfd){.fd = signalfd(-1, &term, 0), .events = POLLIN};
	while (poll(p, 2, -1) > 0) {
		ssize_t n;

		while ((p[0].revents & POLLIN) && (n = read(p[0].fd, buf, sizeof buf)) > 0)
			if (write(STDOUT_FILENO, buf, n) < 0)
				return 1;
		if (p[1].revents & POLLIN)
			break;
	}
	unlink(argv[1]);
	return 0;
}
