/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A byte goes to and fro. */
/* explore: fine */
#include "../program.h"

static int ab[2], ba[2];
static void other(int n)
{
	char c;

	while (n--)
		if (read(ab[0], &c, 1) != 1 || write(ba[1], &c, 1) != 1)
			_exit(1);
}
int main(void)
{
	char c = 'x';

	if (pipe(ab) != 0 || pipe(ba) != 0)
		return 99;
	start(other, 3);
	for (int i = 0; i < 3; i++)
		if (write(ab[1], &c, 1) != 1 || read(ba[0], &c, 1) != 1)
			return 1;
	return wait_all();
}
