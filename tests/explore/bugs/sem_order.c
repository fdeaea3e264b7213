/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bounded buffer whose producer takes the lock before it waits for room. */
/* explore: HANG */
#include "../program.h"

static struct { sem_t lock, room, full; int n; } *s;
static void make(int n)
{
	while (n--) {
		sem_wait(&s->lock);
		sem_wait(&s->room);
		s->n++;
		sem_post(&s->full);
		sem_post(&s->lock);
	}
}
static void take(int n)
{
	while (n--) {
		sem_wait(&s->full);
		sem_wait(&s->lock);
		s->n--;
		sem_post(&s->lock);
		sem_post(&s->room);
	}
}
int main(void)
{
	s = shared(sizeof *s);
	sem_init(&s->lock, 1, 1);
	sem_init(&s->room, 1, 1);
	sem_init(&s->full, 1, 0);
	start(make, 2);
	start(take, 2);
	return wait_all();
}
