/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each looks whether the other is inside, and then says that it is. */
/* explore: WRONG */
#include "../program.h"

static struct { atomic_int in[2]; atomic_int inside; int met; } *s;
static void work(int me)
{
	while (atomic_load(&s->in[1 - me]))
		;
	atomic_store(&s->in[me], 1);
	if (atomic_fetch_add(&s->inside, 1))
		s->met = 1;
	atomic_fetch_sub(&s->inside, 1);
	atomic_store(&s->in[me], 0);
}
int main(void)
{
	s = shared(sizeof *s);
	start(work, 0);
	start(work, 1);
	wait_all();
	return s->met;
}
