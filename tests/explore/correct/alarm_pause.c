/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Only the alarm ends the pause. */
/* explore: fine */
#include "../program.h"

static volatile sig_atomic_t rung;
static void ring(int sig) { (void)sig; rung = 1; }
static int *p;
static void other(int me) { (void)me; ++*p; }
int main(void)
{
	sigset_t none, set;

	p = shared(sizeof *p);
	signal(SIGALRM, ring);
	sigemptyset(&none);
	sigemptyset(&set);
	sigaddset(&set, SIGALRM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	start(other, 0);
	alarm(1);
	while (!rung)
		sigsuspend(&none);
	return wait_all() || *p != 1;
}
