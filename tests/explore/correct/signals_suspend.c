/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The signal is kept back until sigsuspend. */
/* explore: fine */
#include "../program.h"

static volatile sig_atomic_t rung;
static void ring(int sig) { (void)sig; rung = 1; }
static void waiter(int me)
{
	sigset_t none;

	(void)me;
	sigemptyset(&none);
	while (!rung)
		sigsuspend(&none);
}
int main(void)
{
	sigset_t set;
	pid_t pid;

	signal(SIGUSR1, ring);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	pid = start(waiter, 0);
	kill(pid, SIGUSR1);
	return wait_all();
}
