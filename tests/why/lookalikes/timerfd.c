/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A blocking read of a timer descriptor.
 *
 * why ENDED
 */
#include <stdint.h>
#include <sys/timerfd.h>
#include <unistd.h>

int main(void)
{
	struct itimerspec once = {.it_value = {0, 300000000}};
	int fd = timerfd_create(CLOCK_MONOTONIC, 0);
	uint64_t n;

	if (fd < 0 || timerfd_settime(fd, 0, &once, NULL) < 0)
		return 1;
	return read(fd, &n, sizeof n) != sizeof n;
}
