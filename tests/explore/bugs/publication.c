/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The place is published before the message lies in it. */
/* explore: WRONG */
#include "../program.h"

static struct { int message[2]; atomic_int published; int got; } *s;
static void make(int me) { (void)me; atomic_store(&s->published, 1); s->message[1] = 5; }
static void take(int me)
{
	int at;

	(void)me;
	while (!(at = atomic_load(&s->published)))
		;
	s->got = s->message[at];
}
int main(void)
{
	s = shared(sizeof *s);
	start(make, 0);
	start(take, 0);
	wait_all();
	return s->got != 5;
}
