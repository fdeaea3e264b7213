/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which fault strikes which call. A task's calls are counted for each fault by themselves, so that which of them
 * is hit does not depend on what others do meanwhile. */
#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>

#include "tracer/private.h"

enum nature { NATURE_OTHER, NATURE_READS, NATURE_WRITES, NATURE_WAITS };

static enum nature nature_of(u16 call)
{
	switch (call) {
	case CALL_read: case CALL_readv: case CALL_recvfrom: case CALL_recvmsg:
		return NATURE_READS;
	case CALL_write: case CALL_writev: case CALL_sendto: case CALL_sendmsg:
		return NATURE_WRITES;
	case CALL_wait4: case CALL_waitid: case CALL_accept: case CALL_accept4: case CALL_open: case CALL_openat:
	case CALL_mq_timedsend: case CALL_mq_timedreceive: case CALL_msgsnd: case CALL_msgrcv: case CALL_semop:
	case CALL_poll: case CALL_ppoll: case CALL_select: case CALL_pselect6: case CALL_fcntl: case CALL_futex:
		return NATURE_WAITS;
	default:
		return NATURE_OTHER;
	}
}

static u32 socket_on(struct tracer *t, struct tracee *x)
{
	const struct object_seen *o = object_of_fd(t, x, x->entry.fd);

	if (o && o->kind == SEEN_SOCKET)
		return o->type == SOCK_STREAM ? FAULT_ON_SOCKET : 0;
	return o && o->kind == SEEN_MQ ? FAULT_ON_QUEUE : 0;
}

/* Its descriptor, asked of the kernel: anonymous pipes and FIFOs are one class here. */
static u32 descriptor_on(struct tracer *t, struct tracee *x, bool *nonblocking)
{
	enum fd_class class;
	u32 flags = 0;
	bool cloexec;
	u64 ino;

	if (!fd_ask(x->tid, x->entry.fd, &class, &ino, &flags, &cloexec))
		return 0;
	*nonblocking = flags & O_NONBLOCK;
	switch (class) {
	case FDC_PIPE: return ino >> 63 ? FAULT_ON_FIFO : FAULT_ON_PIPE;
	case FDC_TTY: return FAULT_ON_TERMINAL;
	case FDC_OBJECT: return socket_on(t, x);
	default: return 0;
	}
}

u32 inject_on(struct tracer *t, struct tracee *x, bool *nonblocking)
{
	*nonblocking = false;
	switch (x->entry.call) {
	case CALL_wait4: case CALL_waitid:
		return FAULT_ON_CHILD;
	case CALL_open: case CALL_openat:
		return FAULT_ON_FIFO;
	case CALL_msgsnd: case CALL_msgrcv: case CALL_semop:
		return FAULT_ON_QUEUE;
	case CALL_poll: case CALL_ppoll: case CALL_select: case CALL_pselect6: case CALL_futex:
		return FAULT_ON_PIPE | FAULT_ON_FIFO | FAULT_ON_SOCKET | FAULT_ON_TERMINAL | FAULT_ON_QUEUE;
	default:
		return descriptor_on(t, x, nonblocking);
	}
}

static bool is_about(const struct fault *f, enum nature n, u32 on)
{
	bool calls = (n == NATURE_READS && f->reads) || (n == NATURE_WRITES && f->writes) || (n == NATURE_WAITS && f->waits);

	return calls && f->kind != FAULT_SMALL_PIPE && (!f->on || f->on & on);
}

static bool is_due(struct tracee *x, const struct fault *f, u32 i)
{
	u32 n = ++x->fault_seen[i], from = f->from ? f->from : 1;

	if (n < from || (f->times && x->fault_hits[i] >= f->times))
		return false;
	return n == from || (f->every && (n - from) % f->every == 0);
}

bool inject_note(struct tracer *t, struct tracee *x, enum injection what, u64 a, struct err *err)
{
	struct ev_inject body = {.what = what, .a = a};
	bool ok;
	struct rec *r = emit_begin(t, REC_INJECT, x, sizeof body, err, &ok);

	if (r) {
		memcpy(r + 1, &body, sizeof body);
		emit_commit(t, r);
	}
	return ok;
}

/* Who has too many pipes gets small ones, and may not make them larger: pipe(7), pipe-user-pages-soft. */
static bool stays_small(struct tracer *t, struct tracee *x, bool *skip, struct err *err)
{
	bool small = false;

	for (u32 i = 0; i < t->opt.faults_n; i++)
		small |= t->opt.faults[i].kind == FAULT_SMALL_PIPE && x->args[2] > t->opt.faults[i].size;
	if (!small || !inject_instead(x, -EPERM))
		return true;
	*skip = true;
	return inject_note(t, x, INJ_STAYS_SMALL, x->args[2], err);
}

bool inject_entry(struct tracer *t, struct tracee *x, bool *skip, struct err *err)
{
	enum nature n = nature_of(x->entry.call);
	bool nonblocking = false, ok = true, done;
	u32 on = 0;

	if (x->spared || n == NATURE_OTHER || !x->entry.logged)
		return true;
	if (x->entry.call == CALL_fcntl && x->args[1] == F_SETPIPE_SZ)
		return stays_small(t, x, skip, err);
	on = inject_on(t, x, &nonblocking);
	for (u32 i = 0; ok && on && i < t->opt.faults_n && !*skip; i++) {
		const struct fault *f = &t->opt.faults[i];

		if (!is_about(f, n, on) || !is_due(x, f, i))
			continue;
		done = false;
		switch (f->kind) {
		case FAULT_SHORT: ok = inject_short(t, x, f, on, nonblocking, &done, err); break;
		case FAULT_AGAIN: ok = inject_again(t, x, nonblocking, skip, err); done = *skip; break;
		default: ok = inject_interrupt(t, x, f, &done, err); break;
		}
		x->fault_hits[i] += done;
	}
	return ok;
}

bool inject_exit(struct tracer *t, struct tracee *x, i64 ret, struct err *err)
{
	u64 is;

	if (x->spared || ret != 0 || (x->entry.call != CALL_pipe && x->entry.call != CALL_pipe2))
		return true;
	for (u32 i = 0; i < t->opt.faults_n; i++) {
		const struct fault *f = &t->opt.faults[i];
		int fds[2];

		if (f->kind != FAULT_SMALL_PIPE || !is_due(x, f, i) ||
			memory_read(x->tid, x->args[0], fds, sizeof fds) != sizeof fds ||
			!tracer_pipe_shrink(x, fds[1], f->size, &is))
			continue;
		x->fault_hits[i]++;
		return inject_note(t, x, INJ_SMALL_PIPE, is, err);
	}
	return true;
}
