/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looked at without the lock, made under it, but said to be there too early. */
/* explore: WRONG */
#include "../program.h"

static struct { sem_t lock; atomic_int there; int value; int bad; } *s;
static void use(int me)
{
	(void)me;
	if (!atomic_load(&s->there)) {
		sem_wait(&s->lock);
		if (!atomic_load(&s->there)) {
			atomic_store(&s->there, 1);
			s->value = 3;
		}
		sem_post(&s->lock);
	}
	if (s->value != 3)
		s->bad = 1;
}
int main(void)
{
	s = shared(sizeof *s);
	sem_init(&s->lock, 1, 1);
	start(use, 0);
	start(use, 1);
	wait_all();
	return s->bad;
}
