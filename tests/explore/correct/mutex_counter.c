/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A counter under a mutex. */
/* explore: fine */
#include "../program.h"

static struct { pthread_mutex_t lock; int count; } *s;
static void add(int n) { while (n--) { pthread_mutex_lock(&s->lock); s->count++; pthread_mutex_unlock(&s->lock); } }
int main(void)
{
	s = shared(sizeof *s);
	shared_mutex(&s->lock);
	start(add, 2);
	start(add, 2);
	start(add, 2);
	return wait_all() || s->count != 6;
}
