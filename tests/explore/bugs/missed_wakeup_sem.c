/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A waiter says that it waits after the waker has looked. */
/* explore: HANG */
#include "../program.h"

static struct { atomic_int waits, done; sem_t bell; } *s;
static void waiter(int me)
{
	(void)me;
	if (!atomic_load(&s->done)) {
		atomic_store(&s->waits, 1);
		sem_wait(&s->bell);
	}
}
static void waker(int me)
{
	(void)me;
	atomic_store(&s->done, 1);
	if (atomic_load(&s->waits))
		sem_post(&s->bell);
}
int main(void)
{
	s = shared(sizeof *s);
	sem_init(&s->bell, 1, 0);
	start(waiter, 0);
	start(waker, 0);
	return wait_all();
}
