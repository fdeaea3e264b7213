/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A signal handler takes the mutex that the interrupted code holds.
 *
 * why HANG
 * why P1 futex mutex @handler <- P1
 */
#include <pthread.h>
#include <signal.h>

static pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;

static void note(int sig)
{
	(void)sig;
	pthread_mutex_lock(&m); /* @handler */
	pthread_mutex_unlock(&m);
}

int main(void)
{
	signal(SIGUSR1, note);
	pthread_mutex_lock(&m);
	raise(SIGUSR1);
	pthread_mutex_unlock(&m);
	return 0;
}
