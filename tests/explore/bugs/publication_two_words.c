/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A value of two words is written without a lock: half of it is seen. */
/* explore: WRONG */
#include "../program.h"

static struct { int low, high, torn; } *s;
static void set(int v) { s->low = v; s->high = v; }
static void look(int me) { int a = s->low, b = s->high; (void)me; s->torn = a != b; }
int main(void)
{
	s = shared(sizeof *s);
	start(set, 1);
	start(look, 0);
	wait_all();
	return s->torn;
}
