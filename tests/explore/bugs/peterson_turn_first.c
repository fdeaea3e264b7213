/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Peterson's lock, where one gives the turn away before it says that it wants in. */
/* explore: WRONG */
#include "../program.h"

static struct { atomic_int want[2], turn, inside; int met; } *s;
static void work(int me)
{
	if (me == 0) {
		atomic_store(&s->turn, 1 - me);
		atomic_store(&s->want[me], 1);
	} else {
		atomic_store(&s->turn, 1 - me);
		atomic_store(&s->want[me], 1);
	}
	while (atomic_load(&s->want[1 - me]) && atomic_load(&s->turn) == 1 - me)
		;
	if (atomic_fetch_add(&s->inside, 1))
		s->met = 1;
	atomic_fetch_sub(&s->inside, 1);
	atomic_store(&s->want[me], 0);
}
int main(void)
{
	s = shared(sizeof *s);
	start(work, 0);
	start(work, 1);
	wait_all();
	return s->met;
}
