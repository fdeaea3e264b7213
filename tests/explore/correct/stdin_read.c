/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each execution finds its standard input from the beginning. */
/* explore: fine */
#include "../program.h"

static int *sum;
static void child(int me) { (void)me; ++*sum; }
int main(void)
{
	char c;
	int n = 0;

	sum = shared(sizeof *sum);
	while (read(0, &c, 1) == 1)
		n++;
	start(child, 0);
	return wait_all() || n != 0;
}
