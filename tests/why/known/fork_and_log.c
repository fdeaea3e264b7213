/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A thread logs, with the log's mutex held, at the moment at which another forks; the child logs, too.
 *
 * URL: https://github.com/greenbone/openvas-scanner/pull/491
 * diagnosis: the mutex is copied into the child in its locked state, and the child that tries to lock it waits for ever
 *
 * why HANG
 * why P1 wait4 child @wait <- P2
 * why P2 futex mutex @log
 */
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

static pthread_mutex_t log_mutex = PTHREAD_MUTEX_INITIALIZER;

static void log_line(int slowly)
{
	pthread_mutex_lock(&log_mutex); /* @log */
	if (slowly)
		usleep(500000);
	pthread_mutex_unlock(&log_mutex);
}

static void *alive_detection(void *arg)
{
	log_line(1);
	return arg;
}

int main(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, alive_detection, NULL);
	usleep(100000);
	if (fork() == 0) {
		log_line(0);
		_exit(0);
	}
	pthread_join(thread, NULL);
	wait(NULL); /* @wait */
	return 0;
}
