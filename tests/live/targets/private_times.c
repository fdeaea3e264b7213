/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Waits of the C library with a time-out, on objects that are private to the process: futex(2) with FUTEX_PRIVATE_FLAG. Each is
 * made twice: once when the time passes, and once when another thread ends it. */
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER, held = PTHREAD_MUTEX_INITIALIZER, pi;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static pthread_rwlock_t rw = PTHREAD_RWLOCK_INITIALIZER;
static sem_t sem, over;
static int ready;

static void said(const char *what, int error)
{
	printf("%s: %s\n", what, error ? strerrorname_np(error) : "0");
	fflush(stdout);
}

static struct timespec in(int clock, long ms)
{
	struct timespec t;

	clock_gettime(clock, &t);
	t.tv_sec += ms / 1000;
	t.tv_nsec += ms % 1000 * 1000000;
	t.tv_sec += t.tv_nsec / 1000000000;
	t.tv_nsec %= 1000000000;
	return t;
}

static void *waits(void *how)
{
	struct timespec real = in(CLOCK_REALTIME, 20), mono = in(CLOCK_MONOTONIC, 20);

	(void)how;
	said("mutex_timedlock", pthread_mutex_timedlock(&held, &real));
	real = in(CLOCK_REALTIME, 20);
	said("mutex_timedlock, PI", pthread_mutex_timedlock(&pi, &real));
	real = in(CLOCK_REALTIME, 20);
	said("rwlock_timedrdlock", pthread_rwlock_timedrdlock(&rw, &real));
	real = in(CLOCK_REALTIME, 20);
	said("rwlock_timedwrlock", pthread_rwlock_timedwrlock(&rw, &real));
	mono = in(CLOCK_MONOTONIC, 20);
	said("sem_clockwait", sem_clockwait(&sem, CLOCK_MONOTONIC, &mono) < 0 ? errno : 0);
	real = in(CLOCK_REALTIME, 20);
	said("sem_timedwait", sem_timedwait(&sem, &real) < 0 ? errno : 0);
	return NULL;
}

static void *ends(void *how)
{
	(void)how;
	usleep(20000);
	sem_post(&sem);
	sem_wait(&over);
	pthread_mutex_lock(&mutex);
	ready = 1;
	pthread_cond_signal(&cond);
	pthread_mutex_unlock(&mutex);
	return NULL;
}

int main(void)
{
	struct timespec t;
	pthread_mutexattr_t attr;
	pthread_t thread;
	int error = 0;

	pthread_mutexattr_init(&attr);
	pthread_mutexattr_setprotocol(&attr, PTHREAD_PRIO_INHERIT);
	pthread_mutex_init(&pi, &attr);
	sem_init(&sem, 0, 0);
	sem_init(&over, 0, 0);
	pthread_mutex_lock(&held);
	pthread_mutex_lock(&pi);
	pthread_rwlock_wrlock(&rw);
	pthread_create(&thread, NULL, waits, NULL);
	pthread_join(thread, NULL);
	pthread_mutex_lock(&mutex);
	t = in(CLOCK_REALTIME, 20);
	said("cond_timedwait", pthread_cond_timedwait(&cond, &mutex, &t));
	t = in(CLOCK_MONOTONIC, 20);
	said("cond_clockwait", pthread_cond_clockwait(&cond, &mutex, CLOCK_MONOTONIC, &t));
	pthread_mutex_unlock(&mutex);
	pthread_create(&thread, NULL, ends, NULL);
	t = in(CLOCK_REALTIME, 600000);
	said("a post", sem_timedwait(&sem, &t) < 0 ? errno : 0);
	sem_post(&over);
	pthread_mutex_lock(&mutex);
	t = in(CLOCK_REALTIME, 600000);
	while (!ready && !error)
		error = pthread_cond_timedwait(&cond, &mutex, &t);
	said("a signal", error);
	pthread_mutex_unlock(&mutex);
	pthread_join(thread, NULL);
	return 0;
}
