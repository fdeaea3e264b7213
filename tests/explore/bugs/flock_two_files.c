/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two files locked in two orders. */
/* explore: HANG */
#include "../program.h"

static void both(int first)
{
	int a = open("explore-test.a", O_RDWR), b = open("explore-test.b", O_RDWR);

	flock(first ? b : a, LOCK_EX);
	flock(first ? a : b, LOCK_EX);
}
int main(void)
{
	if (open("explore-test.a", O_RDWR | O_CREAT | O_EXCL, 0600) < 0 || open("explore-test.b", O_RDWR | O_CREAT | O_EXCL, 0600) < 0)
		return 98;
	start(both, 0);
	start(both, 1);
	return wait_all();
}
