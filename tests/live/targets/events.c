/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Descriptors for events: eventfd (count, semaphore, full), timerfd, signalfd, pidfd, epoll in an epoll, poll and select on
 * several; each is waited for until a child makes it ready. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/select.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

static void say(const char *what, long n)
{
	printf("%s %ld%s%s\n", what, n, n < 0 ? " " : "", n < 0 ? strerrorname_np(errno) : "");
	fflush(stdout);
}

static pid_t child_adds(int fd, uint64_t n)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(write(fd, &n, sizeof n) != sizeof n);
	return pid;
}

static long taken(int fd)
{
	uint64_t n = 0;

	return read(fd, &n, sizeof n) < 0 ? -1 : (long)n;
}

static void counts(void)
{
	int fd = eventfd(0, 0), sem = eventfd(2, EFD_SEMAPHORE | EFD_NONBLOCK);
	uint64_t most = UINT64_MAX - 1;
	pid_t pid = child_adds(fd, 7);

	say("eventfd", taken(fd));
	waitpid(pid, NULL, 0);
	for (int i = 0; i < 3; i++)
		say("semaphore", taken(sem));
	say("most", write(sem, &most, sizeof most));
	most = 1;
	say("full", write(sem, &most, sizeof most));
	/* A write that has no room sleeps until somebody reads. */
	most = UINT64_MAX - 1;
	say("fill", write(fd, &most, sizeof most));
	pid = child_adds(fd, 5);
	say("drain", taken(fd) == -2);
	say("then", taken(fd));
	waitpid(pid, NULL, 0);
	close(fd);
	close(sem);
}

static void timers(void)
{
	struct itimerspec soon = {.it_value = {0, 20000000}};
	int fd = timerfd_create(CLOCK_MONOTONIC, 0);

	say("timerfd", timerfd_settime(fd, 0, &soon, NULL));
	say("expired", taken(fd));
	close(fd);
}

static void signals(void)
{
	struct signalfd_siginfo info = {0};
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	fd = signalfd(-1, &set, 0);
	fflush(stdout);
	if (fork() == 0)
		_exit(kill(getppid(), SIGUSR1));
	say("signalfd", read(fd, &info, sizeof info));
	say("signal", (long)info.ssi_signo);
	wait(NULL);
	close(fd);
}

static void processes(void)
{
	struct pollfd p = {.events = POLLIN};
	siginfo_t info = {0};
	pid_t pid = fork();
	int fd;

	if (pid == 0) {
		pause();
		_exit(0);
	}
	fd = (int)syscall(SYS_pidfd_open, pid, 0);
	p.fd = fd;
	say("lives", poll(&p, 1, 0));
	say("kill", syscall(SYS_pidfd_send_signal, fd, SIGKILL, NULL, 0));
	say("ended", poll(&p, 1, -1));
	say("waitid", waitid(P_PIDFD, (id_t)fd, &info, WEXITED));
	say("by", info.si_status);
	close(fd);
}

static void several(void)
{
	int fd = eventfd(0, 0), other = eventfd(0, 0), inner = epoll_create1(0), outer = epoll_create1(EPOLL_CLOEXEC);
	struct epoll_event in = {.events = EPOLLIN, .data.fd = fd}, of = {.events = EPOLLIN | EPOLLET, .data.fd = inner}, got[2];
	struct pollfd p[2] = {{fd, POLLIN, 0}, {other, POLLIN, 0}};
	fd_set set;
	pid_t pid;

	epoll_ctl(inner, EPOLL_CTL_ADD, fd, &in);
	epoll_ctl(outer, EPOLL_CTL_ADD, inner, &of);
	pid = child_adds(fd, 1);
	say("epoll", epoll_wait(outer, got, 2, -1));
	say("inner", got[0].data.fd == inner);
	say("not twice", epoll_wait(outer, got, 2, 0));
	say("took", taken(fd));
	waitpid(pid, NULL, 0);
	epoll_ctl(inner, EPOLL_CTL_DEL, fd, NULL);
	pid = child_adds(other, 1);
	say("poll", poll(p, 2, -1));
	say("which", p[1].revents == POLLIN && !p[0].revents);
	say("took", taken(other));
	waitpid(pid, NULL, 0);
	pid = child_adds(fd, 1);
	FD_ZERO(&set);
	FD_SET(fd, &set);
	FD_SET(other, &set);
	say("select", select(64, &set, NULL, NULL, NULL));
	say("which", FD_ISSET(fd, &set) && !FD_ISSET(other, &set));
	waitpid(pid, NULL, 0);
	close(inner);
	close(outer);
	close(fd);
	close(other);
}

int main(void)
{
	counts();
	timers();
	signals();
	processes();
	several();
	return 0;
}
