/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who was signalled in pthread_cond_wait(3) takes its mutex when that is chosen (options.relocks). It sleeps in a futex(2) of
 * the condition; out of that call it is held, and only behind it glibc asks for the mutex. So its calls are stopped at,
 * from the beginning of the wait on. */
#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>

#include "tracer/private.h"

bool relock_watches(const struct tracer *t, struct tracee *x)
{
	const struct told *w = t->opt.relocks && t->opt.held ? told_open(x) : NULL;

	return w && (w->op == HOOK_COND_WAIT || w->op == HOOK_COND_TIMEDWAIT);
}

/* At the exit of a wait for the condition that is over, not only broken off. */
static bool is_woken(const struct tracee *x, u64 cond)
{
	arch_regs regs;
	u64 how;
	i64 ret;

	if (!arch_get_regs(x->tid, &regs) || arch_call(&regs) != SYS_futex)
		return false;
	how = arch_arg(&regs, 1) & FUTEX_CMD_MASK;
	ret = arch_result(&regs);
	return (how == FUTEX_WAIT || how == FUTEX_WAIT_BITSET) && arch_arg(&regs, 0) - cond < sizeof(pthread_cond_t) &&
	       !result_is_restart(ret) && ret != -EINTR;
}

enum stop_kind relock_stop(struct tracee *x)
{
	struct __ptrace_syscall_info info = {0};

	if (ptrace(PTRACE_GET_SYSCALL_INFO, x->tid, (void *)sizeof info, &info) > 0 && info.op == PTRACE_SYSCALL_INFO_EXIT &&
		is_woken(x, told_open(x)->arg)) {
		x->woken = true;
		return STOP_EXIT;
	}
	x->holding = IS_INSIDE;
	tracee_go(x, PTRACE_SYSCALL, 0);
	return STOP_NONE;
}
