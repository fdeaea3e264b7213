/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A POSIX timer that runs a function in a thread of its own (SIGEV_THREAD).
 *
 * why ENDED
 */
#include <signal.h>
#include <time.h>
#include <unistd.h>

static int ends[2];

static void ring(union sigval value)
{
	(void)value;
	(void)!write(ends[1], "!", 1);
}

int main(void)
{
	struct sigevent how = {.sigev_notify = SIGEV_THREAD, .sigev_notify_function = ring};
	struct itimerspec once = {.it_value = {0, 300000000}};
	timer_t timer;
	char byte;

	if (pipe(ends) < 0 || timer_create(CLOCK_MONOTONIC, &how, &timer) < 0 ||
		timer_settime(timer, 0, &once, NULL) < 0)
		return 1;
	(void)!read(ends[0], &byte, 1);
	return 0;
}
