/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What gcc and clang call before each load and store of the program. */
#include "hook/runtime.h"

bool hook_is_shared(const volatile void *p)
{
	return ranges_contain((uintptr_t)p) || thread_shares((uintptr_t)p);
}

/* Tells with what stands there now. The two instructions are one: a fault of the first is no fault of the program's,
 * and a handler that runs between them makes it begin anew (tracer/hooked.c). There is one such place: hidden, not static,
 * so that no compiler makes a second one for a constant argument. */
HIDDEN void told_with_value(const volatile void *, size_t bytes, long how, long pc);
__attribute__((noinline)) void told_with_value(const volatile void *p, size_t bytes, long how, long pc)
{
	register long r10 __asm__("r10") = how | HOOK_VALUE;
	register long r8 __asm__("r8") = pc;
	register long r9 __asm__("r9") = (long)((uintptr_t)p & ~(uintptr_t)7);
	long answer = HOOK_CALL;

	__asm__ volatile(".globl hook_peek\n\t"
			 ".hidden hook_peek\n"
			 "hook_peek:\n\t"
			 "movq (%%r9), %%r9\n\t"
			 "syscall"
			 : "+a"(answer), "+r"(r9), "+r"(r10)
			 : "D"((long)HOOK_ACCESS), "S"(p), "d"(bytes), "r"(r8)
			 : "rcx", "r11", "memory");
}

void hook_access(const volatile void *p, size_t bytes, long how, long pc)
{
	if (!hook_is_shared(p))
		return;
	if (UNLIKELY(hook_page != NULL))
		explore_access(p, bytes, how, pc);
	else if (hook_wants_values && ((uintptr_t)p & 7) + bytes <= 8)
		told_with_value(p, bytes, how, pc);
	else
		hook_call(HOOK_ACCESS, (long)p, (long)bytes, how, pc, 0);
}

#define ACCESS(name, bytes, how)                            \
	void __tsan_##name(void *p);                        \
	void __tsan_##name(void *p)                         \
	{                                                   \
		if (hook_maybe_shared(p))                   \
			hook_access(p, bytes, how, CALLER); \
	}
#define ACCESSES(bytes)                                                          \
	ACCESS(read##bytes, bytes, HOOK_LOAD)                                    \
	ACCESS(write##bytes, bytes, HOOK_STORE)                                  \
	ACCESS(read_write##bytes, bytes, HOOK_UPDATE)                            \
	ACCESS(volatile_read##bytes, bytes, HOOK_LOAD | HOOK_VOLATILE)           \
	ACCESS(volatile_write##bytes, bytes, HOOK_STORE | HOOK_VOLATILE)         \
	ACCESS(unaligned_read##bytes, bytes, HOOK_LOAD)                          \
	ACCESS(unaligned_write##bytes, bytes, HOOK_STORE)                        \
	ACCESS(unaligned_read_write##bytes, bytes, HOOK_UPDATE)                  \
	ACCESS(unaligned_volatile_read##bytes, bytes, HOOK_LOAD | HOOK_VOLATILE) \
	ACCESS(unaligned_volatile_write##bytes, bytes, HOOK_STORE | HOOK_VOLATILE)

ACCESSES(1)
ACCESSES(2)
ACCESSES(4)
ACCESSES(8)
ACCESSES(16)
ACCESS(vptr_read, sizeof(void *), HOOK_LOAD)

/* The caller's pc is an argument of its own in these two of compiler-rt. */
#define ACCESS_PC(name, bytes, how)                           \
	void __tsan_##name(void *p, void *pc);                \
	void __tsan_##name(void *p, void *pc)                 \
	{                                                     \
		if (hook_maybe_shared(p))                     \
			hook_access(p, bytes, how, (long)pc); \
	}
ACCESS_PC(read1_pc, 1, HOOK_LOAD)
ACCESS_PC(read2_pc, 2, HOOK_LOAD)
ACCESS_PC(read4_pc, 4, HOOK_LOAD)
ACCESS_PC(read8_pc, 8, HOOK_LOAD)
ACCESS_PC(read16_pc, 16, HOOK_LOAD)
ACCESS_PC(write1_pc, 1, HOOK_STORE)
ACCESS_PC(write2_pc, 2, HOOK_STORE)
ACCESS_PC(write4_pc, 4, HOOK_STORE)
ACCESS_PC(write8_pc, 8, HOOK_STORE)
ACCESS_PC(write16_pc, 16, HOOK_STORE)

void __tsan_vptr_update(void **p, void *value);
void __tsan_vptr_update(void **p, void *value)
{
	(void)value;
	if (hook_maybe_shared(p))
		hook_access(p, sizeof *p, HOOK_STORE, CALLER);
}

/* A struct is one access, whatever its size: it is copied after the hook. */
void __tsan_read_range(void *p, unsigned long bytes);
void __tsan_read_range(void *p, unsigned long bytes)
{
	if (hook_maybe_shared(p) && bytes)
		hook_access(p, bytes, HOOK_LOAD, CALLER);
}

void __tsan_write_range(void *p, unsigned long bytes);
void __tsan_write_range(void *p, unsigned long bytes)
{
	if (hook_maybe_shared(p) && bytes)
		hook_access(p, bytes, HOOK_STORE, CALLER);
}

/* Called by the constructor of each object with hooks: by it `ipclab cc` knows one. */
void __tsan_init(void);
void __tsan_init(void)
{
	hook_start();
}

/* What need not be told: calls and returns, and what programs say to the race detector that we are
 * not. */
#define NOTHING(name, ...)               \
	void __tsan_##name(__VA_ARGS__); \
	void __tsan_##name(__VA_ARGS__) {}
#define UNUSED __attribute__((unused))
NOTHING(func_entry, UNUSED void *caller)
NOTHING(func_exit, void)
NOTHING(ignore_thread_begin, void)
NOTHING(ignore_thread_end, void)
NOTHING(acquire, UNUSED void *p)
NOTHING(release, UNUSED void *p)
NOTHING(flush_memory, void)
NOTHING(mutex_create, UNUSED void *p, UNUSED unsigned flags)
NOTHING(mutex_destroy, UNUSED void *p, UNUSED unsigned flags)
NOTHING(mutex_pre_lock, UNUSED void *p, UNUSED unsigned flags)
NOTHING(mutex_post_lock, UNUSED void *p, UNUSED unsigned flags, UNUSED int recursion)
NOTHING(mutex_post_unlock, UNUSED void *p, UNUSED unsigned flags)
NOTHING(mutex_pre_signal, UNUSED void *p, UNUSED unsigned flags)
NOTHING(mutex_post_signal, UNUSED void *p, UNUSED unsigned flags)
NOTHING(mutex_pre_divert, UNUSED void *p, UNUSED unsigned flags)
NOTHING(mutex_post_divert, UNUSED void *p, UNUSED unsigned flags)

int __tsan_mutex_pre_unlock(void *p, unsigned flags);
int __tsan_mutex_pre_unlock(UNUSED void *p, UNUSED unsigned flags)
{
	return 0;
}
