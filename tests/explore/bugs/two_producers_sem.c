/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Semaphores count the room, but nothing protects `in`. */
/* explore: WRONG */
#include "../program.h"

static struct { sem_t room, full; int in, out, buffer[3], sum; } *s;
static void make(int v)
{
	sem_wait(&s->room);
	s->buffer[s->in] = v;
	s->in = (s->in + 1) % 3;
	sem_post(&s->full);
}
static void take(int n)
{
	while (n--) {
		sem_wait(&s->full);
		s->sum += s->buffer[s->out];
		s->out = (s->out + 1) % 3;
		sem_post(&s->room);
	}
}
int main(void)
{
	s = shared(sizeof *s);
	sem_init(&s->room, 1, 3);
	sem_init(&s->full, 1, 0);
	start(make, 1);
	start(make, 2);
	start(take, 2);
	wait_all();
	return s->sum != 3;
}
