/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A counter under a semaphore. */
/* explore: fine */
#include "../program.h"

static struct { sem_t lock; int count; } *s;
static void add(int n) { while (n--) { sem_wait(&s->lock); s->count++; sem_post(&s->lock); } }
int main(void)
{
	s = shared(sizeof *s);
	sem_init(&s->lock, 1, 1);
	start(add, 3);
	start(add, 3);
	return wait_all() || s->count != 6;
}
