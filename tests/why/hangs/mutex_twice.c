/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A function that locks is called with the lock held.
 *
 * why HANG
 * why P1 futex mutex @again <- P1
 */
#include <pthread.h>

static pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
static int count;

static void add(void)
{
	pthread_mutex_lock(&m); /* @again */
	count++;
	pthread_mutex_unlock(&m);
}

int main(void)
{
	pthread_mutex_lock(&m);
	add();
	pthread_mutex_unlock(&m);
	return 0;
}
