/* SPDX-License-Identifier: GPL-3.0-or-later */
/* EINTR by a real signal, sent as the call begins: the kernel finds it pending when the call would sleep. Only one that the
 * process has a handler for without SA_RESTART: no other is seen by the program as EINTR (signal(7)). */
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "tracer/private.h"

void inject_handler_set(struct tracee *x, int sig, bool handled, u64 flags)
{
	if (sig < 1 || sig > 64 || !x->space)
		return;
	if (handled && !(flags & SA_RESTART))
		x->space->breaks |= 1ull << (sig - 1);
	else
		x->space->breaks &= ~(1ull << (sig - 1));
}

/* Those that a program sets a handler for to be told something, first. */
static int which(const struct tracee *x, int wanted)
{
	static const int usual[] = {SIGUSR1, SIGUSR2, SIGALRM, SIGHUP, SIGINT, SIGTERM, SIGWINCH, SIGCHLD};
	u64 may = x->space->breaks & ~signal_mask(x->tid, "SigBlk");

	if (wanted)
		return may >> (wanted - 1) & 1 ? wanted : 0;
	for (size_t i = 0; i < ARRAY_LEN(usual); i++)
		if (may >> (usual[i] - 1) & 1)
			return usual[i];
	return 0;
}

/* Data that is there is read, signal or not: such a call is not interrupted. */
static bool would_return(struct tracee *x)
{
	struct pollfd p = {.fd = x->entry.fd >= 0 && x->entry.call == CALL_read ? tracer_borrow(x->tgid, x->entry.fd, O_RDONLY) : -1, .events = POLLIN};
	bool there;

	if (p.fd < 0)
		return false;
	there = poll(&p, 1, 0) > 0;
	close(p.fd);
	return there;
}

bool inject_interrupt(struct tracer *t, struct tracee *x, const struct fault *f, bool *done, struct err *err)
{
	int sig = x->space ? which(x, f->sig) : 0;

	if (!sig || would_return(x))
		return true;
	*done = true;
	return inject_note(t, x, INJ_SIGNAL, (u64)sig, err) && (syscall(SYS_tgkill, x->tgid, x->tid, sig) == 0 || true);
}
