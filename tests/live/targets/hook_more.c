/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hook_more WHAT: one behaviour of the hook runtime each, for tests/live/test_hook.sh. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PAGE 4096
static int *cells;
static sem_t *sem;

static void *share(size_t bytes)
{
	return mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
}

/* ---- before main ---- */
static int *early;

__attribute__((constructor(101))) static void first_constructor(void)
{
	early = share(PAGE);
	early[3] = 1;
}

static int before_main(void)
{
	return early[3] - 1;
}

/* ---- a time-out that the tracer made endless ---- */
static int endless(void)
{
	struct timespec until;
	int r;

	sem_init(sem, 1, 0);
	if (fork() == 0) {
		usleep(150000);
		sem_post(sem);
		_exit(0);
	}
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += 20000000;
	until.tv_sec += until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	errno = 0;
	r = sem_timedwait(sem, &until);
	printf("%d %d\n", r, errno);
	return 0;
}

/* ---- signals in the midst of hooks ---- */
static volatile sig_atomic_t ticks;

static void tick(int sig)
{
	int kept = errno;

	(void)sig;
	ticks++;
	cells[1]++;
	sem_post(sem);
	errno = kept;
}

static int signals(void)
{
	struct sigaction act = {.sa_handler = tick, .sa_flags = SA_RESTART};
	struct itimerval often = {{0, 500}, {0, 500}}, never = {0};
	int posted;

	sem_init(sem, 1, 0);
	sigaction(SIGALRM, &act, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
	errno = 5;
	while (ticks < 200) {
		char *p = share(3 * PAGE);

		p[PAGE] = 'x';
		munmap(p + PAGE, PAGE); /* a hole in the middle */
		p[2 * PAGE] = p[0];
		munmap(p, 3 * PAGE);
		cells[0]++;
	}
	setitimer(ITIMER_REAL, &never, NULL);
	sem_getvalue(sem, &posted);
	printf("%d %d %d\n", errno, cells[1] == ticks, posted == ticks);
	return 0;
}

/* ---- fork and exec ---- */
static int again(char *self)
{
	cells[0] = 1;
	if (fork() == 0) {
		cells[1] = 2;
		execl(self, self, "nothing", (char *)NULL);
		_exit(1);
	}
	wait(NULL);
	return cells[1] - 2;
}

/* ---- mappings that come and go ---- */
static int maps(void)
{
	char *p = share(4 * PAGE), *q;

	p[1] = 1;
	munmap(p + PAGE, PAGE);
	p[2 * PAGE + 2] = 1;
	mmap(p + 2 * PAGE, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
		-1, 0);
	p[2 * PAGE + 3] = 1; /* private now */
	p[3 * PAGE + 4] = 1;
	q = mremap(p, PAGE, 2 * PAGE, MREMAP_MAYMOVE);
	q[PAGE + 5] = 1;
	munmap(q, 2 * PAGE);
	for (int i = 0; i < 400; i++) { /* more than the table has room for, and holes between */
		q = share(PAGE);
		mmap(NULL, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		q[6] = 1;
	}
	return 0;
}

/* ---- --threads ---- */
static char global_pad[64];
static unsigned global;
static __thread unsigned long local;
static unsigned char *of_main;

static void *second(void *arg)
{
	unsigned char own = 1;
	unsigned char *mine = &own;
	unsigned short *heap = arg;

	*mine = 2;
	*of_main = 3;
	local = 4;
	*heap = 5;
	global = 6;
	return NULL;
}

static int threads(void)
{
	unsigned char own = 0;
	unsigned short *heap = malloc(64), *large = malloc(1 << 20);
	pthread_t t;

	global = 1; /* nobody else is there yet */
	*heap = 1;
	of_main = &own;
	pthread_create(&t, NULL, second, heap);
	pthread_join(t, NULL);
	*large = 7;
	local = 8;
	if (fork() == 0) {
		global = 9; /* one thread again */
		_exit(0);
	}
	wait(NULL);
	memset(global_pad, 0, sizeof global_pad);
	return own - 3;
}

/* ---- N accesses, and how many ns they took ---- */
static int counted(long n)
{
	struct timespec from, to;

	clock_gettime(CLOCK_MONOTONIC, &from);
	for (long i = 0; i < n; i++)
		cells[0] = (int)i;
	clock_gettime(CLOCK_MONOTONIC, &to);
	fprintf(stderr, "%ld\n",
		(to.tv_sec - from.tv_sec) * 1000000000 + to.tv_nsec - from.tv_nsec);
	return 0;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (strcmp(what, "nothing") == 0)
		return 0;
	if (strcmp(what, "maps") == 0)
		return maps();
	if (strcmp(what, "threads") == 0)
		return threads();
	if (strcmp(what, "early") == 0)
		return before_main();
	cells = share(PAGE);
	sem = share(PAGE);
	if (strcmp(what, "endless") == 0)
		return endless();
	if (strcmp(what, "signals") == 0)
		return signals();
	if (strcmp(what, "exec") == 0)
		return again(argv[0]);
	return counted(argc > 2 ? atol(argv[2]) : 1);
}
