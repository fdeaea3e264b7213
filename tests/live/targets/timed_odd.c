/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Timed calls at their edges, held and alone alike: times and clocks that are none (EINVAL), no time, a time that has passed, the
 * rest that a signal leaves, and the waits of the C library that are futex(2) below. */
#include <errno.h>
#include <linux/futex.h>
#include <mqueue.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const struct timespec wrong = {0, 2000000000}, none, some = {0, 20000000};
static int ends[2], poller, set;
static mqd_t queue;
static sigset_t usr;
static struct shared {
	pthread_mutex_t mutex, pi;
	pthread_cond_t cond;
	pthread_rwlock_t rw;
	sem_t sem;
	unsigned word;
} * shared;

static void say(const char *what, long n)
{
	printf("%s: %ld%s%s\n", what, n, n < 0 ? " " : "", n < 0 ? strerrorname_np(errno) : "");
	fflush(stdout);
}

static void said(const char *what, int error)
{
	printf("%s: %s\n", what, error ? strerrorname_np(error) : "0");
	fflush(stdout);
}

static struct timespec in(int clock, long ms)
{
	struct timespec t;

	clock_gettime(clock, &t);
	t.tv_nsec += ms * 1000000;
	for (; t.tv_nsec >= 1000000000; t.tv_nsec -= 1000000000)
		t.tv_sec++;
	for (; t.tv_nsec < 0; t.tv_nsec += 1000000000)
		t.tv_sec--;
	return t;
}

static fd_set *the_end(void)
{
	static fd_set fds;

	FD_ZERO(&fds);
	FD_SET(ends[0], &fds);
	return &fds;
}

static void no_times_and_no_clocks(void)
{
	struct pollfd p = {ends[0], POLLIN, 0};
	struct sembuf op = {0, -1, 0};
	struct epoll_event got;
	char text[8];

	say("nanosleep", nanosleep(&wrong, NULL));
	said("clock_nanosleep", clock_nanosleep(CLOCK_MONOTONIC, 0, &wrong, NULL));
	said("of no clock", clock_nanosleep(99, 0, &some, NULL));
	said("of its own thread's clock", clock_nanosleep(CLOCK_THREAD_CPUTIME_ID, 0, &some, NULL));
	say("ppoll", ppoll(&p, 1, &wrong, NULL));
	say("pselect", pselect(ends[0] + 1, the_end(), NULL, NULL, &wrong, NULL));
	say("select", select(ends[0] + 1, the_end(), NULL, NULL, &(struct timeval){-1, 0}));
	say("epoll_pwait2", epoll_pwait2(poller, &got, 1, &wrong, NULL));
	say("epoll_wait of a pipe", epoll_wait(ends[0], &got, 1, 20));
	say("epoll_wait for none", epoll_wait(poller, &got, 0, 20));
	say("semtimedop", semtimedop(set, &op, 1, &wrong));
	say("sigtimedwait", sigtimedwait(&usr, NULL, &wrong));
	say("mq_timedreceive", mq_timedreceive(queue, text, sizeof text, NULL, &wrong));
	say("futex", syscall(SYS_futex, &shared->word, FUTEX_WAIT, 0, &wrong, NULL, 0));
}

static void no_time(void)
{
	struct timespec past = in(CLOCK_MONOTONIC, -1000), earlier = in(CLOCK_REALTIME, -1000);
	struct pollfd p = {ends[0], POLLIN, 0};
	struct sembuf op = {0, -1, 0};
	char text[8];

	say("futex, passed",
		syscall(SYS_futex, &shared->word, FUTEX_WAIT_BITSET, 0, &past, NULL, ~0));
	say("mq_timedreceive, passed", mq_timedreceive(queue, text, sizeof text, NULL, &earlier));
	said("clock_nanosleep, passed",
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &past, NULL));
	say("nanosleep, none", nanosleep(&none, NULL));
	say("ppoll, none", ppoll(&p, 1, &none, NULL));
	say("semtimedop, none", semtimedop(set, &op, 1, &none));
	say("sigtimedwait, none", sigtimedwait(&usr, NULL, &none));
}

/* What time is left when it has passed: none. */
static void rest(void)
{
	struct pollfd p = {ends[0], POLLIN, 0};
	struct epoll_event got;
	struct timespec t = some;
	struct timeval tv = {0, 20000};

	say("ppoll itself", syscall(SYS_ppoll, &p, 1, &t, NULL, 8));
	say("its rest", t.tv_sec * 1000000000 + t.tv_nsec);
	say("select", select(ends[0] + 1, the_end(), NULL, NULL, &tv));
	say("its rest", tv.tv_sec * 1000000 + tv.tv_usec);
	say("epoll_pwait", epoll_pwait(poller, &got, 1, 20, &usr));
}

static void waits_in_futexes(void)
{
	struct timespec t = in(CLOCK_MONOTONIC, 20);

	said("sem_clockwait", sem_clockwait(&shared->sem, CLOCK_MONOTONIC, &t) < 0 ? errno : 0);
	pthread_mutex_lock(&shared->mutex);
	pthread_mutex_lock(&shared->pi);
	pthread_rwlock_wrlock(&shared->rw);
	t = in(CLOCK_REALTIME, 20);
	said("cond_timedwait", pthread_cond_timedwait(&shared->cond, &shared->mutex, &t));
	t = in(CLOCK_MONOTONIC, 20);
	said("cond_clockwait",
		pthread_cond_clockwait(&shared->cond, &shared->mutex, CLOCK_MONOTONIC, &t));
	t = in(CLOCK_REALTIME, 20);
	said("mutex_timedlock", pthread_mutex_timedlock(&shared->mutex, &t));
	fflush(stdout);
	if (fork() == 0) {
		t = in(CLOCK_REALTIME, 20);
		said("mutex_timedlock, PI", pthread_mutex_timedlock(&shared->pi, &t));
		t = in(CLOCK_REALTIME, 20);
		said("rwlock_timedrdlock", pthread_rwlock_timedrdlock(&shared->rw, &t));
		t = in(CLOCK_REALTIME, 20);
		said("rwlock_timedwrlock", pthread_rwlock_timedwrlock(&shared->rw, &t));
		_exit(0);
	}
	wait(NULL);
}

static void heard(int sig)
{
	(void)sig;
}

/* A handler ends a sleep: what is left of it is told where that was asked for. */
static void broken_sleep(bool clock)
{
	struct timespec left = {77, 77}, t = {100000, 0};
	pid_t me = getpid(), pid = fork();

	if (pid == 0) {
		usleep(50000);
		kill(me, SIGUSR2);
		_exit(0);
	}
	if (clock)
		said("clock_nanosleep, a signal", clock_nanosleep(CLOCK_MONOTONIC, 0, &t, &left));
	else
		say("nanosleep, a signal", nanosleep(&t, &left));
	say("hours left", (left.tv_sec + 600) / 3600);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

static bool made(void)
{
	struct epoll_event event = {.events = EPOLLIN};
	pthread_mutexattr_t mutex;
	pthread_condattr_t cond;
	pthread_rwlockattr_t rw;
	char name[40];

	snprintf(name, sizeof name, "/ipclab-odd-%d", (int)getpid());
	queue = mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600,
		&(struct mq_attr){.mq_maxmsg = 1, .mq_msgsize = 8});
	mq_unlink(name);
	set = semget(IPC_PRIVATE, 1, 0600);
	poller = epoll_create1(EPOLL_CLOEXEC);
	shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (pipe(ends) < 0 || queue < 0 || set < 0 || poller < 0 || shared == MAP_FAILED ||
		sem_init(&shared->sem, 1, 0) < 0)
		return false;
	epoll_ctl(poller, EPOLL_CTL_ADD, ends[0], &event);
	pthread_mutexattr_init(&mutex);
	pthread_mutexattr_setpshared(&mutex, PTHREAD_PROCESS_SHARED);
	pthread_mutex_init(&shared->mutex, &mutex);
	pthread_mutexattr_setprotocol(&mutex, PTHREAD_PRIO_INHERIT);
	pthread_mutex_init(&shared->pi, &mutex);
	pthread_condattr_init(&cond);
	pthread_condattr_setpshared(&cond, PTHREAD_PROCESS_SHARED);
	pthread_cond_init(&shared->cond, &cond);
	pthread_rwlockattr_init(&rw);
	pthread_rwlockattr_setpshared(&rw, PTHREAD_PROCESS_SHARED);
	return pthread_rwlock_init(&shared->rw, &rw) == 0;
}

int main(void)
{
	if (!made())
		return 1;
	sigemptyset(&usr);
	sigaddset(&usr, SIGUSR1);
	sigprocmask(SIG_BLOCK, &usr, NULL);
	signal(SIGUSR2, heard);
	no_times_and_no_clocks();
	no_time();
	rest();
	waits_in_futexes();
	broken_sleep(false);
	broken_sleep(true);
	semctl(set, 0, IPC_RMID);
	return 0;
}
