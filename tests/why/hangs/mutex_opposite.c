/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two threads take two mutexes in opposite order.
 *
 * why HANG
 * why P1 futex mutex @main <- P1/2
 * why P1/2 futex mutex @thread <- P1
 * why cycle P1 P1/2
 */
#include <pthread.h>

static pthread_mutex_t a = PTHREAD_MUTEX_INITIALIZER, b = PTHREAD_MUTEX_INITIALIZER;

static pthread_barrier_t both;

static void *other(void *arg)
{
	pthread_mutex_lock(&b);
	pthread_barrier_wait(&both);
	pthread_mutex_lock(&a); /* @thread */
	return arg;
}

int main(void)
{
	pthread_t thread;

	pthread_barrier_init(&both, NULL, 2);
	pthread_mutex_lock(&a);
	pthread_create(&thread, NULL, other, NULL);
	pthread_barrier_wait(&both);
	pthread_mutex_lock(&b); /* @main */
	return 0;
}
