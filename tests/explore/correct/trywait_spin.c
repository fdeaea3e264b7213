/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sem_trywait in a loop. */
/* explore: fine */
#include "../program.h"

static struct { sem_t lock; int count; } *s;
static void work(int n)
{
	while (n--) {
		while (sem_trywait(&s->lock) != 0)
			sched_yield();
		s->count++;
		sem_post(&s->lock);
	}
}
int main(void)
{
	s = shared(sizeof *s);
	sem_init(&s->lock, 1, 1);
	start(work, 2);
	start(work, 2);
	return wait_all() || s->count != 4;
}
