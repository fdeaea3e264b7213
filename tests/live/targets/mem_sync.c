/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mem_sync [threads]: the C library's objects, shared by two processes or private to two threads. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static struct shared {
	int by_mutex, by_spin, by_rwlock, by_sem;
	atomic_int by_nobody;
	pthread_mutex_t mutex;
	pthread_cond_t cond;
	pthread_barrier_t barrier;
	pthread_rwlock_t rwlock;
	pthread_spinlock_t spin;
	sem_t sem;
} *s;

static void late(struct timespec *t)
{
	clock_gettime(CLOCK_REALTIME, t);
	t->tv_nsec += 20 * 1000 * 1000;
	if (t->tv_nsec >= 1000000000) {
		t->tv_sec++;
		t->tv_nsec -= 1000000000;
	}
}

static void wait_in_vain(void)
{
	struct timespec t;
	int one, two, three;

	pthread_mutex_lock(&s->mutex);
	late(&t);
	one = pthread_cond_timedwait(&s->cond, &s->mutex, &t);
	pthread_mutex_unlock(&s->mutex);
	sem_wait(&s->sem);
	late(&t);
	two = sem_timedwait(&s->sem, &t) == -1 ? errno : 0;
	three = sem_trywait(&s->sem) == -1 ? errno : 0;
	sem_post(&s->sem);
	printf("%s, %s, %s\n", one == ETIMEDOUT ? "late" : "NOT OK", two == ETIMEDOUT ? "late" : "NOT OK",
		three == EAGAIN ? "would wait" : "NOT OK");
	fflush(stdout);
}

static void *work(void *first)
{
	pthread_barrier_wait(&s->barrier);
	for (int i = 0; i < 3; i++) {
		pthread_mutex_lock(&s->mutex);
		s->by_mutex++;
		pthread_cond_broadcast(&s->cond);
		pthread_mutex_unlock(&s->mutex);
		pthread_spin_lock(&s->spin);
		s->by_spin++;
		pthread_spin_unlock(&s->spin);
		pthread_rwlock_wrlock(&s->rwlock);
		s->by_rwlock++;
		pthread_rwlock_unlock(&s->rwlock);
		sem_wait(&s->sem);
		s->by_sem++;
		sem_post(&s->sem);
		atomic_fetch_add(&s->by_nobody, 1);
	}
	pthread_mutex_lock(&s->mutex);
	while (s->by_mutex < 6)
		pthread_cond_wait(&s->cond, &s->mutex);
	pthread_mutex_unlock(&s->mutex);
	pthread_barrier_wait(&s->barrier);
	if (first)
		wait_in_vain();
	return NULL;
}

static void init(int shared)
{
	pthread_mutexattr_t m;
	pthread_condattr_t c;
	pthread_barrierattr_t b;
	pthread_rwlockattr_t r;

	pthread_mutexattr_init(&m);
	pthread_mutexattr_setpshared(&m, shared);
	pthread_mutex_init(&s->mutex, &m);
	pthread_condattr_init(&c);
	pthread_condattr_setpshared(&c, shared);
	pthread_cond_init(&s->cond, &c);
	pthread_barrierattr_init(&b);
	pthread_barrierattr_setpshared(&b, shared);
	pthread_barrier_init(&s->barrier, &b, 2);
	pthread_rwlockattr_init(&r);
	pthread_rwlockattr_setpshared(&r, shared);
	pthread_rwlock_init(&s->rwlock, &r);
	pthread_spin_init(&s->spin, shared);
	sem_init(&s->sem, shared, 1);
}

static void named(void)
{
	char name[64];
	sem_t *sem;
	int value = -1;

	snprintf(name, sizeof name, "/ipclab-sync-%d", (int)getpid());
	sem = sem_open(name, O_CREAT | O_EXCL, 0600, 1);
	if (sem == SEM_FAILED) {
		perror("sem_open");
		exit(1);
	}
	fflush(stdout);
	if (fork() == 0) {
		sem_post(sem);
		_exit(0);
	}
	wait(NULL);
	sem_wait(sem);
	sem_getvalue(sem, &value);
	printf("named: %d\n", value);
	sem_close(sem);
	sem_unlink(name);
}

int main(int argc, char **argv)
{
	int threads = argc > 1 && !strcmp(argv[1], "threads");

	s = threads ? calloc(1, sizeof *s)
		    : mmap(NULL, sizeof *s, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	init(!threads);
	if (threads) {
		pthread_t other;
		pthread_create(&other, NULL, work, NULL);
		work(s);
		pthread_join(other, NULL);
	} else {
		if (fork() == 0) {
			work(NULL);
			_exit(0);
		}
		work(s);
		wait(NULL);
	}
	printf("%d %d %d %d %d\n", s->by_mutex, s->by_spin, s->by_rwlock, s->by_sem, s->by_nobody);
	named();
	return 0;
}
