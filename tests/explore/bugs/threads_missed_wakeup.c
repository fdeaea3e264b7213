/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Threads: the flag is looked at outside the lock. */
/* explore: HANG --threads */
#include "../program.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static int flag;
static void *waker(void *p)
{
	flag = 1;
	pthread_mutex_lock(&lock);
	pthread_cond_signal(&cond);
	pthread_mutex_unlock(&lock);
	return p;
}
int main(void)
{
	pthread_t t;

	pthread_create(&t, NULL, waker, NULL);
	if (!flag) {
		pthread_mutex_lock(&lock);
		pthread_cond_wait(&cond, &lock);
		pthread_mutex_unlock(&lock);
	}
	pthread_join(t, NULL);
	return 0;
}
