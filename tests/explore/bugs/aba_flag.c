/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A lock that is told by a number that comes back. */
/* explore: WRONG */
#include "../program.h"

static struct { atomic_int turn; int log; } *s;
static void one(int me)
{
	int t = atomic_load(&s->turn);
	int seen = s->log;

	(void)me;
	if (atomic_compare_exchange_strong(&s->turn, &t, 9) && seen != s->log)
		_exit(1);
}
static void two(int me)
{
	(void)me;
	atomic_store(&s->turn, 1);
	s->log++;
	atomic_store(&s->turn, 0);
}
int main(void)
{
	s = shared(sizeof *s);
	start(one, 0);
	start(two, 0);
	return wait_all();
}
