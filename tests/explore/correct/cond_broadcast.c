/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two wait for a flag; a broadcast lets both go. */
/* explore: fine */
#include "../program.h"

static struct { pthread_mutex_t lock; pthread_cond_t cond; int flag; } *s;
static void waits(int me)
{
	(void)me;
	pthread_mutex_lock(&s->lock);
	while (!s->flag)
		pthread_cond_wait(&s->cond, &s->lock);
	pthread_mutex_unlock(&s->lock);
}
int main(void)
{
	s = shared(sizeof *s);
	shared_mutex(&s->lock);
	shared_cond(&s->cond);
	start(waits, 0);
	start(waits, 1);
	pthread_mutex_lock(&s->lock);
	s->flag = 1;
	pthread_cond_broadcast(&s->cond);
	pthread_mutex_unlock(&s->lock);
	return wait_all();
}
