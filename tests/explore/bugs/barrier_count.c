/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A barrier for three where two may come. */
/* explore: HANG */
#include "../program.h"

static struct { pthread_barrier_t b; int skip; } *s;
static void come(int me)
{
	if (me == 0)
		s->skip = 1;
	else if (s->skip)
		return;
	if (me)
		pthread_barrier_wait(&s->b);
}
int main(void)
{
	pthread_barrierattr_t a;

	s = shared(sizeof *s);
	pthread_barrierattr_init(&a);
	pthread_barrierattr_setpshared(&a, PTHREAD_PROCESS_SHARED);
	pthread_barrier_init(&s->b, &a, 2);
	start(come, 1);
	start(come, 2);
	start(come, 0);
	return wait_all();
}
