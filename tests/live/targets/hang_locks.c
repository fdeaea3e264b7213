/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two threads take two locks in opposite orders; the first one waits for both of them. */
#include <pthread.h>

static pthread_mutex_t locks[2] = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER};
static pthread_barrier_t both;

static void *take(void *first)
{
	pthread_mutex_lock(&locks[first != NULL]);
	pthread_barrier_wait(&both);
	pthread_mutex_lock(&locks[first == NULL]);
	return NULL;
}

int main(void)
{
	pthread_t threads[2];

	pthread_barrier_init(&both, NULL, 2);
	pthread_create(&threads[0], NULL, take, NULL);
	pthread_create(&threads[1], NULL, take, &both);
	pthread_join(threads[0], NULL);
	pthread_join(threads[1], NULL);
	return 0;
}
