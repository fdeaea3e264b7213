/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each reads before it writes, unless the other was seen to have begun. */
/* explore: HANG */
#include "../program.h"

static atomic_int *begun;
static int ab[2], ba[2];
static void side(int me)
{
	int in = me ? ab[0] : ba[0], out = me ? ba[1] : ab[1];
	bool first = atomic_load(&begun[1 - me]) == 0;
	char c = 'x';

	atomic_store(&begun[me], 1);
	if (!first && write(out, &c, 1) != 1)
		_exit(1);
	if (read(in, &c, 1) != 1)
		_exit(1);
	if (first && write(out, &c, 1) != 1)
		_exit(1);
}
int main(void)
{
	begun = shared(2 * sizeof *begun);
	if (pipe(ab) != 0 || pipe(ba) != 0)
		return 99;
	start(side, 0);
	start(side, 1);
	return wait_all();
}
