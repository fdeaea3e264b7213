/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each of three makes it when it is not there: it is made twice. */
/* explore: WRONG */
#include "../program.h"

static struct { atomic_int there, made; } *s;
static void use(int me)
{
	(void)me;
	if (!atomic_load(&s->there)) {
		atomic_fetch_add(&s->made, 1);
		atomic_store(&s->there, 1);
	}
}
int main(void)
{
	s = shared(sizeof *s);
	for (int i = 0; i < 3; i++)
		start(use, i);
	wait_all();
	return s->made != 1;
}
