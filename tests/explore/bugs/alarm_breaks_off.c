/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The alarm may ring before the work is done. */
/* explore: WRONG */
#include "../program.h"

static volatile sig_atomic_t rung;
static struct { sem_t done; int value; } *s;
static void ring(int sig) { (void)sig; rung = 1; }
static void work(int me) { (void)me; s->value = 1; sem_post(&s->done); }
int main(void)
{
	struct sigaction a = {.sa_handler = ring};

	s = shared(sizeof *s);
	sem_init(&s->done, 1, 0);
	sigaction(SIGALRM, &a, NULL);
	start(work, 0);
	alarm(2);
	sem_wait(&s->done);
	if (s->value != 1)
		return 1;
	return wait_all();
}
