/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The child uses what its parent sets after fork. */
/* explore: WRONG */
#include "../program.h"

static struct { int set, got; } *s;
static void use(int me) { (void)me; s->got = s->set; }
int main(void)
{
	s = shared(sizeof *s);
	start(use, 0);
	s->set = 7;
	wait_all();
	return s->got != 7;
}
