/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The time-out of sem_timedwait is taken for success. */
/* explore: WRONG */
#include "../program.h"

static struct { sem_t ready; int value; } *s;
static void make(int me) { (void)me; s->value = 1; sem_post(&s->ready); }
int main(void)
{
	struct timespec until;

	s = shared(sizeof *s);
	sem_init(&s->ready, 1, 0);
	start(make, 0);
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += 2;
	sem_timedwait(&s->ready, &until);
	if (s->value != 1)
		return 1;
	return wait_all();
}
