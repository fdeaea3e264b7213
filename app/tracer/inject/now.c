/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One fault for the call that a task is held before, when it is asked for; refused, with the reason, where the kernel
 * could not have given it. And a datagram that is lost: the call is not made, its sender is told that it was. */
#include <sys/socket.h>

#include "tracer/private.h"

/* Sends one datagram over UDP: nobody ever learns what became of it, udp(7). */
static bool sends_datagram(struct tracer *t, struct tracee *x)
{
	const struct object_seen *o;

	if (x->entry.call != CALL_write && x->entry.call != CALL_sendto && x->entry.call != CALL_sendmsg)
		return false;
	o = object_of_fd(t, x, x->entry.fd);
	return o && o->kind == SEEN_SOCKET && o->type == SOCK_DGRAM && (o->domain == AF_INET || o->domain == AF_INET6);
}

static bool lose(struct tracer *t, struct tracee *x, struct err *err)
{
	arch_regs regs;

	if (!sends_datagram(t, x))
		return err_set(err, EXIT_USAGE, "only a UDP datagram can be lost on its way, and this call sends none");
	if (!arch_get_regs(x->tid, &regs))
		return err_set(err, EXIT_FAILED, "its registers are not to be had");
	arch_set_call(&regs, -1); /* seccomp(2), SECCOMP_RET_TRACE: the call is skipped, the result is rax */
	arch_set_result(&regs, (i64)x->entry.size);
	if (!arch_set_regs(x->tid, &regs))
		return err_set(err, EXIT_FAILED, "its registers are not to be had");
	x->skipped = true;
	return inject_note(t, x, INJ_LOST, x->entry.size, err);
}

static bool shorten(struct tracer *t, struct tracee *x, u64 size, struct err *err)
{
	struct fault f = {.kind = FAULT_SHORT, .size = size};
	bool nonblocking, done = false;
	u32 on = inject_on(t, x, &nonblocking);

	if (!on || !inject_short(t, x, &f, on, nonblocking, &done, err) || !done)
		return err->text[0] ? false : err_set(err, EXIT_USAGE,
			"this call cannot come back short: only a read of more than %llu byte%s can, of a pipe, a "
			"terminal or a stream socket, or a large write on an O_NONBLOCK descriptor",
			(unsigned long long)size, size == 1 ? "" : "s");
	return true;
}

static bool interrupt(struct tracer *t, struct tracee *x, struct err *err)
{
	struct fault f = {.kind = FAULT_INTERRUPT};
	bool done = false;

	if (!inject_interrupt(t, x, &f, &done, err))
		return false;
	return done || err_set(err, EXIT_USAGE,
			       "EINTR needs a signal that the process has a handler for without SA_RESTART, and a "
			       "call that would wait: not so here (signal(7))");
}

bool tracer_fault(struct tracer *t, u32 task, enum fault_kind kind, u64 size, struct err *err)
{
	struct tracee *x = tracee_by_task(t, task);

	*err = (struct err){0};
	if (!x || x->holding != IS_TAKEN || x->stop != STOP_ENTRY || x->hook || !tracer_is_hold_point(t, task))
		return err_set(err, EXIT_USAGE, "it is not held before a call");
	if (x->skipped || x->altered)
		return err_set(err, EXIT_USAGE, "something was done to this call already");
	switch (kind) {
	case FAULT_SHORT: return shorten(t, x, size, err);
	case FAULT_INTERRUPT: return interrupt(t, x, err);
	case FAULT_LOSE: return lose(t, x, err);
	default: return err_set(err, EXIT_USAGE, "there is no such fault");
	}
}
