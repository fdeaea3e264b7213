/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each looks for a free slot and takes it: two may take the same. */
/* explore: WRONG */
#include "../program.h"

static struct { int slot[4]; } *s;
static void take(int me)
{
	for (int i = 0; i < 4; i++)
		if (!s->slot[i]) {
			s->slot[i] = me;
			return;
		}
}
int main(void)
{
	int n = 0;

	s = shared(sizeof *s);
	for (int i = 1; i <= 3; i++)
		start(take, i);
	wait_all();
	for (int i = 0; i < 4; i++)
		n += s->slot[i] != 0;
	return n != 3;
}
