/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Registers and calls of x86-64, syscall(2) "Architecture calling conventions". */
#ifndef TRACER_ARCH_X86_64_H
#define TRACER_ARCH_X86_64_H

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/user.h>

#include "base/lib.h"

#define ARCH_NAME "x86-64"
#define ARCH_ELF_CLASS 2 /* ELFCLASS64 */
#define ARCH_ELF_MACHINE 62 /* EM_X86_64 */
#define ARCH_CALL_PAUSE SYS_pause
#define ARCH_CALL_RESTART SYS_restart_syscall

typedef struct user_regs_struct arch_regs;

static inline bool arch_get_regs(pid_t tid, arch_regs *r)
{
	return ptrace(PTRACE_GETREGS, tid, NULL, r) == 0;
}
static inline bool arch_set_regs(pid_t tid, arch_regs *r)
{
	return ptrace(PTRACE_SETREGS, tid, NULL, r) == 0;
}
/* The hot path's questions, cheaper than all registers: number and arguments at an entry stop ... */
static inline bool arch_read_call(pid_t tid, long *nr, u64 args[6], u64 *ip)
{
	struct __ptrace_syscall_info info;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, tid, (void *)sizeof info, &info) <= 0)
		return false;
	*nr = (long)info.entry.nr; /* entry and seccomp lie alike */
	*ip = info.instruction_pointer;
	memcpy(args, info.entry.args, 6 * sizeof *args);
	return true;
}
/* ... and the result at an exit stop. */
static inline bool arch_read_result(pid_t tid, i64 *ret)
{
	errno = 0;
	*ret = ptrace(PTRACE_PEEKUSER, tid, (void *)offsetof(struct user, regs.rax), NULL);
	return *ret != -1 || errno == 0;
}
static inline void arch_set_call(arch_regs *r, long nr) { r->orig_rax = (unsigned long long)nr; }
static inline void arch_set_result(arch_regs *r, i64 v) { r->rax = (unsigned long long)v; }
static inline void arch_set_arg(arch_regs *r, int n, u64 v)
{
	switch (n) {
	case 0: r->rdi = v; break;
	case 1: r->rsi = v; break;
	case 2: r->rdx = v; break;
	case 3: r->r10 = v; break;
	case 4: r->r8 = v; break;
	default: r->r9 = v; break;
	}
}
static inline u64 arch_arg(const arch_regs *r, int n)
{
	const u64 args[6] = {r->rdi, r->rsi, r->rdx, r->r10, r->r8, r->r9};

	return args[n];
}
/* glibc: struct pthread.tid; pthread_spinlock_t holds 1 when it is free. */
#define ARCH_PTHREAD_TID 0x2d0
#define ARCH_SPIN_IS_FREE(word) ((word) == 1)
static inline u64 arch_sp(const arch_regs *r) { return r->rsp; }
static inline void arch_set_sp(arch_regs *r, u64 v) { r->rsp = v; }
static inline void arch_set_pc(arch_regs *r, u64 v) { r->rip = v; }
static inline long arch_call(const arch_regs *r) { return (long)r->orig_rax; }
static inline i64 arch_result(const arch_regs *r) { return (i64)r->rax; }
#define ARCH_CALL_BYTES 2 /* of the instruction that makes a call */
/* Where our runtime reads what it is about to tell of (hook/access.c): movq (%r9), %r9, then the call. */
#define ARCH_PEEK_BYTES 3
static inline void arch_peek_again(arch_regs *r, u64 peek)
{
	r->rip = peek;
	r->r9 = r->rsi & ~7ull;
}
static inline void arch_peek_skip(arch_regs *r, u64 peek, u64 flag)
{
	r->rip = peek + ARCH_PEEK_BYTES;
	r->r10 &= ~flag;
}
static inline u64 arch_pc(const arch_regs *r) { return r->rip; }
/* Where rt_sigframe keeps rax, from the stack pointer at a handler's first instruction:
 * pretcode 8, uc_flags 8, uc_link 8, uc_stack 24, then gregs r8..r15 rdi rsi rbp rbx rdx rax. */
#define ARCH_SIGFRAME_RESULT (8 + 8 + 8 + 24 + 13 * 8)
/* The registers that rt_sigframe keeps just before rax, as the frame has them. */
static inline void arch_frame_regs(const arch_regs *r, u64 out[13])
{
	const u64 regs[13] = {r->r8, r->r9, r->r10, r->r11, r->r12, r->r13, r->r14, r->r15, r->rdi, r->rsi, r->rbp, r->rbx, r->rdx};
	memcpy(out, regs, sizeof regs);
}
/* DWARF register order, System V psABI figure 3.36. */
static inline void arch_dwarf_regs(const arch_regs *r, u64 out[17])
{
	const u64 regs[17] = {r->rax, r->rdx, r->rcx, r->rbx, r->rsi, r->rdi, r->rbp, r->rsp, r->r8,
	                      r->r9,  r->r10, r->r11, r->r12, r->r13, r->r14, r->r15, r->rip};
	memcpy(out, regs, sizeof regs);
}

#endif
