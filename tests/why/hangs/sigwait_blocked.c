/* SPDX-License-Identifier: GPL-3.0-or-later */
/* main waits in sigwaitinfo(2) for the signal that its thread would send, which waits for main's lock.
 *
 * why HANG
 * why outside WAITS
 * why P1 rt_sigtimedwait signal @wait <- nobody
 * why P1/2 futex mutex @lock <- P1
 */
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

static pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;

static void *work(void *arg)
{
	pthread_mutex_lock(&m); /* @lock */
	kill(getpid(), SIGUSR1);
	return arg;
}

int main(void)
{
	pthread_t thread;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	pthread_mutex_lock(&m);
	pthread_create(&thread, NULL, work, NULL);
	sigwaitinfo(&set, NULL); /* @wait */
	return 0;
}
