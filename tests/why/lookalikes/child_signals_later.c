/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sigsuspend(2) until a child has slept and signals.
 *
 * why ENDED
 */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static void ready(int sig)
{
	(void)sig;
}

int main(void)
{
	sigset_t set, none;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGUSR1, ready);
	if (fork() == 0) {
		usleep(300000);
		kill(getppid(), SIGUSR1);
		_exit(0);
	}
	sigemptyset(&none);
	sigsuspend(&none);
	wait(NULL);
	return 0;
}
