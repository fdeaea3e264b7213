/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A signal comes while it waits; its handler has SA_RESTART. */
/* explore: fine */
#include "../program.h"

static struct { sem_t go; } *s;
static volatile sig_atomic_t rung;
static void ring(int sig) { (void)sig; rung = 1; }
static void waiter(int me) { (void)me; if (sem_wait(&s->go) != 0) _exit(1); }
int main(void)
{
	pid_t pid;

	s = shared(sizeof *s);
	sem_init(&s->go, 1, 0);
	signal(SIGUSR1, ring);
	pid = start(waiter, 0);
	kill(pid, SIGUSR1);
	sem_post(&s->go);
	return wait_all();
}
