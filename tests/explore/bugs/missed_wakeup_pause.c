/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The flag is looked at, then pause: the signal comes in between. */
/* explore: HANG */
#include "../program.h"

static volatile sig_atomic_t rung;
static void ring(int sig) { (void)sig; rung = 1; }
static void waiter(int me)
{
	(void)me;
	if (!rung)
		pause();
}
int main(void)
{
	pid_t pid;

	signal(SIGUSR1, ring);
	pid = start(waiter, 0);
	kill(pid, SIGUSR1);
	return wait_all();
}
