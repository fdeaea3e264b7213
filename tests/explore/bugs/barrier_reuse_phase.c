/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Three meet twice; one may be a phase ahead of the others. */
/* explore: HANG */
#include "../program.h"

static struct { pthread_mutex_t lock; pthread_cond_t cond; int here; int phase[3]; int apart; } *s;
static void meet(void)
{
	pthread_mutex_lock(&s->lock);
	if (++s->here % 2 == 0)
		pthread_cond_broadcast(&s->cond);
	else
		while (s->here % 2)
			pthread_cond_wait(&s->cond, &s->lock);
	pthread_mutex_unlock(&s->lock);
}
static void work(int me)
{
	for (int i = 0; i < 2; i++) {
		meet();
		s->phase[me] = i + 1;
		if (s->phase[1 - me] + 1 < s->phase[me])
			s->apart = 1;
	}
}
int main(void)
{
	s = shared(sizeof *s);
	shared_mutex(&s->lock);
	shared_cond(&s->cond);
	start(work, 0);
	start(work, 1);
	wait_all();
	return s->apart;
}
