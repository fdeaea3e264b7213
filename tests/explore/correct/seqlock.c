/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A sequence lock. */
/* explore: fine */
#include "../program.h"

static struct { atomic_uint seq; int a, b, torn; } *s;
static void set(int v)
{
	atomic_fetch_add(&s->seq, 1);
	s->a = v;
	s->b = v;
	atomic_fetch_add(&s->seq, 1);
}
static void look(int me)
{
	unsigned before;
	int a, b;

	(void)me;
	do {
		while ((before = atomic_load(&s->seq)) & 1)
			;
		a = s->a;
		b = s->b;
	} while (atomic_load(&s->seq) != before);
	s->torn = a != b;
}
int main(void)
{
	s = shared(sizeof *s);
	start(set, 1);
	start(look, 0);
	return wait_all() || s->torn;
}
