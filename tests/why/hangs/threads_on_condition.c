/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two consumers wait on a condition; the producer, main, has signalled once for two items and joins.
 *
 * why HANG
 * why P1 futex other @join <- P1/2|P1/3
 * why P1/2|P1/3 futex cond @wait <- P1
 */
#include <pthread.h>
#include <unistd.h>

static pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t c = PTHREAD_COND_INITIALIZER;
static int items;

static void *consume(void *arg)
{
	pthread_mutex_lock(&m);
	pthread_cond_wait(&c, &m); /* @wait */
	items--;
	pthread_mutex_unlock(&m);
	return arg;
}

int main(void)
{
	pthread_t threads[2];

	for (int i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, consume, NULL);
	usleep(100000);
	pthread_mutex_lock(&m);
	items = 2;
	pthread_cond_signal(&c);
	pthread_mutex_unlock(&m);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL); /* @join */
	return 0;
}
