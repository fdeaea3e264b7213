/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Threads, a condition. */
/* explore: fine --threads */
#include "../program.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static int flag;
static void *waker(void *p)
{
	pthread_mutex_lock(&lock);
	flag = 1;
	pthread_cond_signal(&cond);
	pthread_mutex_unlock(&lock);
	return p;
}
int main(void)
{
	pthread_t t;

	pthread_create(&t, NULL, waker, NULL);
	pthread_mutex_lock(&lock);
	while (!flag)
		pthread_cond_wait(&cond, &lock);
	pthread_mutex_unlock(&lock);
	return pthread_join(t, NULL);
}
