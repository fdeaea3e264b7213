/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each of the C library's objects once waited for, by a second process, and the wait ended by the first. */
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static struct shared {
	int busy, ready;
	sem_t sem, there;
	pthread_mutex_t mutex;
	pthread_cond_t cond;
	pthread_barrier_t barrier;
	pthread_rwlock_t rwlock, other;
	pthread_spinlock_t spin;
} * s;
static sem_t *named;

static void work(void)
{
	for (int i = 0; i < 4; i++)
		s->busy++;
}

/* Whoever comes second waits: for long enough to be seen. */
static void first(void)
{
	work();
	sem_post(&s->sem);
	work();
	sem_post(named);
	pthread_mutex_lock(&s->mutex);
	work();
	pthread_mutex_unlock(&s->mutex);
	work();
	sem_wait(&s->there); /* then the mutex is free only when the second waits on the condition */
	pthread_mutex_lock(&s->mutex);
	s->ready = 1;
	pthread_cond_signal(&s->cond);
	pthread_mutex_unlock(&s->mutex);
	pthread_rwlock_wrlock(&s->rwlock);
	pthread_barrier_wait(&s->barrier);
	work();
	pthread_rwlock_unlock(&s->rwlock);
	pthread_rwlock_rdlock(&s->other);
	pthread_barrier_wait(&s->barrier);
	work();
	pthread_rwlock_unlock(&s->other);
	pthread_spin_lock(&s->spin);
	pthread_barrier_wait(&s->barrier);
	work();
	pthread_spin_unlock(&s->spin);
}

static void second(void)
{
	sem_wait(&s->sem);
	sem_wait(named);
	pthread_mutex_lock(&s->mutex);
	sem_post(&s->there);
	while (!s->ready)
		pthread_cond_wait(&s->cond, &s->mutex);
	pthread_mutex_unlock(&s->mutex);
	pthread_barrier_wait(&s->barrier);
	pthread_rwlock_rdlock(&s->rwlock);
	pthread_rwlock_unlock(&s->rwlock);
	pthread_barrier_wait(&s->barrier);
	pthread_rwlock_wrlock(&s->other);
	pthread_rwlock_unlock(&s->other);
	pthread_barrier_wait(&s->barrier);
	pthread_spin_lock(&s->spin);
	pthread_spin_unlock(&s->spin);
}

static void init(void)
{
	pthread_mutexattr_t m;
	pthread_condattr_t c;
	pthread_barrierattr_t b;
	pthread_rwlockattr_t r;

	pthread_mutexattr_init(&m);
	pthread_mutexattr_setpshared(&m, PTHREAD_PROCESS_SHARED);
	pthread_mutex_init(&s->mutex, &m);
	pthread_condattr_init(&c);
	pthread_condattr_setpshared(&c, PTHREAD_PROCESS_SHARED);
	pthread_cond_init(&s->cond, &c);
	pthread_barrierattr_init(&b);
	pthread_barrierattr_setpshared(&b, PTHREAD_PROCESS_SHARED);
	pthread_barrier_init(&s->barrier, &b, 2);
	pthread_rwlockattr_init(&r);
	pthread_rwlockattr_setpshared(&r, PTHREAD_PROCESS_SHARED);
	pthread_rwlock_init(&s->rwlock, &r);
	pthread_rwlock_init(&s->other, &r);
	pthread_spin_init(&s->spin, PTHREAD_PROCESS_SHARED);
	sem_init(&s->sem, 1, 0);
	sem_init(&s->there, 1, 0);
}

int main(void)
{
	char name[64];

	snprintf(name, sizeof name, "/ipclab-waits-%d", (int)getpid());
	s = mmap(NULL, sizeof *s, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	named = sem_open(name, O_CREAT | O_EXCL, 0600, 0);
	if (s == MAP_FAILED || named == SEM_FAILED)
		return 1;
	init();
	fflush(stdout);
	if (fork() == 0) {
		second();
		_exit(0);
	}
	first();
	wait(NULL);
	printf("%d\n", s->busy);
	sem_close(named);
	sem_unlink(name);
	return 0;
}
