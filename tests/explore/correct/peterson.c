/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Peterson's lock. */
/* explore: fine */
#include "../program.h"

static struct { atomic_int want[2], turn, inside; int met; } *s;
static void work(int me)
{
	for (int i = 0; i < 2; i++) {
		atomic_store(&s->want[me], 1);
		atomic_store(&s->turn, 1 - me);
		while (atomic_load(&s->want[1 - me]) && atomic_load(&s->turn) == 1 - me)
			;
		if (atomic_fetch_add(&s->inside, 1))
			s->met = 1;
		atomic_fetch_sub(&s->inside, 1);
		atomic_store(&s->want[me], 0);
	}
}
int main(void)
{
	s = shared(sizeof *s);
	start(work, 0);
	start(work, 1);
	return wait_all() || s->met;
}
