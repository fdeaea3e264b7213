/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A timer whose handler writes into the pipe that is read; the read restarts (SA_RESTART).
 *
 * why ENDED
 */
#include <signal.h>
#include <sys/time.h>
#include <unistd.h>

static int ends[2], rings;

static void ring(int sig)
{
	(void)sig;
	if (++rings == 3)
		(void)!write(ends[1], "!", 1);
}

int main(void)
{
	struct sigaction act = {.sa_handler = ring, .sa_flags = SA_RESTART};
	struct itimerval each = {{0, 100000}, {0, 100000}};
	char byte;

	if (pipe(ends) < 0)
		return 1;
	sigaction(SIGALRM, &act, NULL);
	setitimer(ITIMER_REAL, &each, NULL);
	(void)!read(ends[0], &byte, 1);
	return 0;
}
