/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parent's select names no descriptor and no time-out, which is pause(2): its child's signal came before it.
 *
 * why HANG
 * why P1 pselect6 signal @parent <- nobody
 */
#include <signal.h>
#include <stddef.h>
#include <sys/select.h>
#include <sys/wait.h>
#include <unistd.h>

static void ready(int sig)
{
	(void)sig;
}

int main(void)
{
	signal(SIGUSR1, ready);
	if (fork() == 0) {
		kill(getppid(), SIGUSR1);
		_exit(0);
	}
	wait(NULL);
	return select(0, NULL, NULL, NULL, NULL); /* @parent */
}
