/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two add to a counter with no lock. */
/* explore: WRONG */
#include "../program.h"

static int *count;
static void add(int n) { for (int i = 0; i < n; i++) ++*count; }
int main(void)
{
	count = shared(sizeof *count);
	start(add, 3);
	start(add, 3);
	wait_all();
	return *count != 6;
}
