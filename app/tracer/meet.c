/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * When a task that was attached to is brought to its first stop. PTRACE_INTERRUPT makes signal_pending() true, and a call that
 * moves bytes looks at that whenever it is about to sleep: a write of more than there is room for, interrupted
 * half way, comes back with what it has moved so far (pipe_write() in fs/pipe.c, the sendmsg of sockets), where
 * without us it would have slept and gone on. There is no stop that a task comes to without it. So the moment is chosen:
 *
 *   asleep in a call that begins again by itself  now
 *   asleep in a transfer                          not now: it is looked at again (unmet)
 *   awake: nobody can say where                   not now, unless it computes: so long on a processor, without a sleep, that
 *                                                 no copying takes it
 *
 * What remains is the moment between the look and the interruption, two system calls of ours without anything between them.
 * Where it strikes all the same, the log says so (OBS_CUT).
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tracer/private.h"

enum { PIPE_ATOMIC = 4096, TEXT = 200 };
enum where { IS_AWAKE, IS_WAITING, IS_SMALL_WRITE, IS_HALF_WAY };

/* Half way: in a call that may have moved some of its bytes. */
static enum where call_is(long nr, const u64 *a)
{
	switch (nr) {
	case SYS_write: return a[2] > PIPE_ATOMIC ? IS_HALF_WAY : IS_SMALL_WRITE;
	case SYS_recvfrom: return a[3] & MSG_WAITALL ? IS_HALF_WAY : IS_WAITING;
	case SYS_recvmsg: return a[2] & MSG_WAITALL ? IS_HALF_WAY : IS_WAITING;
	case SYS_writev:
	case SYS_pwritev2:
	case SYS_sendto:
	case SYS_sendmsg:
	case SYS_sendmmsg:
	case SYS_sendfile:
	case SYS_splice:
	case SYS_tee:
	case SYS_vmsplice:
	case SYS_recvmmsg: return IS_HALF_WAY;
	default: return IS_WAITING;
	}
}

bool meet_is_transfer(const arch_regs *regs)
{
	long nr = arch_call(regs);

	return nr == SYS_write || nr == SYS_sendto;
}

/* Of /proc/TID/syscall, in `text`. One that is on a processor, or about to be, reads "running". */
static enum where where_is(int file, char *text)
{
	ssize_t n = pread(file, text, TEXT - 1, 0);
	u64 a[4];
	char *at;
	long nr;

	text[n < 0 ? 0 : n] = 0;
	nr = strtol(text, &at, 10);
	if (at == text)
		return IS_AWAKE;
	for (int i = 0; i < 4; i++)
		a[i] = strtoull(at, &at, 16);
	return call_is(nr, a);
}

/* A small write to a pipe is all or nothing (pipe(7)); to a terminal or a TCP connection it is not. */
static bool is_atomic(const struct tracee *x, const char *text)
{
	const char *fd = strchr(text, ' ');
	enum fd_class class;
	bool cloexec;
	u64 ino;

	return fd && fd_ask(x->tid, (int)strtoull(fd, NULL, 16), &class, &ino, NULL, &cloexec) &&
	       class == FDC_PIPE;
}

/* On a processor for so long, since it last slept: no call copies bytes for a hundredth of that. What has not been on a
 * processor meanwhile (a busy machine) has not been seen to. */
static bool computes(struct tracer *t, struct tracee *x)
{
	enum { COMPUTES_NS = 20000000, LOOKS_MOST = 500 };
	long sleeps = attach_status_field(x->tid, "voluntary_ctxt_switches");
	struct probe now;

	tracer_probe(t, x->task, &now);
	if (!x->awake_looks++ || sleeps != x->awake_sleeps) {
		x->awake_ns = now.ran_ns;
		x->awake_sleeps = sleeps;
		x->awake_looks = 1;
	}
	return now.ran_ns - x->awake_ns >= COMPUTES_NS ||
	       (!now.ran_ns && x->awake_looks > LOOKS_MOST);
}

/* Looks, and interrupts at once where that does no harm. */
static bool interrupt(struct tracer *t, struct tracee *x, int file)
{
	char text[TEXT], before[TEXT];
	enum where where = where_is(file, text);
	bool well;

	if (where == IS_HALF_WAY)
		return false;
	if (where == IS_AWAKE && !computes(t, x))
		return false;
	if (where == IS_SMALL_WRITE && !is_atomic(x, text))
		return false;
	if (where != IS_WAITING) { /* that has taken its time */
		memcpy(before, text, sizeof text);
		where_is(file, text);
		well = !strcmp(before, text);
	} else {
		well = true;
	}
	return well && ptrace(PTRACE_INTERRUPT, x->tid, NULL, NULL) == 0;
}

static bool comes_to_a_stop(struct tracer *t, struct tracee *x, int looks)
{
	char path[64];
	int file;
	bool done = false;

	snprintf(path, sizeof path, "/proc/%d/syscall", (int)x->tid);
	file = open(path, O_RDONLY | O_CLOEXEC);
	for (int i = 0; i < looks && !done; i++) {
		if (i)
			usleep(100);
		done = interrupt(t, x, file);
	}
	if (file >= 0)
		close(file);
	return done;
}

static void met(struct tracer *t, struct tracee *x, bool is)
{
	if (is == !x->unmet)
		return;
	t->unmet_n += is ? -1u : 1u;
	x->unmet = !is;
}

void attach_meet(struct tracer *t, struct tracee *x)
{
	enum { LOOKS = 30 };

	met(t, x, comes_to_a_stop(t, x, LOOKS));
}

void attach_meet_rest(struct tracer *t)
{
	u64 now = clock_ns();

	if (now - t->unmet_ns < 1000000)
		return;
	t->unmet_ns = now;
	for (size_t i = 0; i < t->all.n; i++)
		if (t->all.at[i]->unmet)
			met(t, t->all.at[i], comes_to_a_stop(t, t->all.at[i], 1));
}

bool tracer_is_meeting(const struct tracer *t)
{
	return t->unmet_n != 0;
}
