/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ipc_target FAMILY SEED FOLDER: a few processes that make calls of one family by chance. Knows nothing of ipclab. */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { FDS = 6, OPS = 14 };
static uint64_t state;
static int fds[FDS];
static char paths[2][200];
static pid_t peers[4];
static int made;

static unsigned below(unsigned n)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(state >> 33) % n;
}

static int any_fd(void)
{
	return fds[below(FDS)];
}

static void keep(int fd)
{
	int i = (int)below(FDS);

	if (fd < 0)
		return;
	if (fds[i] >= 0)
		close(fds[i]);
	fds[i] = fd;
}

static void drop(void)
{
	int i = (int)below(FDS);

	if (fds[i] >= 0)
		close(fds[i]);
	fds[i] = -1;
}

/* ---- FIFOs ---- */

static void fifo_op(void)
{
	static const int modes[] = {O_RDONLY, O_WRONLY, O_RDONLY, O_WRONLY, O_RDWR, O_RDONLY | O_NONBLOCK, O_WRONLY | O_NONBLOCK};
	static char bytes[9000];
	int i = (int)below(2);

	switch (below(12)) {
	case 0: case 1: case 2: case 3: keep(open(paths[i], modes[below(7)])); return;
	case 4: case 5: (void)!read(any_fd(), bytes, 1 + below(200)); return;
	case 6: case 7: (void)!write(any_fd(), bytes, 1 + below(below(4) ? 300 : 9000)); return;
	case 8: case 9: drop(); return;
	case 10: keep(dup(any_fd())); return;
	default:
		if (below(4) == 0) {
			unlink(paths[i]);
			mkfifo(paths[i], 0600);
		}
	}
}

/* ---- locks ---- */

static void lock_op(void)
{
	struct flock l = {.l_type = (short)(below(3) == 0 ? F_UNLCK : below(2) ? F_WRLCK : F_RDLCK), .l_whence = SEEK_SET,
		.l_start = below(6) * 4, .l_len = below(3) ? (off_t)(4 * (1 + below(3))) : 0};
	static const int flocks[] = {LOCK_SH, LOCK_EX, LOCK_UN, LOCK_SH | LOCK_NB, LOCK_EX | LOCK_NB, LOCK_UN};

	switch (below(12)) {
	case 0: keep(open(paths[below(2)], O_RDWR | O_CREAT, 0600)); return;
	case 1: case 2: case 3: fcntl(any_fd(), F_SETLK, &l); return;
	case 4: case 5: fcntl(any_fd(), F_SETLKW, &l); return;
	case 6: case 7: fcntl(any_fd(), below(2) ? F_OFD_SETLK : F_OFD_SETLKW, &l); return;
	case 8: case 9: flock(any_fd(), flocks[below(6)]); return;
	case 10: keep(dup(any_fd())); return;
	default: drop();
	}
}

/* ---- signals ---- */

static void handler(int sig)
{
	(void)sig;
}

static void signal_op(void)
{
	static const int sigs[] = {SIGUSR1, SIGUSR2, SIGALRM};
	int sig = below(3) ? sigs[below(3)] : SIGRTMIN + (int)below(2);
	struct sigaction act = {.sa_handler = handler, .sa_flags = below(2) ? SA_RESTART : 0};
	struct timespec t = {0, 2000000};
	struct itimerval it = {.it_value = {0, 3000}};
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, sig);
	if (below(2))
		sigaddset(&set, SIGUSR1);
	switch (below(12)) {
	case 0: case 1: case 2: case 3: kill(peers[below((unsigned)made)], sig); return;
	case 4: sigprocmask(below(2) ? SIG_BLOCK : SIG_UNBLOCK, &set, NULL); return;
	case 5: sigtimedwait(&set, NULL, &t); return;
	case 6: nanosleep(&t, NULL); return;
	case 7: sigqueue(peers[below((unsigned)made)], SIGRTMIN, (union sigval){.sival_int = 7}); return;
	case 8: setitimer(ITIMER_REAL, &it, NULL); return;
	case 9: alarm(below(2)); return;
	case 10: if (below(3) == 0) act.sa_handler = SIG_IGN; sigaction(sigs[below(3)], &act, NULL); return;
	default:
		setitimer(ITIMER_REAL, &it, NULL);
		pause();
	}
}

/* ---- eventfd, timerfd, signalfd, epoll, poll ---- */

static void event_op(void)
{
	uint64_t n = 1 + below(3), big = UINT64_MAX - 1 - below(2);
	struct itimerspec it = {.it_value = {0, 2000000}};
	struct epoll_event ev = {.events = EPOLLIN}, got[4];
	struct pollfd p[2] = {{any_fd(), POLLIN, 0}, {any_fd(), below(2) ? POLLIN : POLLOUT, 0}};
	int fd = any_fd();
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	switch (below(15)) {
	case 0: keep(eventfd(below(3), (below(2) ? EFD_SEMAPHORE : 0) | (below(2) ? EFD_NONBLOCK : 0))); return;
	case 1: case 2: case 3: (void)!read(fd, &n, sizeof n); return;
	case 4: case 5: case 6: (void)!write(fd, below(8) ? &n : &big, sizeof n); return;
	case 7: poll(p, 2, below(2) ? 0 : 3); return;
	case 8: drop(); return;
	case 9: fd = timerfd_create(CLOCK_MONOTONIC, 0); timerfd_settime(fd, 0, &it, NULL); keep(fd); return;
	case 10: keep(epoll_create1(0)); return;
	case 11: epoll_ctl(any_fd(), below(4) ? EPOLL_CTL_ADD : EPOLL_CTL_DEL, fd, &ev); return;
	case 12: epoll_wait(fd, got, 4, below(2) ? 0 : 3); return;
	case 13: keep(signalfd(-1, &set, below(2) ? SFD_NONBLOCK : 0)); return;
	default: keep(dup(fd)); return;
	}
}

static void work(const char *family, uint64_t seed)
{
	state = seed * 977 + 13;
	for (int i = 0; i < OPS; i++)
		switch (family[0]) {
		case 'f': fifo_op(); break;
		case 'l': lock_op(); break;
		case 's': signal_op(); break;
		default: event_op();
		}
}

int main(int argc, char **argv)
{
	uint64_t seed;
	int n;

	if (argc < 4)
		return 99;
	seed = strtoull(argv[2], NULL, 10);
	state = seed;
	n = 2 + (int)below(2);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGUSR1, handler);
	signal(SIGUSR2, handler);
	signal(SIGALRM, handler);
	signal(SIGRTMIN, handler);
	signal(SIGRTMIN + 1, handler);
	for (int i = 0; i < FDS; i++)
		fds[i] = -1;
	for (int i = 0; i < 2; i++) {
		snprintf(paths[i], sizeof paths[i], "%s/%c", argv[3], 'a' + i);
		if (argv[1][0] == 'f')
			mkfifo(paths[i], 0600);
		if (argv[1][0] == 'l')
			fds[i] = open(paths[i], O_RDWR | O_CREAT, 0600);
		if (argv[1][0] == 'e')
			fds[i] = eventfd(0, i ? EFD_SEMAPHORE : 0);
	}
	peers[made++] = getpid();
	for (int i = 0; i < n; i++) {
		pid_t pid = fork();
		if (pid == 0) {
			work(argv[1], seed * 7 + (uint64_t)i + 1);
			return 0;
		}
		peers[made++] = pid;
	}
	work(argv[1], seed * 7);
	for (int i = 0; i < FDS; i++)
		if (fds[i] >= 0)
			close(fds[i]);
	while (n > 0)
		if (wait(NULL) > 0)
			n--;
	return 0;
}
