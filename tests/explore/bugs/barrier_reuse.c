/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A barrier made of a counter and a semaphore, used twice: the fast one goes round again. */
/* explore: HANG */
#include "../program.h"

static struct { atomic_int here; sem_t gate; } *s;
static void meet(void)
{
	if (atomic_fetch_add(&s->here, 1) + 1 == 2) {
		sem_post(&s->gate);
		sem_post(&s->gate);
		atomic_store(&s->here, 0);
	}
	sem_wait(&s->gate);
}
static void work(int me) { (void)me; meet(); meet(); }
int main(void)
{
	s = shared(sizeof *s);
	sem_init(&s->gate, 1, 0);
	start(work, 0);
	start(work, 1);
	return wait_all();
}
