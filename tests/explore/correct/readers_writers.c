/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Readers and writers by two semaphores. */
/* explore: fine */
#include "../program.h"

static struct { sem_t lock, wrt; int readers; int a, b, torn; } *s;
static void look(int me)
{
	(void)me;
	sem_wait(&s->lock);
	if (++s->readers == 1)
		sem_wait(&s->wrt);
	sem_post(&s->lock);
	if (s->a != s->b)
		s->torn = 1;
	sem_wait(&s->lock);
	if (--s->readers == 0)
		sem_post(&s->wrt);
	sem_post(&s->lock);
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
	sem_init(&s->lock, 1, 1);
	sem_init(&s->wrt, 1, 1);
	start(look, 0);
	start(look, 1);
	start(set, 5);
	return wait_all() || s->torn;
}
