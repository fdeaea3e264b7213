/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A counter by fetch_add. */
/* explore: fine */
#include "../program.h"

static atomic_int *count;
static void add(int n) { while (n--) atomic_fetch_add(count, 1); }
int main(void)
{
	count = shared(sizeof *count);
	start(add, 3);
	start(add, 3);
	return wait_all() || atomic_load(count) != 6;
}
