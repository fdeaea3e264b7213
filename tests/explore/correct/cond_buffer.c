/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Mutex and conditions, as they are meant. */
/* explore: fine */
#include "../program.h"

static struct { pthread_mutex_t lock; pthread_cond_t more, less; int n, sum; } *s;
static void make(int n)
{
	while (n--) {
		pthread_mutex_lock(&s->lock);
		while (s->n == 1)
			pthread_cond_wait(&s->less, &s->lock);
		s->n++;
		pthread_cond_signal(&s->more);
		pthread_mutex_unlock(&s->lock);
	}
}
static void take(int n)
{
	while (n--) {
		pthread_mutex_lock(&s->lock);
		while (s->n == 0)
			pthread_cond_wait(&s->more, &s->lock);
		s->n--;
		s->sum++;
		pthread_cond_signal(&s->less);
		pthread_mutex_unlock(&s->lock);
	}
}
int main(void)
{
	s = shared(sizeof *s);
	shared_mutex(&s->lock);
	shared_cond(&s->more);
	shared_cond(&s->less);
	start(make, 2);
	start(take, 2);
	return wait_all() || s->sum != 2;
}
