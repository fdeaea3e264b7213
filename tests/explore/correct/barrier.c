/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pthread_barrier, used twice. */
/* explore: fine */
#include "../program.h"

static struct { pthread_barrier_t b; int phase[2], bad; } *s;
static void work(int me)
{
	for (int i = 1; i <= 2; i++) {
		s->phase[me] = i;
		pthread_barrier_wait(&s->b);
		if (s->phase[1 - me] < i)
			s->bad = 1;
		pthread_barrier_wait(&s->b);
	}
}
int main(void)
{
	pthread_barrierattr_t a;

	s = shared(sizeof *s);
	pthread_barrierattr_init(&a);
	pthread_barrierattr_setpshared(&a, PTHREAD_PROCESS_SHARED);
	pthread_barrier_init(&s->b, &a, 2);
	start(work, 0);
	start(work, 1);
	return wait_all() || s->bad;
}
