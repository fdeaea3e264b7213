/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether the ring is full is asked before another fills it. */
/* explore: WRONG */
#include "../program.h"

static struct { atomic_int in; int buffer[3]; int spilt; } *s;
static void make(int v)
{
	if (atomic_load(&s->in) < 2) {
		int at = atomic_fetch_add(&s->in, 1);

		if (at >= 2)
			s->spilt = 1;
		else
			s->buffer[at] = v;
	}
}
int main(void)
{
	s = shared(sizeof *s);
	for (int i = 1; i <= 3; i++)
		start(make, i);
	wait_all();
	return s->spilt;
}
