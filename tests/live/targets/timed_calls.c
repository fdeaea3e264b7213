/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every call that waits for a time: held, its time-out is a choice, and its result is the call's own. Each is made twice:
 * once when the time passes, and once when what it waits for comes from a thread. */
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MS = 1000000 };

static int ends[2], set;
static mqd_t queue;
static sem_t *sem; /* shared */
static struct epoll_event event = {.events = EPOLLIN};

static void say(const char *what, long n)
{
	printf("%s: %ld%s%s\n", what, n, n < 0 ? " " : "", n < 0 ? strerrorname_np(errno) : "");
	fflush(stdout);
}

static struct timespec at(int clock, long ms)
{
	struct timespec t;

	clock_gettime(clock, &t);
	t.tv_nsec += ms * MS;
	t.tv_sec += t.tv_nsec / 1000000000;
	t.tv_nsec %= 1000000000;
	return t;
}

static long by_poll(long ms)
{
	struct pollfd p = {ends[0], POLLIN, 0};

	return poll(&p, 1, (int)ms);
}

static long by_ppoll(long ms)
{
	struct pollfd p = {ends[0], POLLIN, 0};

	return ppoll(&p, 1, &(struct timespec){ms / 1000, ms % 1000 * MS}, NULL);
}

static long by_select(long ms)
{
	fd_set fds;

	FD_ZERO(&fds);
	FD_SET(ends[0], &fds);
	return select(ends[0] + 1, &fds, NULL, NULL, &(struct timeval){ms / 1000, ms % 1000 * 1000});
}

static long by_pselect(long ms)
{
	fd_set fds;

	FD_ZERO(&fds);
	FD_SET(ends[0], &fds);
	return pselect(ends[0] + 1, &fds, NULL, NULL, &(struct timespec){ms / 1000, ms % 1000 * MS}, NULL);
}

static long by_epoll(long ms)
{
	struct epoll_event got;
	int e = epoll_create1(EPOLL_CLOEXEC);
	long n;

	epoll_ctl(e, EPOLL_CTL_ADD, ends[0], &event);
	n = epoll_wait(e, &got, 1, (int)ms);
	close(e);
	return n;
}

static long by_epoll2(long ms)
{
	struct epoll_event got;
	int e = epoll_create1(EPOLL_CLOEXEC);
	long n;

	epoll_ctl(e, EPOLL_CTL_ADD, ends[0], &event);
	n = epoll_pwait2(e, &got, 1, &(struct timespec){ms / 1000, ms % 1000 * MS}, NULL);
	close(e);
	return n;
}

static long by_mq_receive(long ms)
{
	struct timespec t = at(CLOCK_REALTIME, ms);
	char text[8];

	return mq_timedreceive(queue, text, sizeof text, NULL, &t);
}

static long by_mq_send(long ms)
{
	struct timespec t = at(CLOCK_REALTIME, ms);

	return mq_timedsend(queue, "y", 1, 0, &t);
}

static long by_semop(long ms)
{
	struct sembuf op = {0, -1, 0};

	return semtimedop(set, &op, 1, &(struct timespec){ms / 1000, ms % 1000 * MS});
}

static long by_sem(long ms)
{
	struct timespec t = at(CLOCK_REALTIME, ms);

	return sem_timedwait(sem, &t);
}

static long by_sigwait(long ms)
{
	sigset_t usr;

	sigemptyset(&usr);
	sigaddset(&usr, SIGUSR1);
	return sigtimedwait(&usr, NULL, &(struct timespec){ms / 1000, ms % 1000 * MS});
}

static long by_nanosleep(long ms)
{
	return nanosleep(&(struct timespec){ms / 1000, ms % 1000 * MS}, NULL);
}

static long by_clock(long ms)
{
	struct timespec t = at(CLOCK_MONOTONIC, ms);

	return clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
}

/* ---- what comes in time ---- */

static void put_byte(void)
{
	(void)!write(ends[1], "x", 1);
}

static void put_message(void) { mq_send(queue, "x", 1, 0); }
static void take_message(void)
{
	char text[8];

	mq_receive(queue, text, sizeof text, NULL);
}

static void put_semaphore(void)
{
	struct sembuf op = {0, 1, 0};

	semop(set, &op, 1);
}

static void post(void) { sem_post(sem); }
static void send_signal(void) { kill(getppid(), SIGUSR1); }

static const struct timed {
	const char *name;
	long (*wait)(long ms);
	void (*come)(void);
} calls[] = {
	{"poll", by_poll, put_byte},
	{"ppoll", by_ppoll, put_byte},
	{"select", by_select, put_byte},
	{"pselect", by_pselect, put_byte},
	{"epoll_wait", by_epoll, put_byte},
	{"epoll_pwait2", by_epoll2, put_byte},
	{"mq_timedreceive", by_mq_receive, put_message},
	{"mq_timedsend", by_mq_send, take_message},
	{"semtimedop", by_semop, put_semaphore},
	{"sem_timedwait", by_sem, post},
	{"sigtimedwait", by_sigwait, send_signal},
	{"nanosleep", by_nanosleep, NULL},
	{"clock_nanosleep", by_clock, NULL},
};

static void both(const struct timed *c)
{
	char text[8];
	pid_t pid;

	if (c->wait == by_mq_send)
		mq_send(queue, "x", 1, 0);
	say(c->name, c->wait(20));
	if (!c->come)
		return;
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		c->come();
		_exit(0);
	}
	/* Alone it is there long before; held, it never comes by itself. */
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	say(c->name, c->wait(600000));
	if (c->come == put_byte && read(ends[0], text, 1) != 1)
		say("read", -1);
	if (c->wait == by_mq_send)
		take_message();
}

int main(void)
{
	char name[40];
	sigset_t usr;

	snprintf(name, sizeof name, "/ipclab-timed-%d", (int)getpid());
	queue = mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, &(struct mq_attr){.mq_maxmsg = 1, .mq_msgsize = 8});
	mq_unlink(name);
	set = semget(IPC_PRIVATE, 1, 0600);
	sem = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (pipe(ends) < 0 || queue < 0 || set < 0 || sem == MAP_FAILED || sem_init(sem, 1, 0) < 0)
		return 1;
	sigemptyset(&usr);
	sigaddset(&usr, SIGUSR1);
	sigprocmask(SIG_BLOCK, &usr, NULL);
	for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
		both(&calls[i]);
	semctl(set, 0, IPC_RMID);
	return 0;
}
