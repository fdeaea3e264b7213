/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The number of readers is counted without a lock. */
/* explore: HANG */
#include "../program.h"

static struct { sem_t wrt; int readers; int a, b, torn; } *s;
static void look(int me)
{
	(void)me;
	if (++s->readers == 1)
		sem_wait(&s->wrt);
	if (s->a != s->b)
		s->torn = 1;
	if (--s->readers == 0)
		sem_post(&s->wrt);
}
static void set(int v)
{
	sem_wait(&s->wrt);
	s->a = v;
	s->b = v;
	sem_post(&s->wrt);
}
int main(void)
{
	s = shared(sizeof *s);
	sem_init(&s->wrt, 1, 1);
	start(look, 0);
	start(look, 1);
	start(set, 5);
	wait_all();
	return s->torn;
}
