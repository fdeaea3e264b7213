/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Calls that make, duplicate, change and close descriptors: pipe(2), dup(2), fcntl(2), ioctl(2),
 * close(2), close_range(2), open(2), unshare(2). */
#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/openat2.h>
#include <sched.h>
#include <stdio.h>
#include <sys/ioctl.h>

#include "tracer/private.h"

bool decode_pipe(struct tracer *t, struct tracee *x, struct entry *e)
{
	(void)t;
	if (e->call == CALL_pipe2)
		e->arg = x->args[1] & 0xffffffff;
	return true;
}

bool decode_close(struct tracer *t, struct tracee *x, struct entry *e)
{
	enum fd_class class;

	e->fd = (i32)x->args[0];
	class = fd_class(t, x, e->fd);
	if (class >= FDC_PIPE || (t->locks && class == FDC_OTHER && lock_closes(t, x, e->fd)))
		return true;
	/* A file: gone with this one stop. (A failing close releases the number all the same.) */
	fdmap_clear(t, x->fds, e->fd);
	if (class == FDC_TTY && t->opt.terminals) {
		e->hold = false;
		return true;
	}
	return false;
}

bool decode_close_range(struct tracer *t, struct tracee *x, struct entry *e)
{
	u32 first = (u32)x->args[0], last = (u32)x->args[1];

	(void)t;
	e->fd = first > INT32_MAX ? INT32_MAX : (i32)first;
	e->fd2 = last > INT32_MAX ? INT32_MAX : (i32)last;
	e->arg = x->args[2] & 0xffffffff;
	e->hold = false;
	for (u32 fd = (u32)e->fd; fd < x->fds->n && fd <= (u32)e->fd2; fd++)
		if (x->fds->fds[fd].class >= FDC_PIPE)
			e->hold = true;
	return true;
}

static bool leads_to_object(struct tracer *t, struct tracee *x, int fd)
{
	enum fd_class class = fd_class(t, x, fd);

	return class >= FDC_PIPE;
}

bool decode_dup(struct tracer *t, struct tracee *x, struct entry *e)
{
	e->fd = (i32)x->args[0];
	if (e->call != CALL_dup)
		e->fd2 = (i32)x->args[1];
	if (e->call == CALL_dup3)
		e->arg = x->args[2] & 0xffffffff;
	if (leads_to_object(t, x, e->fd) ||
	    (e->fd2 >= 0 && (leads_to_object(t, x, e->fd2) || (t->locks && lock_closes(t, x, e->fd2)))))
		return true;
	if (t->opt.terminals && (fd_class(t, x, e->fd) == FDC_TTY || fd_class(t, x, e->fd2) == FDC_TTY)) {
		e->hold = t->opt.files; /* where files are followed, where they are redirected is */
		return true;
	}
	fdmap_clear(t, x->fds, e->fd2);
	return false;
}

bool decode_fcntl(struct tracer *t, struct tracee *x, struct entry *e)
{
	enum fd_class class;

	e->fd = (i32)x->args[0];
	e->arg = x->args[1] & 0xffffffff;
	e->size = x->args[2] & 0xffffffff;
	e->hold = e->arg != F_SETFD; /* a flag of the number, nothing moves */
	if (lock_command(e->arg))
		return decode_fcntl_lock(t, x, e);
	class = fd_class(t, x, e->fd);
	if (class == FDC_TTY && t->opt.terminals) {
		e->hold = false;
		return true;
	}
	return class >= FDC_PIPE;
}

bool decode_ioctl(struct tracer *t, struct tracee *x, struct entry *e)
{
	int on = 0;

	e->fd = (i32)x->args[0];
	e->arg = x->args[1] & 0xffffffff;
	e->hold = false;
	if (fd_class(t, x, e->fd) < FDC_PIPE)
		return false;
	if (e->arg == FIONBIO && memory_read(x->tid, x->args[2], &on, sizeof on) == sizeof on)
		e->size = (u32)on;
	return true;
}

/* Only a path that leads to a descriptor can lead to a pipe: /dev/fd/N, /dev/stdin, /proc/PID/fd/N. */
static bool path_may_be_pipe(const char *path)
{
	return !strncmp(path, "/dev/fd/", 8) || !strncmp(path, "/dev/std", 8) || strstr(path, "/fd/");
}

bool decode_open(struct tracer *t, struct tracee *x, struct entry *e)
{
	int at = e->call == CALL_openat || e->call == CALL_openat2;
	char path[PATH_KEPT];
	bool may_come;

	memory_read_string(x->tid, x->args[at], path, sizeof path);
	if (e->call == CALL_openat2) {
		struct open_how how = {0};
		memory_read(x->tid, x->args[2], &how, sizeof how);
		e->arg = how.flags;
	} else if (e->call != CALL_creat) {
		e->arg = x->args[at + 1] & 0xffffffff;
	}
	e->hash = fifo_opened(x, at ? (int)x->args[0] : AT_FDCWD, path, e->arg, &may_come);
	t->fifos |= e->hash != 0;
	e->hold = e->hash || !strncmp(path, "/dev/shm/", 9); /* shm_open(3) */
	e->hold |= t->opt.files && !(e->arg & (O_PATH | O_DIRECTORY)) && path_is_own(path);
	if (!e->hold && !path_may_be_pipe(path) && !(t->fifos && may_come))
		return false;
	e->held = (u32)strlen(path) + 1;
	memcpy(e->bytes, path, e->held);
	return true;
}

bool decode_unshare(struct tracer *t, struct tracee *x, struct entry *e)
{
	(void)t;
	e->arg = x->args[0];
	e->hold = false;
	return true;
}

/* Descriptors may arrive that we did not see being made: pidfd_getfd(2). */
bool decode_receive(struct tracer *t, struct tracee *x, struct entry *e)
{
	(void)t;
	(void)x;
	e->hold = e->logged = false;
	return true;
}

static void pipe_made(struct tracer *t, struct tracee *x, struct ev_exit *out)
{
	int fds[2];
	enum fd_class class;
	u64 ino = 0;
	bool cloexec = x->entry.arg & O_CLOEXEC;

	if (memory_read(x->tid, x->args[0], fds, sizeof fds) != sizeof fds)
		return;
	out->fd = fds[0];
	out->fd2 = fds[1];
	out->arg2 = 65536;
	if (fd_ask(x->tid, fds[0], &class, &ino, NULL, NULL)) {
		out->arg = ino;
		fdmap_set(t, x->fds, fds[0], FDC_PIPE, ino, cloexec);
		fdmap_set(t, x->fds, fds[1], FDC_PIPE, ino, cloexec);
		pipe_is_made(t, ino, true);
	}
	tracer_pipe_capacity(x, fds[0], &out->arg2);
}

static void fd_duplicated(struct tracer *t, struct tracee *x, int from, int to, bool cloexec)
{
	const struct fd_seen *s = fdmap_get(x->fds, from);

	if (from == to)
		return;
	if (s->class == FDC_PIPE)
		fdmap_set(t, x->fds, to, FDC_PIPE, t->pipes.at[s->pipe].ino, cloexec);
	else if (s->class == FDC_SEGMENT || s->class == FDC_OBJECT)
		fdmap_set(t, x->fds, to, (enum fd_class)s->class, s->pipe, cloexec);
	else if (s->class == FDC_TTY || s->class == FDC_FILE)
		fdmap_set(t, x->fds, to, (enum fd_class)s->class, 0, cloexec);
	else
		fdmap_clear(t, x->fds, to);
}

static void fd_opened(struct tracer *t, struct tracee *x, int fd, struct ev_exit *out)
{
	enum fd_class class;
	u64 ino;
	u32 flags, seg;
	bool cloexec;
	struct err ignored = {0};

	out->fd = fd;
	if (!fd_ask(x->tid, fd, &class, &ino, &flags, &cloexec))
		return;
	if (class == FDC_SEGMENT && (seg = segment_of_fd(t, x->tid, fd, false))) {
		ino = seg;
		segment_announce(t, x, seg, &ignored);
		out->arg = t->segments.at[seg].ino;
	} else if (class == FDC_SEGMENT) {
		class = FDC_OTHER;
	}
	if (class == FDC_OTHER && t->opt.files && x->entry.held && path_is_own((const char *)x->entry.bytes))
		class = FDC_FILE;
	if (class == FDC_OBJECT) { /* through /proc/PID/fd or /dev/fd */
		object_made(t, x, fd, cloexec);
		ino = fdmap_ino(t, x->fds, fd);
	} else {
		fdmap_set(t, x->fds, fd, class, ino, cloexec);
	}
	if (class == FDC_PIPE || class == FDC_OBJECT)
		out->arg = ino;
	if (class == FDC_FILE)
		out->arg = OPENED_FILE;
	out->arg2 = flags;
}

static void fcntl_done(struct tracer *t, struct tracee *x, i64 ret)
{
	const struct entry *e = &x->entry;

	if (e->arg == F_DUPFD || e->arg == F_DUPFD_CLOEXEC)
		fd_duplicated(t, x, e->fd, (int)ret, e->arg == F_DUPFD_CLOEXEC);
	else if (e->arg == F_SETFD && e->fd >= 0 && (u32)e->fd < x->fds->n)
		x->fds->fds[e->fd].cloexec = e->size & FD_CLOEXEC;
}

static void unshare_files(struct tracer *t, struct tracee *x)
{
	struct fdmap *own;

	if (x->fds->refs == 1)
		return;
	own = fdmap_copy(t, x->fds);
	fdmap_release(t, x->fds);
	x->fds = own;
}

static void close_range_done(struct tracer *t, struct tracee *x)
{
	const struct entry *e = &x->entry;

	if (e->arg & CLOSE_RANGE_UNSHARE)
		unshare_files(t, x);
	if (!(e->arg & CLOSE_RANGE_CLOEXEC)) {
		fdmap_clear_range(t, x->fds, e->fd, e->fd2);
		return;
	}
	for (u32 fd = (u32)e->fd; fd < x->fds->n && fd <= (u32)e->fd2; fd++)
		x->fds->fds[fd].cloexec = true;
}

/* A call that changes what descriptors there are has come back. False: it is none of those. */
static bool fd_call_done(struct tracer *t, struct tracee *x, i64 ret, struct ev_exit *out)
{
	const struct entry *e = &x->entry;

	switch (e->call) {
	case CALL_pipe:
	case CALL_pipe2:
		pipe_made(t, x, out);
		break;
	case CALL_dup:
	case CALL_dup2:
	case CALL_dup3:
		fd_duplicated(t, x, e->fd, (int)ret, e->arg & O_CLOEXEC);
		break;
	case CALL_fcntl:
		fcntl_done(t, x, ret);
		break;
	case CALL_ioctl:
		if (e->fd >= 0 && (u32)e->fd < x->fds->n && e->arg != FIONBIO)
			x->fds->fds[e->fd].cloexec = e->arg == FIOCLEX;
		break;
	case CALL_open:
	case CALL_openat:
	case CALL_openat2:
	case CALL_creat:
		fd_opened(t, x, (int)ret, out);
		break;
	case CALL_close_range:
		close_range_done(t, x);
		break;
	case CALL_unshare:
		unshare_files(t, x);
		break;
	case CALL_pidfd_getfd:
		fdmap_forget(t, x->fds);
		break;
	default: return false;
	}
	return true;
}

void decode_exit(struct tracer *t, struct tracee *x, i64 ret, struct ev_exit *out)
{
	const struct entry *e = &x->entry;
	int status = 0;

	*out = (struct ev_exit){.ret = ret, .fd = -1, .fd2 = -1};
	if (e->call == CALL_close) /* the number is free whatever close returned, but for EBADF */
		fdmap_clear(t, x->fds, e->fd);
	if (e->call == CALL_connect && ret < 0) /* it may be on its way */
		socket_call_done(t, x, ret, out);
	if (ret < 0 || fd_call_done(t, x, ret, out))
		return;
	switch (e->call) {
	case CALL_wait4:
		if (ret > 0 && x->args[1] && memory_read(x->tid, x->args[1], &status, sizeof status) == sizeof status)
			out->fd = status;
		break;
	case CALL_poll:
	case CALL_ppoll:
	case CALL_select:
	case CALL_pselect6:
		out->arg = (u64)ret;
		break;
	default:
		fifo_call_done(t, x, ret, out);
		event_call_done(t, x, ret, out);
		wait_call_done(x, out);
		socket_call_done(t, x, ret, out);
		memory_call_done(t, x, ret, out);
		mq_call_done(t, x, ret, out);
		sysv_call_done(t, x, ret, out);
		break;
	}
}
