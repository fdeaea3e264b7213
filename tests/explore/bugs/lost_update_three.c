/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Three add to a counter once each, and each of them counts. */
/* explore: WRONG */
#include "../program.h"

static int *count;
static void add(int n) { *count += n; }
int main(void)
{
	count = shared(sizeof *count);
	for (int i = 0; i < 3; i++)
		start(add, 1);
	wait_all();
	return *count != 3;
}
