/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A timer of timerfd, which runs by the clock. */
/* explore: fine */
#include "../program.h"

#include <sys/timerfd.h>
static int *p;
static void other(int me) { (void)me; ++*p; }
int main(void)
{
	struct itimerspec t = {.it_value = {0, 20000000}};
	int fd = timerfd_create(CLOCK_MONOTONIC, 0);
	unsigned long n;

	p = shared(sizeof *p);
	start(other, 0);
	if (fd < 0 || timerfd_settime(fd, 0, &t, NULL) != 0 || read(fd, &n, sizeof n) != sizeof n)
		return 1;
	return wait_all() || *p != 1;
}
