/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A lock by exchange, given up to others while it is taken. */
/* explore: fine */
#include "../program.h"

static struct { atomic_int lock; int count; } *s;
static void work(int n)
{
	while (n--) {
		while (atomic_exchange(&s->lock, 1))
			sched_yield();
		s->count++;
		atomic_store(&s->lock, 0);
	}
}
int main(void)
{
	s = shared(sizeof *s);
	start(work, 2);
	start(work, 2);
	return wait_all() || s->count != 4;
}
