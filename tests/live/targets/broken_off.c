/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Calls that the kernel never begins again (signal(7)), and a child that ends meanwhile: SIGCHLD, which nobody asked for, breaks
 * none of them off. With a handler it does. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ipc.h>
#include <sys/sem.h>
#include <sys/wait.h>
#include <unistd.h>

static int sems, fds[2];

static void handler(int sig)
{
	(void)sig;
}

static void post(void)
{
	struct sembuf op = {0, 1, 0};

	semop(sems, &op, 1);
}

static void put(void)
{
	if (write(fds[1], "x", 1) != 1)
		_exit(1);
}

/* One child ends soon, another one brings what is waited for later. */
static void two_children(void (*bring)(void))
{
	if (fork() == 0) {
		usleep(30000);
		_exit(0);
	}
	if (fork() == 0) {
		usleep(120000);
		bring();
		_exit(0);
	}
}

static void say(const char *what, int result)
{
	printf("%s: %s\n", what, result < 0 ? strerror(errno) : "it waited");
	fflush(stdout);
	while (wait(NULL) > 0 || errno == EINTR)
		;
}

static void take_one(const char *what)
{
	struct sembuf op = {0, -1, 0};

	two_children(post);
	say(what, semop(sems, &op, 1));
}

int main(void)
{
	struct epoll_event e = {.events = EPOLLIN};
	struct sigaction sa = {.sa_handler = handler, .sa_flags = SA_RESTART};
	int ep = epoll_create1(0);

	sems = semget(IPC_PRIVATE, 1, 0600);
	if (sems < 0 || ep < 0 || pipe(fds) < 0)
		return 1;
	take_one("semop");
	epoll_ctl(ep, EPOLL_CTL_ADD, fds[0], &e);
	two_children(put);
	say("epoll_wait", epoll_wait(ep, &e, 1, -1));
	signal(SIGCHLD, SIG_IGN);
	take_one("semop, ignored");
	signal(SIGCHLD, SIG_DFL);
	sigaction(SIGCHLD, &sa, NULL);
	take_one("semop, handled");
	semctl(sems, 0, IPC_RMID);
	return 0;
}
