/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * hook: the runtime that `ipclab cc` links into a program under study (protocol.h: what it tells).
 * It is called libtsan.a, because that is what gcc's -fsanitize=thread links. Promises:
 * not watched, the program makes one system call more than without us, and behaves as without us,
 * errno included; what runs in a hook is async-signal-safe; an access to private memory costs a
 * comparison with the range that all shared mappings lie in. Everything that stands in for a
 * function of the C library is weak: a program that has its own strlen keeps it.
 *
 * file        | what it holds
 * protocol.h  | what runtime and tracer say to each other
 * real.def    | the functions of the C library that we stand in for
 * start.c     | the question whether ipclab is there; the C library's own functions
 * preinit.c   | libtsan_preinit.o: makes the linker take the runtime out of libtsan.a
 * ranges.c    | the table of shared mappings
 * access.c    | __tsan_read4 and its like: loads and stores
 * atomic.c    | __tsan_atomic32_load and its like
 * map.c       | mmap, munmap, mremap, shmat, shmdt
 * sem.c       | sem_*
 * pthread.c   | pthread_mutex_*, cond_*, barrier_*, rwlock_*, spin_*, join
 * thread.c    | pthread_create; with --threads: what is a stack and what is not
 * explore.c   | explored: notes instead of stops, the fork server
 * memory.c    | memcpy and its like, which reach shared memory without hooks
 * string.c    | strlen and its like
 * print.c     | sprintf, printf, puts and their like
 * elf.c       | (in ipclab, not in the runtime) has a program, has an object our hooks?
 */
#ifndef HOOK_RUNTIME_H
#define HOOK_RUNTIME_H

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/shm.h>

#include "hook/protocol.h"

#define HIDDEN      __attribute__((visibility("hidden")))
#define LIKELY(x)   __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)
#define ALWAYS      static inline __attribute__((always_inline))
#define CALLER      ((long)__builtin_return_address(0))
/* The function that follows is the program's NAME. Weak, and under another name in C, so that what
 * the compiler knows of NAME (that a pointer is not NULL, that it is a builtin) does not change
 * what we do. */
#define STANDS_FOR(name) __asm__(#name) __attribute__((weak, visibility("default")))

/* ---- start.c ---- */
enum hook_state { HOOK_UNASKED, HOOK_ALONE, HOOK_WATCHED };
extern HIDDEN unsigned char hook_state;
extern HIDDEN bool hook_wants_threads; /* HOOK_THREADS was answered */
extern HIDDEN bool hook_wants_values;  /* HOOK_VALUES likewise */
extern HIDDEN uintptr_t hook_stack;    /* an address in the first thread's stack, near its top */
HIDDEN void hook_start(void);          /* asks and finds the real functions, once */

/* The C library's own, found once; NULL before hook_start. */
struct hook_real {
#define REAL(name, version) __typeof__(name) *name;
#include "hook/real.def"
#undef REAL
};
extern HIDDEN struct hook_real hook_real;

/* Is somebody watching? The first caller asks. */
ALWAYS bool hook_watched(void)
{
	if (UNLIKELY(hook_state == HOOK_UNASKED))
		hook_start();
	return hook_state == HOOK_WATCHED;
}

#if !defined __x86_64__ || defined __ILP32__
#error the hook runtime knows x86-64 only
#endif
/* Leaves errno alone, and every register that the psABI lets a call change but does not have to. */
ALWAYS long hook_call(long what, long a1, long a2, long a3, long a4, long a5)
{
	register long r10 __asm__("r10") = a3;
	register long r8 __asm__("r8") = a4;
	register long r9 __asm__("r9") = a5;
	long answer = HOOK_CALL;

	__asm__ volatile("syscall"
			 : "+a"(answer)
			 : "D"(what), "S"(a1), "d"(a2), "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return answer;
}

/* ---- ranges.c ---- */
/* All shared mappings lie in [hook_low, hook_high); empty while nothing is, or not watched. */
extern HIDDEN uintptr_t hook_low, hook_high;
HIDDEN void ranges_add(uintptr_t start, size_t bytes);
/* Forgets what lies in [start, start + bytes); true when something did. */
HIDDEN bool ranges_remove(uintptr_t start, size_t bytes);
HIDDEN bool ranges_contain(uintptr_t address);
HIDDEN size_t ranges_size(uintptr_t start); /* bytes of the mapping that begins there, or 0 */
HIDDEN void ranges_everything(bool);        /* --threads: private memory is looked at as well */

ALWAYS bool hook_maybe_shared(const volatile void *p)
{
	return UNLIKELY((uintptr_t)p >= hook_low && (uintptr_t)p < hook_high);
}

/* ---- explore.c ---- */
extern HIDDEN struct hook_page *hook_page; /* NULL: not explored */
HIDDEN void explore_open(void);            /* maps the page, or leaves it NULL */
HIDDEN void explore_serve(void);           /* forks and forks; returns in each child */
HIDDEN void explore_access(const volatile void *, size_t bytes, long how, long pc);
/* A call of the C library. True: it is done, *r is what it returns; false: make the real call, it will not block. */
HIDDEN bool explore_call(long op, long object, long second, unsigned long ns, long pc, int *r);

/* ---- access.c ---- */
/* Tells of an access if the address is shared; `how` is enum hook_access and flags. */
HIDDEN void hook_access(const volatile void *, size_t bytes, long how, long pc);
HIDDEN bool hook_is_shared(const volatile void *);
extern HIDDEN const char hook_peek[];  /* the instruction that HOOK_ASK tells of */

/* ---- thread.c ---- */
HIDDEN bool thread_shares(uintptr_t address); /* --threads, and neither a stack nor constant */

/* ---- map.c, memory.c ---- */
enum { HOOK_CHUNK = 4096 }; /* bytes of one access of memcpy and its like */
/* As memcpy and memmove, told chunk by chunk. */
HIDDEN void hook_copy(void *to, const void *from, size_t n, long pc);
/* Tells of accesses to n bytes, a chunk each. */
HIDDEN void hook_touch(const volatile void *, size_t n, long how, long pc);

#endif
