/* SPDX-License-Identifier: GPL-3.0-or-later */
/* On the way out by the short cut the semaphore is not given back. */
/* explore: HANG */
#include "../program.h"

static struct { sem_t lock; int stop; } *s;
static void work(int me)
{
	for (int i = 0; i < 2; i++) {
		sem_wait(&s->lock);
		if (s->stop)
			return;
		if (me == 0 && i == 0)
			s->stop = 1;
		sem_post(&s->lock);
	}
}
int main(void)
{
	s = shared(sizeof *s);
	sem_init(&s->lock, 1, 1);
	start(work, 1);
	start(work, 0);
	return wait_all();
}
