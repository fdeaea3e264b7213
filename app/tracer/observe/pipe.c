/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asking the kernel about pipes, at settled points: an end is borrowed by pidfd_getfd(2), asked, and
 * closed at once; while we hold it nobody would see end of file. Where that call is refused (some
 * containers) an anonymous pipe is opened through /proc/PID/fd instead, which waits for nobody
 * because O_NONBLOCK is set; never a FIFO. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/pidfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tracer/private.h"

int tracer_borrow(pid_t pid, int fd, int access)
{
	int pidfd = (int)syscall(SYS_pidfd_open, pid, 0), got = -1;
	char path[64], link[64];
	ssize_t n;

	if (pidfd >= 0) {
		got = (int)syscall(SYS_pidfd_getfd, pidfd, fd, 0);
		close(pidfd);
	}
	if (got >= 0 || (errno != EPERM && errno != ENOSYS && errno != EACCES))
		return got;
	snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)pid, fd);
	n = readlink(path, link, sizeof link - 1);
	if (n < 6 || memcmp(link, "pipe:[", 6))
		return -1; /* a FIFO: we would be somebody's partner */
	return open(path, access | O_NONBLOCK | O_CLOEXEC);
}

/* splice(2) between a pipe and something else holds the pipe's lock while it waits for the other (fs/splice.c): whoever asks
 * about the pipe then sleeps until that comes, and no signal wakes him. So nobody is to ask meanwhile. */
static bool is_held_by_splice(struct tracer *t, u32 pipe)
{
	for (size_t i = 0; i < t->all.n; i++) {
		const struct tracee *x = t->all.at[i];
		const struct fd_seen *in, *out;
		struct probe now;

		if (x->unmet) { /* which pipe it is about nobody was told */
			tracer_probe(t, x->task, &now);
			if (now.call == SYS_splice)
				return true;
		}
		if (!x->in_call || !x->fds || x->holding != IS_INSIDE || x->entry.call != CALL_splice)
			continue;
		in = fdmap_get(x->fds, x->entry.fd);
		out = fdmap_get(x->fds, x->entry.fd2);
		if ((in->class == FDC_PIPE && in->pipe == pipe) != (out->class == FDC_PIPE && out->pipe == pipe) &&
			(in->class != FDC_PIPE || out->class != FDC_PIPE))
			return true;
	}
	return false;
}

bool tracer_pipe_capacity(struct tracee *x, int fd, u64 *bytes)
{
	int got = tracer_borrow(x->tgid, fd, O_RDONLY), n;

	if (got < 0)
		return false;
	n = fcntl(got, F_GETPIPE_SZ);
	close(got);
	if (n > 0)
		*bytes = (u64)n;
	return n > 0;
}

bool tracer_pipe_shrink(struct tracee *x, int fd, u64 bytes, u64 *is)
{
	int got = tracer_borrow(x->tgid, fd, O_WRONLY), n;

	if (got < 0)
		return false;
	n = fcntl(got, F_SETPIPE_SZ, (int)bytes);
	close(got);
	if (n > 0)
		*is = (u64)n;
	return n > 0;
}

/* A process and number that lead to this pipe; for the write end ask access O_WRONLY. */
static bool find_end(struct tracer *t, u32 pipe, int access, pid_t *pid, int *fd)
{
	for (size_t i = 0; i < t->all.n; i++) {
		const struct tracee *x = t->all.at[i];
		if (!x->fds || x->holding == IS_GONE || x->ended || !x->spawned)
			continue;
		for (u32 k = 0; k < x->fds->n; k++) {
			u32 flags = 0;
			bool cloexec;
			enum fd_class class;
			u64 ino;
			if (x->fds->fds[k].class != FDC_PIPE || x->fds->fds[k].pipe != pipe)
				continue;
			if (access == O_WRONLY && (!fd_ask(x->tid, (int)k, &class, &ino, &flags, &cloexec) ||
			                           (flags & O_ACCMODE) == O_RDONLY))
				continue;
			*pid = x->tgid;
			*fd = (int)k;
			return true;
		}
	}
	return false;
}

/* How many slots are in use: tee(2) copies slot by slot into a pipe of ours that has k left. The
 * bytes that k slots take, for growing k, end when no more come. Costly: the oracle's. */
static u64 slots_used(int fd, u64 capacity)
{
	u32 slots = (u32)(capacity / 4096), used = 0;
	ssize_t before = 0;

	for (u32 k = 1; k <= slots; k++) {
		int own[2];
		ssize_t got;
		if (pipe2(own, O_DIRECT | O_NONBLOCK | O_CLOEXEC) < 0)
			return OBS_UNKNOWN;
		if (fcntl(own[1], F_SETPIPE_SZ, (int)capacity) < 0) {
			close(own[0]);
			close(own[1]);
			return OBS_UNKNOWN;
		}
		for (u32 filled = k; filled < slots; filled++)
			if (write(own[1], "x", 1) != 1)
				break;
		got = tee(fd, own[1], 1 << 30, SPLICE_F_NONBLOCK);
		close(own[0]);
		close(own[1]);
		if (got < 0)
			return errno == EAGAIN ? 0 : OBS_UNKNOWN;
		if (got == before)
			break;
		before = got;
		used = k;
	}
	return used;
}

void pipe_ask(int fd, bool slots, struct pipe_answer *a)
{
	struct pollfd p = {.fd = fd, .events = POLLOUT};
	int n = 0;

	*a = (struct pipe_answer){.used = OBS_UNKNOWN};
	a->known = ioctl(fd, FIONREAD, &n) == 0;
	a->bytes = (u64)n;
	if ((n = fcntl(fd, F_GETPIPE_SZ)) > 0)
		a->capacity = (u64)n;
	if (slots && (fcntl(fd, F_GETFL) & O_ACCMODE) != O_WRONLY)
		a->used = slots_used(fd, a->capacity);
	a->room = poll(&p, 1, 0) > 0 && p.revents & POLLOUT;
}

/* Whoever else has it may hold its lock for long. */
static bool ask_by_helper(struct tracer *t, u32 pipe, int fd, bool slots, struct pipe_answer *a, struct err *err)
{
	struct pipe_seen *p = &t->pipes.at[pipe];

	if (p->left && !task_is_gone(p->left)) {
		p->touched = true;
		return true;
	}
	p->left = 0;
	if (asker_of_end(t, fd, slots, a, &p->left) || !p->left)
		return true;
	p->touched = true; /* to be asked again when that one has come back */
	return emit_observe(t, NULL, OBS_PIPE, p->ino, OBS_UNKNOWN, OBS_UNKNOWN, 2, OBS_UNKNOWN, err);
}

static bool observe_one(struct tracer *t, u32 pipe, bool slots, struct err *err)
{
	struct pipe_seen *p = &t->pipes.at[pipe];
	struct pollfd poll_write = {.events = POLLOUT};
	struct pipe_answer a = {0};
	bool ok = true;
	u64 room = 2;
	pid_t pid;
	int fd, got;

	p->touched = false;
	if (!find_end(t, pipe, O_RDONLY, &pid, &fd) || (got = tracer_borrow(pid, fd, O_RDONLY)) < 0)
		return true;
	if (p->made)
		pipe_ask(got, slots, &a);
	else
		ok = ask_by_helper(t, pipe, got, slots, &a, err);
	close(got);
	if (!a.known)
		return ok;
	if (find_end(t, pipe, O_WRONLY, &pid, &fd) && (got = tracer_borrow(pid, fd, O_WRONLY)) >= 0) {
		poll_write.fd = got;
		if (poll(&poll_write, 1, 0) >= 0)
			room = poll_write.revents & POLLOUT ? 1 : 0;
		if (poll_write.revents & POLLERR)
			room = 2; /* nobody reads: POLLOUT says nothing about room */
		close(got);
	}
	return emit_observe(t, NULL, OBS_PIPE, p->ino, a.bytes, a.capacity, room, a.used, err);
}

bool tracer_observe_pipes(struct tracer *t, bool all, bool slots, struct err *err)
{
	for (u32 i = 1; i < t->pipes.n; i++) {
		struct pipe_seen *p = &t->pipes.at[i];
		if (p->ends && (all || p->touched) && !is_held_by_splice(t, i) && !observe_one(t, i, slots, err))
			return false;
	}
	return true;
}

ssize_t tracer_pipe_contents(struct tracer *t, u64 ino, void *bytes, size_t n)
{
	ssize_t got = -1;
	pid_t pid;
	int fd, end, own[2];

	for (u32 i = 1; i < t->pipes.n; i++) {
		if (!t->pipes.at[i].ends || t->pipes.at[i].ino != ino || !find_end(t, i, O_RDONLY, &pid, &fd) || is_held_by_splice(t, i))
			continue;
		if ((end = tracer_borrow(pid, fd, O_RDONLY)) < 0)
			return -1;
		if (pipe2(own, O_NONBLOCK | O_CLOEXEC) == 0) {
			got = tee(end, own[1], n, SPLICE_F_NONBLOCK);
			if (got > 0)
				got = read(own[0], bytes, (size_t)got);
			else if (got < 0 && errno == EAGAIN)
				got = 0;
			close(own[0]);
			close(own[1]);
		}
		close(end);
		return got;
	}
	return -1;
}
