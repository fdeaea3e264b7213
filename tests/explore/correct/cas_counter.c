/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A counter by compare-and-swap. */
/* explore: fine */
#include "../program.h"

static atomic_int *count;
static void add(int n)
{
	while (n--) {
		int old = atomic_load(count);

		while (!atomic_compare_exchange_strong(count, &old, old + 1))
			;
	}
}
int main(void)
{
	count = shared(sizeof *count);
	start(add, 2);
	start(add, 2);
	return wait_all() || atomic_load(count) != 4;
}
