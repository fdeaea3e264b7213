/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Short reads and writes: the count is made smaller before the kernel sees it, so that the bytes not moved are still
 * there. A result made up afterwards would lie to the program: it would have moved what it is told it has not. */
#include <limits.h>
#include <sys/socket.h>

#include "tracer/private.h"

bool inject_short(struct tracer *t, struct tracee *x, const struct fault *f, u32 on, bool nonblocking, bool *done, struct err *err)
{
	struct entry *e = &x->entry;
	bool writes = e->call == CALL_write || e->call == CALL_sendto;
	u64 size = f->size ? f->size : 1, asked = e->size;
	arch_regs regs;

	if ((e->call != CALL_read && e->call != CALL_recvfrom && !writes) || e->size <= size)
		return true;
	if (writes && !nonblocking)
		return true; /* write(2): all of it, unless a signal comes in between */
	if (writes && on & (FAULT_ON_PIPE | FAULT_ON_FIFO) && e->size <= PIPE_BUF)
		return true; /* pipe(7): whole or not at all */
	if (e->call == CALL_recvfrom && e->arg & (MSG_WAITALL | MSG_PEEK))
		return true;
	if (!arch_get_regs(x->tid, &regs))
		return true;
	arch_set_arg(&regs, 2, size);
	if (!arch_set_regs(x->tid, &regs))
		return true;
	x->altered = true; /* the program finds its registers as it left them */
	e->size = size;
	*done = true;
	return inject_note(t, x, INJ_SHORT, asked, err);
}
