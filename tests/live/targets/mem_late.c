/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mem_late copy: structs copied within shared memory. mem_late until MS: a deadline, then another
 * operation, then the wait for it. mem_late line: a source line of many operations. mem_late fifo PATH. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct small {
	int a, b;
};
struct large {
	long v[5];
};
static struct shared {
	struct small one, two;
	struct large three, four;
	pthread_mutex_t mutex;
	pthread_cond_t cond;
	sem_t sem, other;
	volatile int turns;
} *shared;

static void copies(void)
{
	shared->one = (struct small){1, 2};
	shared->two = shared->one;
	for (int i = 0; i < 5; i++)
		shared->three.v[i] = i + 1;
	shared->four = shared->three;
	shared->turns = 1;
	printf("%d %ld\n", shared->two.b, shared->four.v[4]);
}

static struct timespec after(long ms)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	t.tv_sec += ms / 1000;
	t.tv_nsec += ms % 1000 * 1000000;
	t.tv_sec += t.tv_nsec / 1000000000;
	t.tv_nsec %= 1000000000;
	return t;
}

static void waits(long ms)
{
	struct timespec until = after(ms), past = {.tv_sec = 1};
	int r;

	sem_post(&shared->other); /* held here, as long as somebody likes */
	r = sem_timedwait(&shared->sem, &until);
	printf("sem %s\n", r ? strerror(errno) : "got");
	until = after(ms);
	pthread_mutex_lock(&shared->mutex);
	r = pthread_cond_timedwait(&shared->cond, &shared->mutex, &until);
	printf("cond %s\n", r ? strerror(r) : "woken");
	pthread_mutex_unlock(&shared->mutex);
	r = sem_timedwait(&shared->sem, &past);
	printf("past %s\n", r ? strerror(errno) : "got");
}

static void turns(void)
{
	for (int i = 0; i < 5000; i++) shared->turns = shared->turns + 1;
	puts("turned");
}

static void fifo(const char *path)
{
	int fd;

	if (mkfifo(path, 0600) != 0) {
		perror(path);
		exit(1);
	}
	fd = open(path, O_RDWR);
	for (int i = 0; i < 4; i++)
		if (write(fd, "x", 1) != 1)
			exit(1);
	unlink(path);
}

int main(int argc, char **argv)
{
	pthread_mutexattr_t m;
	pthread_condattr_t c;

	shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pthread_mutexattr_init(&m);
	pthread_mutexattr_setpshared(&m, 1);
	pthread_mutex_init(&shared->mutex, &m);
	pthread_condattr_init(&c);
	pthread_condattr_setpshared(&c, 1);
	pthread_cond_init(&shared->cond, &c);
	sem_init(&shared->sem, 1, 0);
	sem_init(&shared->other, 1, 0);
	if (argc > 2 && !strcmp(argv[1], "until"))
		waits(atol(argv[2]));
	else if (argc > 2 && !strcmp(argv[1], "fifo"))
		fifo(argv[2]);
	else if (argc > 1 && !strcmp(argv[1], "line"))
		turns();
	else
		copies();
	return 0;
}
