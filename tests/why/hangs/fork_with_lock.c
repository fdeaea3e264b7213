/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fork(2) while another thread holds a mutex: in the child the mutex is held by a thread that is not there.
 *
 * why HANG
 * why P1 wait4 child @wait <- P2
 * why P1/2 pause signal @pause <- nobody
 * why P2 futex mutex @lock <- nobody
 */
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

static pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;

static void *hold(void *arg)
{
	pthread_mutex_lock(&m);
	pause(); /* @pause */
	return arg;
}

int main(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, hold, NULL);
	usleep(100000);
	if (fork() == 0) {
		pthread_mutex_lock(&m); /* @lock */
		_exit(0);
	}
	wait(NULL); /* @wait */
	return 0;
}
