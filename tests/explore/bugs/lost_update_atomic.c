/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Load and store are atomic each, the sum of both is not. */
/* explore: WRONG */
#include "../program.h"

static atomic_int *count;
static void add(int n)
{
	for (int i = 0; i < n; i++)
		atomic_store(count, atomic_load(count) + 1);
}
int main(void)
{
	count = shared(sizeof *count);
	start(add, 2);
	start(add, 2);
	wait_all();
	return atomic_load(count) != 4;
}
