/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One of the two forgets the lock. */
/* explore: WRONG */
#include "../program.h"

static struct { sem_t lock; int count; } *s;
static void add(int locked)
{
	for (int i = 0; i < 3; i++) {
		if (locked)
			sem_wait(&s->lock);
		s->count++;
		if (locked)
			sem_post(&s->lock);
	}
}
int main(void)
{
	s = shared(sizeof *s);
	sem_init(&s->lock, 1, 1);
	start(add, 1);
	start(add, 0);
	wait_all();
	return s->count != 6;
}
