/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every semaphore and pthread function that the hook runtime stands in for, in success, error and
 * time-out; says what each returned and what became of errno. Compiled with and without hooks it
 * must say the same.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct shared {
	sem_t sem;
	pthread_mutex_t mutex;
	pthread_cond_t cond;
	pthread_barrier_t barrier;
	pthread_rwlock_t lock;
	pthread_spinlock_t spin;
	int cell;
	char text[5000];
} * shared;

#define TRY(call)                                              \
	do {                                                   \
		errno = 77; /* nobody's, to see who sets it */ \
		int r_ = (call);                               \
		int e_ = errno;                                \
		printf("%s: %d, errno %d\n", #call, r_, e_);   \
	} while (0)

static struct timespec in(clockid_t clock, long ms)
{
	struct timespec t;

	clock_gettime(clock, &t);
	t.tv_nsec += ms * 1000000;
	t.tv_sec += t.tv_nsec / 1000000000;
	t.tv_nsec %= 1000000000;
	return t;
}

static const struct timespec wrong = {0, 1000000000}, past = {1, 0};

static void semaphores(void)
{
	struct timespec soon;
	sem_t *named;
	int value;
	char name[64];

	TRY(sem_init(&shared->sem, 1, 2));
	TRY(sem_init(&shared->sem, 1, 0xffffffffu));
	TRY(sem_wait(&shared->sem));
	TRY(sem_trywait(&shared->sem));
	TRY(sem_trywait(&shared->sem));
	TRY(sem_getvalue(&shared->sem, &value));
	TRY(value);
	soon = in(CLOCK_REALTIME, 20);
	TRY(sem_timedwait(&shared->sem, &soon));
	soon = in(CLOCK_MONOTONIC, 20);
	TRY(sem_clockwait(&shared->sem, CLOCK_MONOTONIC, &soon));
	TRY(sem_timedwait(&shared->sem, &wrong));
	TRY(sem_timedwait(&shared->sem, &past));
	TRY(sem_post(&shared->sem));
	TRY(sem_timedwait(&shared->sem, &wrong)); /* looked at only if it must wait */
	TRY(sem_destroy(&shared->sem));
	snprintf(name, sizeof name, "/ipclab-hook-%d", (int)getpid());
	errno = 77;
	TRY(sem_open("/ipclab-hook-none", 0) == SEM_FAILED);
	TRY((named = sem_open(name, O_CREAT | O_EXCL, 0600, 3)) == SEM_FAILED);
	TRY(sem_open(name, O_CREAT | O_EXCL, 0600, 3) == SEM_FAILED);
	TRY(sem_open("bad/name/", O_CREAT, 0600, 3) == SEM_FAILED);
	TRY(sem_getvalue(named, &value));
	TRY(value);
	TRY(sem_close(named));
	TRY(sem_unlink(name));
	TRY(sem_unlink(name));
}

static void mutexes(void)
{
	pthread_mutexattr_t a;
	struct timespec soon;
	pid_t child;

	pthread_mutexattr_init(&a);
	pthread_mutexattr_settype(&a, PTHREAD_MUTEX_ERRORCHECK);
	pthread_mutexattr_setpshared(&a, 1);
	pthread_mutexattr_setrobust(&a, 1);
	TRY(pthread_mutex_init(&shared->mutex, &a));
	TRY(pthread_mutex_lock(&shared->mutex));
	TRY(pthread_mutex_lock(&shared->mutex));
	TRY(pthread_mutex_trylock(&shared->mutex));
	TRY(pthread_mutex_unlock(&shared->mutex));
	TRY(pthread_mutex_unlock(&shared->mutex));
	child = fork();
	if (child == 0) {
		pthread_mutex_lock(&shared->mutex);
		_exit(0); /* dies as its owner */
	}
	waitpid(child, NULL, 0);
	TRY(pthread_mutex_lock(&shared->mutex));
	TRY(pthread_mutex_consistent(&shared->mutex));
	TRY(pthread_mutex_consistent(&shared->mutex));
	child = fork();
	if (child == 0) {
		soon = in(CLOCK_REALTIME, 20);
		TRY(pthread_mutex_timedlock(&shared->mutex, &soon));
		soon = in(CLOCK_MONOTONIC, 20);
		TRY(pthread_mutex_clocklock(&shared->mutex, CLOCK_MONOTONIC, &soon));
		TRY(pthread_mutex_timedlock(&shared->mutex, &wrong));
		TRY(pthread_mutex_timedlock(&shared->mutex, &past));
		TRY(pthread_mutex_trylock(&shared->mutex));
		TRY(pthread_mutex_unlock(&shared->mutex));
		fflush(stdout);
		_exit(0);
	}
	waitpid(child, NULL, 0);
	TRY(pthread_mutex_unlock(&shared->mutex));
	TRY(pthread_mutex_destroy(&shared->mutex));
	TRY(pthread_mutex_init(&shared->mutex, NULL));
}

static void conditions(void)
{
	pthread_condattr_t a;
	struct timespec soon;

	pthread_condattr_init(&a);
	pthread_condattr_setclock(&a, CLOCK_MONOTONIC);
	pthread_condattr_setpshared(&a, 1);
	TRY(pthread_cond_init(&shared->cond, &a));
	pthread_mutex_lock(&shared->mutex);
	soon = in(CLOCK_MONOTONIC, 20);
	TRY(pthread_cond_timedwait(&shared->cond, &shared->mutex, &soon));
	soon = in(CLOCK_REALTIME, 20);
	TRY(pthread_cond_clockwait(&shared->cond, &shared->mutex, CLOCK_REALTIME, &soon));
	TRY(pthread_cond_timedwait(&shared->cond, &shared->mutex, &wrong));
	pthread_mutex_unlock(&shared->mutex);
	TRY(pthread_cond_signal(&shared->cond));
	TRY(pthread_cond_broadcast(&shared->cond));
	TRY(pthread_cond_destroy(&shared->cond));
	TRY(pthread_cond_init(&shared->cond, NULL));
	pthread_mutex_lock(&shared->mutex);
	soon = in(CLOCK_REALTIME, 20);
	TRY(pthread_cond_timedwait(&shared->cond, &shared->mutex, &soon));
	pthread_mutex_unlock(&shared->mutex);
}

static void locks(void)
{
	struct timespec soon;

	TRY(pthread_rwlock_init(&shared->lock, NULL));
	TRY(pthread_rwlock_rdlock(&shared->lock));
	TRY(pthread_rwlock_tryrdlock(&shared->lock));
	TRY(pthread_rwlock_trywrlock(&shared->lock));
	soon = in(CLOCK_REALTIME, 20);
	TRY(pthread_rwlock_timedwrlock(&shared->lock, &soon));
	soon = in(CLOCK_MONOTONIC, 20);
	TRY(pthread_rwlock_clockwrlock(&shared->lock, CLOCK_MONOTONIC, &soon));
	TRY(pthread_rwlock_timedwrlock(&shared->lock, &wrong));
	TRY(pthread_rwlock_unlock(&shared->lock));
	TRY(pthread_rwlock_unlock(&shared->lock));
	TRY(pthread_rwlock_wrlock(&shared->lock));
	TRY(pthread_rwlock_wrlock(&shared->lock));
	TRY(pthread_rwlock_timedrdlock(&shared->lock, &past));
	TRY(pthread_rwlock_clockrdlock(&shared->lock, CLOCK_MONOTONIC, &past));
	TRY(pthread_rwlock_unlock(&shared->lock));
	TRY(pthread_rwlock_destroy(&shared->lock));
	TRY(pthread_spin_init(&shared->spin, 1));
	TRY(pthread_spin_lock(&shared->spin));
	TRY(pthread_spin_trylock(&shared->spin));
	TRY(pthread_spin_unlock(&shared->spin));
	TRY(pthread_spin_destroy(&shared->spin));
	TRY(pthread_barrier_init(&shared->barrier, NULL, 0));
	TRY(pthread_barrier_init(&shared->barrier, NULL, 1));
	TRY(pthread_barrier_wait(&shared->barrier));
	TRY(pthread_barrier_destroy(&shared->barrier));
}

static void *sleeper(void *arg)
{
	while (sem_wait(arg) == -1)
		;
	return (void *)5;
}

static void *cancelled(void *arg)
{
	sem_wait(arg);
	return NULL;
}

static void on_signal(int sig)
{
	(void)sig;
}

static void threads(void)
{
	struct sigaction act = {.sa_handler = on_signal};
	struct timespec soon = in(CLOCK_REALTIME, 20);
	struct itimerval timer = {.it_value.tv_usec = 20000};
	pthread_t t;
	void *value;

	sem_init(&shared->sem, 0, 0);
	TRY(pthread_create(&t, NULL, sleeper, &shared->sem));
	TRY(pthread_timedjoin_np(t, NULL, &soon));
	soon = in(CLOCK_MONOTONIC, 20);
	TRY(pthread_clockjoin_np(t, NULL, CLOCK_MONOTONIC, &soon));
	sem_post(&shared->sem);
	TRY(pthread_join(t, &value));
	TRY((int)(long)value);
	TRY(pthread_join(pthread_self(), NULL));
	TRY(pthread_create(&t, NULL, cancelled, &shared->sem));
	TRY(pthread_cancel(t));
	TRY(pthread_join(t, &value));
	TRY(value == PTHREAD_CANCELED);
	sigaction(SIGALRM, &act, NULL); /* no SA_RESTART: sem_wait is interrupted */
	setitimer(ITIMER_REAL, &timer, NULL);
	TRY(sem_wait(&shared->sem));
}

static void mappings(void)
{
	char *p, *q;
	int id = shmget(IPC_PRIVATE, 8192, 0600);

	TRY(mmap(NULL, 0, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, -1, 0) == MAP_FAILED);
	TRY(mmap(NULL, 10, PROT_READ, MAP_SHARED, -1, 0) == MAP_FAILED);
	TRY(mmap(NULL, 4096, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, -1, 1) == MAP_FAILED);
	TRY(munmap((void *)1, 10));
	p = mmap(NULL, 3 * 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	p[0] = 'a';
	TRY((q = mremap(p, 4096, 2 * 4096, 0)) == MAP_FAILED); /* no room: the next page is taken */
	TRY((q = mremap(p, 3 * 4096, 8 * 4096, MREMAP_MAYMOVE)) == MAP_FAILED);
	TRY(q[0]);
	TRY(munmap(q, 8 * 4096));
	TRY((p = shmat(id, NULL, 0)) == (void *)-1);
	p[1] = 'b';
	TRY(shmdt(p + 1));
	TRY(shmdt(p));
	TRY(shmat(-1, NULL, 0) == (void *)-1);
	shmctl(id, IPC_RMID, NULL);
}

static void texts(void)
{
	char *big = calloc(1, 10000), near[16];

	memset(shared->text, 'x', 4999);
	shared->text[4999] = '\0';
	TRY((int)strlen(shared->text));
	TRY(strcpy(big, shared->text) == big);
	TRY(memcmp(big, shared->text, 5000));
	memmove(shared->text + 1, shared->text, 4998);
	TRY(stpcpy(shared->text, "one two") - shared->text);
	TRY(strcmp(shared->text, "one three") > 0);
	TRY(strncmp(shared->text, "one three", 5));
	TRY(strchr(shared->text, 't') - shared->text);
	TRY(strrchr(shared->text, 'o') - shared->text);
	TRY(strstr(shared->text, "two") - shared->text);
	TRY(strcat(shared->text, " three") == shared->text);
	TRY(strncat(shared->text, "|four", 3) == shared->text);
	TRY(puts(shared->text));
	TRY(printf("%d %5.1f %.*s %s %c %ld %Lg\n", 1, 2.5, 3, shared->text, shared->text + 4, 'c',
		9l, 1.25l));
	TRY(snprintf(near, sizeof near, "%s", shared->text));
	TRY(snprintf(shared->text, (size_t)big[9999] + 8, "%s-%d", "cut off", 5));
	TRY(sprintf(shared->text + 10, "%s", near));
	TRY(puts(shared->text + 10));
	TRY(strncpy(shared->text, "ab", 6) == shared->text);
	TRY(memchr(shared->text, 'b', 6) == shared->text + 1);
	bcopy(shared->text, shared->text + 3, 2);
	bzero(shared->text, 2);
	TRY(shared->text[3]);
	free(big);
}

/* Any argument: nothing that depends on who of two is faster. */
int main(int argc, char **argv)
{
	(void)argv;
	setvbuf(stdout, NULL, _IOLBF, 0);
	shared = mmap(
		NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	semaphores();
	if (argc == 1) {
		mutexes();
		threads();
	} else {
		pthread_mutex_init(&shared->mutex, NULL);
	}
	conditions();
	locks();
	mappings();
	texts();
	return 9;
}
