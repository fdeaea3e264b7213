/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A ticket lock. */
/* explore: fine */
#include "../program.h"

static struct { atomic_int next, serves; int count; } *s;
static void work(int n)
{
	while (n--) {
		int ticket = atomic_fetch_add(&s->next, 1);

		while (atomic_load(&s->serves) != ticket)
			;
		s->count++;
		atomic_fetch_add(&s->serves, 1);
	}
}
int main(void)
{
	s = shared(sizeof *s);
	start(work, 2);
	start(work, 2);
	return wait_all() || s->count != 4;
}
