/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The second stage counts on the first, and is not made to wait for it. */
/* explore: CRASH */
#include "../program.h"

static struct { int first, second; } *s;
static void one(int me) { (void)me; s->first = 1; }
static void two(int me) { (void)me; assert(s->first == 1); s->second = 1; }
int main(void)
{
	s = shared(sizeof *s);
	start(one, 0);
	start(two, 0);
	wait_all();
	return 0;
}
