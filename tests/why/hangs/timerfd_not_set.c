/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A timer is read that nobody has set.
 *
 * why HANG
 * why outside HANG
 * why P1 read timer @read
 * why mend set the timer \(timerfd_settime\) before its descriptor is read
 */
#include <stdint.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

int main(void)
{
	int timer = timerfd_create(CLOCK_MONOTONIC, 0);
	uint64_t n;

	(void)!read(timer, &n, sizeof n); /* @read */
	return 0;
}
