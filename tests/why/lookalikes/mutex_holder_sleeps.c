/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The holder of a mutex sleeps with it and gives it back.
 *
 * why ENDED
 */
#include <pthread.h>
#include <unistd.h>

static pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;

static void *hold(void *arg)
{
	pthread_mutex_lock(&m);
	usleep(300000);
	pthread_mutex_unlock(&m);
	return arg;
}

int main(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, hold, NULL);
	usleep(20000);
	pthread_mutex_lock(&m);
	pthread_join(thread, NULL);
	return 0;
}
