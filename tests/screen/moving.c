/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For live_moving: a thread waits for a mutex of its process for a second, then for a condition, for good. None of its calls
 * stops; the first wait is long enough to be seen. */
#include <pthread.h>
#include <unistd.h>

static pthread_mutex_t taken = PTHREAD_MUTEX_INITIALIZER, mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t never = PTHREAD_COND_INITIALIZER;

static void *wait_twice(void *arg)
{
	pthread_mutex_lock(&taken);
	pthread_mutex_unlock(&taken);
	pthread_mutex_lock(&mutex);
	for (;;)
		pthread_cond_wait(&never, &mutex);
	return arg;
}

int main(void)
{
	pthread_t thread;

	pthread_mutex_lock(&taken);
	if (pthread_create(&thread, NULL, wait_twice, NULL))
		return 1;
	for (int i = 0; i < 5; i++)
		usleep(200000);
	pthread_mutex_unlock(&taken);
	sleep(1000);
	return 0;
}
