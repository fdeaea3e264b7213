/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The flag is set before what it stands for. */
/* explore: WRONG */
#include "../program.h"

static struct { atomic_int ready; int value, got; } *s;
static void make(int me) { (void)me; atomic_store(&s->ready, 1); s->value = 42; }
static void take(int me) { (void)me; if (atomic_load(&s->ready)) s->got = s->value; else s->got = 42; }
int main(void)
{
	s = shared(sizeof *s);
	start(make, 0);
	start(take, 0);
	wait_all();
	return s->got != 42;
}
