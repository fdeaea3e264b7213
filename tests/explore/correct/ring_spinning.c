/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A ring of one producer and one consumer, both spin. */
/* explore: fine */
#include "../program.h"

static struct { atomic_uint in, out; int buffer[2]; int bad; } *s;
static void make(int n)
{
	for (int i = 0; i < n; i++) {
		while (atomic_load(&s->in) - atomic_load(&s->out) == 2)
			;
		s->buffer[s->in % 2] = i;
		atomic_fetch_add(&s->in, 1);
	}
}
static void take(int n)
{
	for (int i = 0; i < n; i++) {
		while (atomic_load(&s->in) == atomic_load(&s->out))
			;
		if (s->buffer[s->out % 2] != i)
			s->bad = 1;
		atomic_fetch_add(&s->out, 1);
	}
}
int main(void)
{
	s = shared(sizeof *s);
	start(make, 4);
	start(take, 4);
	return wait_all() || s->bad;
}
