/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A lock that is tested and set in two accesses. */
/* explore: WRONG */
#include "../program.h"

static struct { int locked; int inside, met; } *s;
static void work(int me)
{
	(void)me;
	while (s->locked)
		;
	s->locked = 1;
	if (s->inside)
		s->met = 1;
	s->inside = 1;
	s->inside = 0;
	s->locked = 0;
}
int main(void)
{
	s = shared(sizeof *s);
	start(work, 0);
	start(work, 1);
	wait_all();
	return s->met;
}
