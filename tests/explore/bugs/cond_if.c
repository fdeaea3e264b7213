/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `if` where `while` belongs: another has taken it in between. */
/* explore: WRONG */
#include "../program.h"

static struct { pthread_mutex_t lock; pthread_cond_t cond; int items, below; } *s;
static void take(int me)
{
	(void)me;
	pthread_mutex_lock(&s->lock);
	if (s->items == 0)
		pthread_cond_wait(&s->cond, &s->lock);
	s->items--;
	if (s->items < 0)
		s->below = 1;
	pthread_mutex_unlock(&s->lock);
}
static void make(int n)
{
	while (n--) {
		pthread_mutex_lock(&s->lock);
		s->items++;
		pthread_cond_signal(&s->cond);
		pthread_mutex_unlock(&s->lock);
	}
}
int main(void)
{
	s = shared(sizeof *s);
	shared_mutex(&s->lock);
	shared_cond(&s->cond);
	start(take, 0);
	start(take, 1);
	start(make, 2);
	wait_all();
	return s->below;
}
