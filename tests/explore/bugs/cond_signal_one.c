/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One signal where two wait for different things on one condition. */
/* explore: HANG */
#include "../program.h"

static struct { pthread_mutex_t lock; pthread_cond_t cond; int stage; } *s;
static void wait_for(int stage)
{
	pthread_mutex_lock(&s->lock);
	while (s->stage != stage)
		pthread_cond_wait(&s->cond, &s->lock);
	s->stage++;
	pthread_cond_signal(&s->cond);
	pthread_mutex_unlock(&s->lock);
}
int main(void)
{
	s = shared(sizeof *s);
	shared_mutex(&s->lock);
	shared_cond(&s->cond);
	start(wait_for, 2);
	start(wait_for, 1);
	wait_for(0);
	return wait_all();
}
