/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The child's signal came before the parent waited for it, and the child has ended.
 *
 * why HANG
 * why outside WAITS
 * why P1 rt_sigsuspend signal @wait <- nobody
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
	sigset_t none;

	signal(SIGUSR1, ready);
	if (fork() == 0) {
		kill(getppid(), SIGUSR1);
		_exit(0);
	}
	wait(NULL);
	sigemptyset(&none);
	sigsuspend(&none); /* @wait */
	return 0;
}
