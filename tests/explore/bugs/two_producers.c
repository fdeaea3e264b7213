/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A ring for one producer, used by two. */
/* explore: WRONG */
#include "../program.h"

static struct { int in, buffer[4]; } *s;
static void make(int v) { s->buffer[s->in] = v; s->in = s->in + 1; }
int main(void)
{
	s = shared(sizeof *s);
	start(make, 1);
	start(make, 2);
	wait_all();
	return s->in != 2 || s->buffer[0] + s->buffer[1] != 3;
}
