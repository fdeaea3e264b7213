/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An endless poll(2) of a quiet pipe and a timer descriptor.
 *
 * why ENDED
 */
#include <poll.h>
#include <sys/timerfd.h>
#include <unistd.h>

int main(void)
{
	struct itimerspec once = {.it_value = {0, 300000000}};
	struct pollfd p[2] = {{.events = POLLIN}, {.events = POLLIN}};
	int ends[2];

	p[1].fd = timerfd_create(CLOCK_MONOTONIC, 0);
	if (pipe(ends) < 0 || timerfd_settime(p[1].fd, 0, &once, NULL) < 0)
		return 1;
	p[0].fd = ends[0];
	poll(p, 2, -1);
	return 0;
}
