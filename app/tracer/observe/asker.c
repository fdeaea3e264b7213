/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Questions about a pipe that may not be answered for long. A splice(2) between a pipe and something else holds the pipe's lock
 * while it waits for the other; who asks meanwhile (FIONREAD, F_GETPIPE_SZ, tee, or an open through /proc) sleeps for it, and
 * no signal wakes him. Of those that are watched it is known who splices; of others that have the pipe it is not. So
 * such a pipe is asked about by a process of ours, which can be left behind: it holds nothing but the end it asks, cannot
 * keep anybody from an end of file that the splice would not keep him from, and ends when the splice lets go.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tracer/private.h"

struct question {
	char path[64]; /* to be opened; "": the end comes along */
	int access;
	bool slots;
};

union passed {
	char room[CMSG_SPACE(sizeof(int))];
	struct cmsghdr align;
};

/* ---- in the helper: only system calls ---- */

static bool receive(int from, struct question *q, int *fd)
{
	union passed passed;
	struct iovec part = {q, sizeof *q};
	struct msghdr m = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = passed.room, .msg_controllen = sizeof passed.room};
	struct cmsghdr *c;

	*fd = -1;
	if (recvmsg(from, &m, MSG_CMSG_CLOEXEC) != sizeof *q)
		return false;
	c = CMSG_FIRSTHDR(&m);
	if (c && c->cmsg_type == SCM_RIGHTS)
		memcpy(fd, CMSG_DATA(c), sizeof *fd);
	else
		*fd = open(q->path, q->access | O_NONBLOCK | O_CLOEXEC);
	return true;
}

static void answer_all(pid_t parent, int from)
{
	struct question q;
	sigset_t all;
	int fd;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(0);
	prctl(PR_SET_NAME, "ipclab-ask");
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	setsid();
	if (dup2(from, 0) < 0)
		_exit(1);
	syscall(SYS_close_range, 1u, ~0u, 0u);
	while (receive(0, &q, &fd)) {
		struct pipe_answer a = {0};
		if (fd >= 0) {
			pipe_ask(fd, q.slots, &a);
			close(fd);
		}
		if (write(0, &a, sizeof a) < 0)
			break;
	}
	_exit(0);
}

/* ---- in the tracer ---- */

static bool start(struct tracer *t)
{
	pid_t me = getpid(), pid;
	int ends[2];

	if (t->asker > 0)
		return true;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return false;
	pid = fork();
	if (pid == 0)
		answer_all(me, ends[1]);
	close(ends[1]);
	if (pid < 0) {
		close(ends[0]);
		return false;
	}
	*vec_push(&t->askers) = pid;
	t->asker = pid;
	t->asker_socket = ends[0];
	return true;
}

/* It is not waited for: it may sleep for as long as somebody else likes. */
static void leave_behind(struct tracer *t)
{
	if (t->asker <= 0)
		return;
	close(t->asker_socket);
	kill(t->asker, SIGKILL);
	t->asker = 0;
}

static bool send_question(struct tracer *t, const struct question *q, int fd)
{
	union passed passed = {0};
	struct iovec part = {(void *)(uintptr_t)q, sizeof *q};
	struct msghdr m = {.msg_iov = &part, .msg_iovlen = 1};
	struct cmsghdr *c;

	if (fd >= 0) {
		m.msg_control = passed.room;
		m.msg_controllen = sizeof passed.room;
		c = CMSG_FIRSTHDR(&m);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof fd);
		memcpy(CMSG_DATA(c), &fd, sizeof fd);
	}
	return sendmsg(t->asker_socket, &m, MSG_NOSIGNAL | MSG_DONTWAIT) == sizeof *q;
}

/* A busy machine lets it wait for a processor; one that sleeps for a lock is in D. */
static bool sleeps_for_a_lock(pid_t pid)
{
	char path[64], text[256], *end;
	ssize_t n;
	int file;

	snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
	file = open(path, O_RDONLY | O_CLOEXEC);
	n = file < 0 ? -1 : read(file, text, sizeof text - 1);
	if (file >= 0)
		close(file);
	text[n < 0 ? 0 : n] = 0;
	end = strrchr(text, ')');
	return !end || end[1] != ' ' || end[2] == 'D' || end[2] == 'Z';
}

static bool hear(struct tracer *t, struct pipe_answer *a)
{
	enum { WAIT_MS = 20, WAITS = 100 };
	struct pollfd p = {.fd = t->asker_socket, .events = POLLIN};
	int asleep = 0;

	for (int i = 0; i < WAITS && asleep < 3; i++) {
		if (poll(&p, 1, WAIT_MS) > 0)
			return recv(t->asker_socket, a, sizeof *a, MSG_DONTWAIT) == sizeof *a;
		asleep += sleeps_for_a_lock(t->asker);
	}
	return false;
}

static bool put(struct tracer *t, const struct question *q, int fd, struct pipe_answer *a, pid_t *left)
{
	*a = (struct pipe_answer){0};
	if (!start(t))
		return false;
	if (send_question(t, q, fd) && hear(t, a))
		return a->known;
	*left = t->asker;
	leave_behind(t);
	return false;
}

bool asker_of_end(struct tracer *t, int fd, bool slots, struct pipe_answer *a, pid_t *left)
{
	struct question q = {.slots = slots};

	return put(t, &q, fd, a, left);
}

bool asker_of_path(struct tracer *t, const char *path, int access, struct pipe_answer *a, pid_t *left)
{
	struct question q = {.access = access};

	snprintf(q.path, sizeof q.path, "%s", path);
	return put(t, &q, -1, a, left);
}

bool asker_ended(struct tracer *t, pid_t pid)
{
	for (size_t i = 0; i < t->askers.n; i++)
		if (t->askers.at[i] == pid) {
			t->askers.at[i] = t->askers.at[--t->askers.n];
			if (pid == t->asker)
				leave_behind(t);
			return true;
		}
	return false;
}

void asker_end(struct tracer *t)
{
	enum { TRIES = 40 };

	leave_behind(t);
	for (size_t i = 0; i < t->askers.n; i++)
		for (int k = 0; k < TRIES && waitpid(t->askers.at[i], NULL, __WALL | WNOHANG) == 0 && !(k && sleeps_for_a_lock(t->askers.at[i])); k++)
			usleep(500);
	free(t->askers.at);
}
