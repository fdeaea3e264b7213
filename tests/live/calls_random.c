/* SPDX-License-Identifier: GPL-3.0-or-later */
/* calls_random COUNT SEED: that many IPC calls with arguments picked by chance, some right, most wrong, by four workers
 * at a time. This process only makes workers anew when they die, as they often do, and kills one that makes no
 * progress for a second. A timer interrupts calls that wait. To be run as a user who owns nothing, in
 * namespaces of its own (tests/live/test_storms.sh): it signals whom it can reach. Prints the count, and how many workers
 * were found stopped by a tracer and did not go on for SIGCONT either. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <netinet/in.h>
#include <arpa/inet.h>

enum { WORKERS = 4 };

struct shared {
	long made[WORKERS];
	long limit;
};

static struct shared *shared;
static uint64_t seed;
static char buffer[8192] __attribute__((aligned(16)));

static unsigned pick(unsigned n)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(seed >> 33) % n;
}

/* What an argument is about. */
enum kind {
	NO, FD, INT, SMALL, FLAGS, SIZE, BUF, PATH, ADDR, LEN, MQ, KEY, PID, SIG, TIME, VEC, MSG, FDS, NIL, BOX,
};

static const struct {
	int nr;
	enum kind arg[6];
} calls[] = {
	{SYS_read, {FD, BUF, SIZE}},
	{SYS_write, {FD, BUF, SIZE}},
	{SYS_readv, {FD, VEC, SMALL}},
	{SYS_writev, {FD, VEC, SMALL}},
	{SYS_preadv2, {FD, VEC, SMALL, INT, INT, FLAGS}},
	{SYS_pwritev2, {FD, VEC, SMALL, INT, INT, FLAGS}},
	{SYS_pipe, {BOX}},
	{SYS_pipe2, {BOX, FLAGS}},
	{SYS_close, {FD}},
	{SYS_close_range, {FD, FD, SMALL}},
	{SYS_dup, {FD}},
	{SYS_dup2, {FD, FD}},
	{SYS_dup3, {FD, FD, FLAGS}},
	{SYS_fcntl, {FD, SMALL, INT}},
	{SYS_fcntl, {FD, SMALL, BUF}},
	{SYS_ioctl, {FD, INT, BUF}},
	{SYS_open, {PATH, FLAGS, INT}},
	{SYS_openat, {NIL, PATH, FLAGS, INT}},
	{SYS_mknod, {PATH, INT, NIL}},
	{SYS_unlink, {PATH}},
	{SYS_ftruncate, {FD, SIZE}},
	{SYS_memfd_create, {PATH, SMALL}},
	{SYS_poll, {FDS, SMALL, SMALL}},
	{SYS_ppoll, {FDS, SMALL, TIME, BUF, SMALL}},
	{SYS_select, {SMALL, BUF, BUF, BUF, TIME}},
	{SYS_pselect6, {SMALL, BUF, BUF, BUF, TIME, BUF}},
	{SYS_splice, {FD, NIL, FD, NIL, SIZE, SMALL}},
	{SYS_tee, {FD, FD, SIZE, SMALL}},
	{SYS_vmsplice, {FD, VEC, SMALL, SMALL}},
	{SYS_sendfile, {FD, FD, NIL, SIZE}},
	{SYS_socket, {SMALL, SMALL, SMALL}},
	{SYS_socketpair, {SMALL, SMALL, NIL, BOX}},
	{SYS_bind, {FD, ADDR, LEN}},
	{SYS_connect, {FD, ADDR, LEN}},
	{SYS_listen, {FD, SMALL}},
	{SYS_accept, {FD, BUF, BUF}},
	{SYS_accept4, {FD, NIL, NIL, FLAGS}},
	{SYS_shutdown, {FD, SMALL}},
	{SYS_sendto, {FD, BUF, SIZE, FLAGS, ADDR, LEN}},
	{SYS_recvfrom, {FD, BUF, SIZE, FLAGS, NIL, NIL}},
	{SYS_sendmsg, {FD, MSG, FLAGS}},
	{SYS_recvmsg, {FD, MSG, FLAGS}},
	{SYS_sendmmsg, {FD, MSG, SMALL, FLAGS}},
	{SYS_recvmmsg, {FD, MSG, SMALL, FLAGS, TIME}},
	{SYS_setsockopt, {FD, SMALL, SMALL, BUF, SMALL}},
	{SYS_mq_open, {MQ, FLAGS, INT, NIL}},
	{SYS_mq_unlink, {MQ}},
	{SYS_mq_timedsend, {FD, BUF, SIZE, SMALL, TIME}},
	{SYS_mq_timedreceive, {FD, BUF, SIZE, BUF, TIME}},
	{SYS_mq_getsetattr, {FD, NIL, BUF}},
	{SYS_msgget, {KEY, FLAGS}},
	{SYS_msgsnd, {SMALL, BUF, SIZE, FLAGS}},
	{SYS_msgrcv, {SMALL, BUF, SIZE, SMALL, FLAGS}},
	{SYS_msgctl, {SMALL, SMALL, BUF}},
	{SYS_semget, {KEY, SMALL, FLAGS}},
	{SYS_semop, {SMALL, BUF, SMALL}},
	{SYS_semtimedop, {SMALL, BUF, SMALL, TIME}},
	{SYS_semctl, {SMALL, SMALL, SMALL, INT}},
	{SYS_shmget, {KEY, SIZE, FLAGS}},
	{SYS_shmat, {SMALL, NIL, FLAGS}},
	{SYS_shmctl, {SMALL, SMALL, BUF}},
	{SYS_eventfd2, {SMALL, FLAGS}},
	{SYS_signalfd4, {FD, BUF, SMALL, FLAGS}},
	{SYS_timerfd_create, {SMALL, FLAGS}},
	{SYS_timerfd_settime, {FD, SMALL, BUF, NIL}},
	{SYS_epoll_create1, {FLAGS}},
	{SYS_epoll_ctl, {FD, SMALL, FD, BUF}},
	{SYS_epoll_wait, {FD, BUF, SMALL, SMALL}},
	{SYS_flock, {FD, SMALL}},
	{SYS_futex, {BOX, SMALL, SMALL, TIME, BOX, SMALL}},
	{SYS_nanosleep, {TIME, BUF}},
	{SYS_kill, {PID, SIG}},
	{SYS_tgkill, {PID, PID, SIG}},
	{SYS_rt_sigqueueinfo, {PID, SIG, BUF}},
	{SYS_pidfd_open, {PID, NIL}},
	{SYS_pidfd_send_signal, {FD, SIG, NIL, NIL}},
	{SYS_wait4, {PID, BUF, SMALL, NIL}},
	{SYS_waitid, {SMALL, PID, BUF, SMALL, NIL}},
	{SYS_pause, {NO}},
	{SYS_unshare, {INT}},
	{SYS_fork, {NO}},
};

static uint64_t address(void)
{
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons((uint16_t)(5000 + pick(4)))};

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	snprintf(un.sun_path + pick(2), 20, "sock%u", pick(3));
	if (pick(2))
		memcpy(buffer, &un, sizeof un);
	else
		memcpy(buffer, &in, sizeof in);
	return (uint64_t)(uintptr_t)buffer;
}

static uint64_t vector(void)
{
	struct iovec *v = (void *)(buffer + 1024);

	for (unsigned i = 0; i < 8; i++)
		v[i] = (struct iovec){pick(9) ? buffer + 2048 : NULL, pick(9) ? pick(5000) : (size_t)-pick(9)};
	return (uint64_t)(uintptr_t)v;
}

static uint64_t message(void)
{
	struct mmsghdr *m = (void *)(buffer + 256);
	struct cmsghdr c = {.cmsg_len = CMSG_LEN(4 * pick(3)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};

	memset(m, 0, 4 * sizeof *m);
	memcpy(buffer + 768, &c, sizeof c);
	for (unsigned i = 0; i < 2; i++)
		((int *)(void *)(buffer + 768 + CMSG_LEN(0)))[i] = (int)pick(20);
	m[0].msg_hdr = (struct msghdr){.msg_iov = (void *)(uintptr_t)vector(), .msg_iovlen = pick(4),
		.msg_control = pick(2) ? buffer + 768 : NULL, .msg_controllen = CMSG_SPACE(4 * pick(3))};
	return (uint64_t)(uintptr_t)m;
}

static uint64_t polled(void)
{
	struct {
		int fd;
		short events, revents;
	} *p = (void *)(buffer + 512);

	for (unsigned i = 0; i < 8; i++) {
		p[i].fd = (int)pick(24) - 1;
		p[i].events = (short)pick(64);
	}
	return (uint64_t)(uintptr_t)p;
}

static uint64_t moment(void)
{
	struct timespec *t = (void *)(buffer + 128);

	*t = (struct timespec){pick(20) ? 0 : (time_t)pick(3) - 1, (long)pick(3000000)};
	return pick(9) ? (uint64_t)(uintptr_t)t : 0;
}

static uint64_t argument(enum kind kind)
{
	static const char *const paths[] = {"fifo1", "fifo2", "file", "sock0", "/dev/null", "/dev/shm/calls_random", "", "."};
	static const char *const queues[] = {"q1", "q2", "/q3", ""};
	static const uint64_t odd[] = {0, 1, UINT64_MAX, INT32_MAX, UINT32_MAX, 0x8000000000000000u, 4096, 0x7fffffffffff};

	if (pick(40) == 0) /* anything for anything */
		return odd[pick(8)];
	switch (kind) {
	case FD: return pick(24);
	case INT: return pick(4) ? pick(0x10000) : seed >> pick(64);
	case SMALL: return pick(20);
	case FLAGS: return pick(2) ? 0 : pick(3) ? 1u << pick(20) : O_CREAT | O_NONBLOCK | O_RDWR | 0600;
	case SIZE: return pick(3) ? pick(200) : pick(9) ? pick(70000) : pick(1 << 22);
	case BUF: return (uint64_t)(uintptr_t)(buffer + pick(64) * 8);
	case BOX: return (uint64_t)(uintptr_t)(buffer + 4096 + pick(8) * 8);
	case PATH: return (uint64_t)(uintptr_t)paths[pick(8)];
	case MQ: return (uint64_t)(uintptr_t)queues[pick(4)];
	case ADDR: return address();
	case LEN: return pick(2) ? sizeof(struct sockaddr_in) : pick(130);
	case KEY: return pick(6);
	case PID: return pick(4) ? pick(30) : (uint64_t)-1 - pick(3);
	case SIG: return pick(6) ? 0 : pick(66);
	case TIME: return moment();
	case VEC: return vector();
	case MSG: return message();
	case FDS: return polled();
	default: return 0;
	}
}

static void on_alarm(int sig)
{
	(void)sig;
}

static void work(int nr, long born)
{
	struct itimerval often = {{0, 4000}, {0, 4000}};
	struct sigaction sa = {.sa_handler = on_alarm}; /* no SA_RESTART: what waits comes back */

	seed += (uint64_t)born * 1000003;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	sigaction(SIGALRM, &sa, NULL);
	close(0);
	open("/dev/null", O_RDWR); /* standard output is for the count */
	dup2(0, 1);
	dup2(0, 2);
	while (shared->made[nr] < shared->limit) {
		unsigned c = pick(sizeof calls / sizeof calls[0]);
		uint64_t a[6];
		long ret;

		for (int i = 0; i < 6; i++)
			a[i] = argument(calls[c].arg[i]);
		shared->made[nr]++;
		setitimer(ITIMER_REAL, &often, NULL); /* it is not inherited */
		ret = syscall(calls[c].nr, a[0], a[1], a[2], a[3], a[4], a[5]);
		if (calls[c].nr == SYS_fork && ret == 0) {
			for (int i = 0; i < 3; i++)
				syscall(SYS_write, pick(24), buffer, pick(100));
			_exit(0);
		}
	}
	_exit(0);
}

static void limit(int what, rlim_t to)
{
	setrlimit(what, &(struct rlimit){to, to});
}

static long all_made(void)
{
	long n = 0;

	for (int i = 0; i < WORKERS; i++)
		n += shared->made[i];
	return n;
}

/* Whoever died: a worker is made again while it has calls to make. */
static void collect(pid_t *worker)
{
	pid_t pid;

	while ((pid = waitpid(-1, NULL, WNOHANG | __WALL)) > 0)
		for (int i = 0; i < WORKERS; i++)
			if (worker[i] == pid)
				worker[i] = 0;
}

/* proc(5); 0: it cannot be read. */
static char state_of(pid_t pid)
{
	char path[64], state = 0;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
	f = fopen(path, "re");
	if (f && fscanf(f, "%*d (%*[^)]) %c", &state) != 1)
		state = 0;
	if (f)
		fclose(f);
	return state;
}

int main(int argc, char **argv)
{
	long left = 0, asked = 0, count = argc > 1 ? atol(argv[1]) : 20000, born = 0, before[WORKERS] = {0};
	pid_t worker[WORKERS] = {0};
	unsigned idle[WORKERS] = {0};

	seed = argc > 2 ? (uint64_t)atoll(argv[2]) : 1;
	shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		return 2;
	shared->limit = count / WORKERS;
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_FSIZE, 1 << 20);
	limit(RLIMIT_NOFILE, 64);
	limit(RLIMIT_AS, 1 << 28);
	mknod("fifo1", S_IFIFO | 0600, 0);
	while (all_made() < shared->limit * WORKERS) {
		for (int i = 0; i < WORKERS; i++) {
			if (!worker[i] && shared->made[i] < shared->limit && (worker[i] = fork()) == 0)
				work(i, ++born * WORKERS + i);
			if (worker[i])
				born++;
			idle[i] = shared->made[i] == before[i] ? idle[i] + 1 : 0;
			before[i] = shared->made[i];
			if (worker[i] > 0 && idle[i] == 100 && (asked++, state_of(worker[i]) == 't' || state_of(worker[i]) == 'T'))
				kill(worker[i], SIGCONT); /* by chance: one of them has stopped it */
			if (worker[i] > 0 && idle[i] > 200) {
				left += state_of(worker[i]) == 't' || !state_of(worker[i]);
				kill(worker[i], SIGKILL);
				idle[i] = 0;
			}
		}
		nanosleep(&(struct timespec){0, 10000000}, NULL);
		collect(worker);
	}
	for (int i = 0; i < WORKERS; i++)
		if (worker[i] > 0)
			kill(worker[i], SIGKILL);
	if (getpid() == 1)
		kill(-1, SIGKILL);
	while (waitpid(-1, NULL, __WALL) > 0 || errno == EINTR) {
	}
	printf("%ld calls made, %ld looked at, %ld left stopped\n", all_made(), asked, left);
	return 0;
}
