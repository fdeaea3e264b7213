/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Three in a line of pipes, ends closed as they should be. */
/* explore: fine */
#include "../program.h"

static int a[2], b[2];
static void first(int me)
{
	(void)me;
	close(a[0]);
	close(b[0]);
	close(b[1]);
	for (int i = 0; i < 2; i++)
		if (write(a[1], "x", 1) != 1)
			_exit(1);
}
static void second(int me)
{
	char c;

	(void)me;
	close(a[1]);
	close(b[0]);
	while (read(a[0], &c, 1) == 1)
		if (write(b[1], &c, 1) != 1)
			_exit(1);
}
int main(void)
{
	char c;
	int n = 0;

	if (pipe(a) != 0 || pipe(b) != 0)
		return 99;
	start(first, 0);
	start(second, 0);
	close(a[0]);
	close(a[1]);
	close(b[1]);
	while (read(b[0], &c, 1) == 1)
		n++;
	return wait_all() || n != 2;
}
