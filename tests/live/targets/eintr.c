/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A signal in a sleeping read: EINTR without SA_RESTART, nothing to be seen with it. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static volatile int ends[2];
static volatile sig_atomic_t rings;

static void on_alarm(int sig)
{
	(void)sig;
	if (++rings == 2 && write(ends[1], "y", 1) != 1)
		_exit(9);
}

static void handle(int flags)
{
	struct sigaction sa = {.sa_handler = on_alarm, .sa_flags = flags};

	sigaction(SIGALRM, &sa, NULL);
	ualarm(60000, 0);
}

int main(void)
{
	char byte = '-';
	int e[2];
	ssize_t n;

	if (pipe(e) < 0)
		return 1;
	ends[0] = e[0];
	ends[1] = e[1];
	handle(0);
	n = read(ends[0], &byte, 1);
	printf("without SA_RESTART: %s\n", n < 0 && errno == EINTR ? "ok" : "NOT OK");
	handle(SA_RESTART);
	n = read(ends[0], &byte, 1);
	printf("with SA_RESTART: %s\n", n == 1 && byte == 'y' ? "ok" : "NOT OK");
	return 0;
}
