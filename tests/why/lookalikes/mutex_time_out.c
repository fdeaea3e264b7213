/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pthread_mutex_timedlock(3) of a mutex that main holds itself.
 *
 * why ENDED
 */
#include <pthread.h>
#include <time.h>

int main(void)
{
	pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
	struct timespec end;

	clock_gettime(CLOCK_REALTIME, &end);
	end.tv_nsec += 300000000;
	end.tv_sec += end.tv_nsec / 1000000000;
	end.tv_nsec %= 1000000000;
	pthread_mutex_lock(&m);
	pthread_mutex_timedlock(&m, &end);
	return 0;
}
