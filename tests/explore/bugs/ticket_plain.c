/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A ticket lock that draws its ticket by a plain increment: two have the same, and a third is never called. */
/* explore: HANG */
#include "../program.h"

static struct { int next; atomic_int serves; int count; } *s;
static void work(int me)
{
	int ticket = s->next++;

	(void)me;
	while (atomic_load(&s->serves) != ticket)
		;
	s->count++;
	atomic_fetch_add(&s->serves, 1);
}
static void twice(int me) { work(me); work(me); }
int main(void)
{
	s = shared(sizeof *s);
	start(twice, 0);
	start(twice, 1);
	return wait_all();
}
