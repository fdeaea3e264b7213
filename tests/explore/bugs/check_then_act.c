/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Both find the seat free, both take it. */
/* explore: WRONG */
#include "../program.h"

static struct { int taken, owners; } *s;
static void take(int me)
{
	(void)me;
	if (!s->taken) {
		s->taken = 1;
		__atomic_fetch_add(&s->owners, 1, __ATOMIC_SEQ_CST);
	}
}
int main(void)
{
	s = shared(sizeof *s);
	start(take, 1);
	start(take, 2);
	wait_all();
	return s->owners != 1;
}
