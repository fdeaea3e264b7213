/* SPDX-License-Identifier: GPL-3.0-or-later */
/* EAGAIN: what a call on an O_NONBLOCK descriptor may always be answered with, as far as its caller can tell. The call is
 * not made. */
#include <errno.h>

#include "tracer/private.h"

bool inject_instead(struct tracee *x, i64 result)
{
	arch_regs regs;

	if (!arch_get_regs(x->tid, &regs))
		return false;
	arch_set_call(&regs, -1); /* seccomp(2), SECCOMP_RET_TRACE: the call is skipped, the result is rax */
	arch_set_result(&regs, result);
	return arch_set_regs(x->tid, &regs);
}

bool inject_again(struct tracer *t, struct tracee *x, bool nonblocking, bool *skip, struct err *err)
{
	if (!nonblocking || !inject_instead(x, -EAGAIN))
		return true;
	*skip = true;
	return inject_note(t, x, INJ_AGAIN, x->entry.call, err);
}
