/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A post too many lets two into the critical section. */
/* explore: WRONG */
#include "../program.h"

static struct { sem_t lock; atomic_int inside; int met; } *s;
static void work(int me)
{
	sem_wait(&s->lock);
	if (atomic_fetch_add(&s->inside, 1) > 0)
		s->met = 1;
	atomic_fetch_sub(&s->inside, 1);
	sem_post(&s->lock);
	if (me == 0)
		sem_post(&s->lock);
}
int main(void)
{
	s = shared(sizeof *s);
	sem_init(&s->lock, 1, 1);
	for (int i = 0; i < 3; i++)
		start(work, i);
	wait_all();
	return s->met;
}
