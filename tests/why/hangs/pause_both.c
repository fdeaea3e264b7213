/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parent and child pause for one another's signal.
 *
 * why HANG
 * why P1 pause signal @parent <- nobody
 * why P2 pause signal @child <- nobody
 */
#include <signal.h>
#include <unistd.h>

static void ready(int sig)
{
	(void)sig;
}

int main(void)
{
	pid_t child;

	signal(SIGUSR1, ready);
	child = fork();
	if (child == 0) {
		pause(); /* @child */
		kill(getppid(), SIGUSR1);
		_exit(0);
	}
	pause(); /* @parent */
	kill(child, SIGUSR1);
	return 0;
}
