/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Only when the two take turns three times. */
/* explore: WRONG */
#include "../program.h"

static struct { atomic_int a, b; int top; } *s;
static void left(int me)
{
	(void)me;
	atomic_store(&s->a, 1);
	if (atomic_load(&s->b) != 1)
		return;
	atomic_store(&s->a, 2);
	if (atomic_load(&s->b) == 2)
		s->top = 1;
}
static void right(int me)
{
	(void)me;
	if (atomic_load(&s->a) != 1)
		return;
	atomic_store(&s->b, 1);
	if (atomic_load(&s->a) != 2)
		return;
	atomic_store(&s->b, 2);
}
int main(void)
{
	s = shared(sizeof *s);
	start(left, 0);
	start(right, 0);
	wait_all();
	return s->top;
}
