/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The waker sets the flag and signals without the lock. */
/* explore: HANG */
#include "../program.h"

static struct { pthread_mutex_t lock; pthread_cond_t cond; atomic_int flag; } *s;
static void waiter(int me)
{
	(void)me;
	pthread_mutex_lock(&s->lock);
	while (!atomic_load(&s->flag))
		pthread_cond_wait(&s->cond, &s->lock);
	pthread_mutex_unlock(&s->lock);
}
static void waker(int me)
{
	(void)me;
	atomic_store(&s->flag, 1);
	pthread_cond_signal(&s->cond);
}
int main(void)
{
	s = shared(sizeof *s);
	shared_mutex(&s->lock);
	shared_cond(&s->cond);
	start(waiter, 0);
	start(waker, 0);
	return wait_all();
}
