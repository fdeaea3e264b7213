/* SPDX-License-Identifier: GPL-3.0-or-later */
/* That the other looks at x as well shows only in some orders. */
/* explore: WRONG */
#include "../program.h"

static struct { atomic_int flag; int x, bad; } *s;
static void one(int me)
{
	(void)me;
	atomic_store(&s->flag, 1);
	s->x = 1;
	s->x = 2;
	atomic_store(&s->flag, 0);
}
static void two(int me)
{
	(void)me;
	if (atomic_load(&s->flag) && s->x == 1)
		s->bad = 1;
}
int main(void)
{
	s = shared(sizeof *s);
	start(one, 0);
	start(two, 0);
	wait_all();
	return s->bad;
}
