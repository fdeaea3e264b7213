/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A ring for one consumer, used by two: one message is taken twice. */
/* explore: WRONG */
#include "../program.h"

static struct { int out, buffer[2]; atomic_int sum; } *s;
static void take(int me)
{
	(void)me;
	atomic_fetch_add(&s->sum, s->buffer[s->out]);
	s->out++;
}
int main(void)
{
	s = shared(sizeof *s);
	s->buffer[0] = 1;
	s->buffer[1] = 2;
	start(take, 1);
	start(take, 2);
	wait_all();
	return s->sum != 3;
}
