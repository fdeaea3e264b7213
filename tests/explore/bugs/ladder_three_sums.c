/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Three lost updates in a row must fall together. */
/* explore: WRONG */
#include "../program.h"

static struct { int x, y, z; } *s;
static void add(int me)
{
	(void)me;
	s->x++;
	s->y++;
	s->z++;
}
int main(void)
{
	s = shared(sizeof *s);
	start(add, 0);
	start(add, 1);
	wait_all();
	return s->x == 1 && s->y == 1 && s->z == 1;
}
