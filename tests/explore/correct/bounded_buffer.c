/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bounded buffer, two producers, one consumer. */
/* explore: fine */
#include "../program.h"

static struct { sem_t lock, room, full; int in, out, buffer[2], sum; } *s;
static void make(int v)
{
	sem_wait(&s->room);
	sem_wait(&s->lock);
	s->buffer[s->in] = v;
	s->in = (s->in + 1) % 2;
	sem_post(&s->lock);
	sem_post(&s->full);
}
static void take(int n)
{
	while (n--) {
		sem_wait(&s->full);
		sem_wait(&s->lock);
		s->sum += s->buffer[s->out];
		s->out = (s->out + 1) % 2;
		sem_post(&s->lock);
		sem_post(&s->room);
	}
}
int main(void)
{
	s = shared(sizeof *s);
	sem_init(&s->lock, 1, 1);
	sem_init(&s->room, 1, 2);
	sem_init(&s->full, 1, 0);
	start(make, 1);
	start(make, 2);
	start(take, 2);
	return wait_all() || s->sum != 3;
}
