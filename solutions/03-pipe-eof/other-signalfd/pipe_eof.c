/* The signal comes as a descriptor, and poll waits for both. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

static void relay(int in, int out, int signals)
{
	struct pollfd p[2] = {{.fd = in, .events = POLLIN}, {.fd = signals, .events = POLLIN}};
	struct signalfd_siginfo info;
	char buf[300];
	ssize_t n, w;

	while (poll(p, 2, -1) >= 0 || errno == EINTR) {
		if (p[1].revents && read(signals, &info, sizeof info) < 0)
			exit(1);
		if (!p[0].revents)
			continue;
		n = read(in, buf, sizeof buf);
		if (n <= 0)
			return;
		for (char *b = buf; n > 0; b += w, n -= w)
			if ((w = write(out, b, (size_t)n)) < 0)
				exit(1);
	}
}

int main(void)
{
	int ends[2], signals;
	sigset_t usr1;

	sigemptyset(&usr1);
	sigaddset(&usr1, SIGUSR1);
	sigprocmask(SIG_BLOCK, &usr1, NULL);
	if (pipe(ends) < 0)
		return 1;
	if (fork() == 0) {
		close(ends[1]);
		relay(ends[0], 1, signalfd(-1, &usr1, 0));
		exit(0);
	}
	close(ends[0]);
	signals = signalfd(-1, &usr1, 0);
	relay(0, ends[1], signals);
	close(ends[1]);
	wait(NULL);
	return 0;
}
