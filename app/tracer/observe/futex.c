/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a futex word stands for: the C library's function that waits on it is found among the return addresses on the
 * stack, and the words around it are read as glibc lays them out (sysdeps/nptl/bits/struct_mutex.h, thread-shared-types.h,
 * nptl/internaltypes.h; 2.25 and newer). What fits nothing stays a futex word. The kernel's own knowledge
 * (futex(2)): who waits, on which address, for which value.
 */
#include <linux/futex.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tracer/private.h"

enum { STACK_LOOKED = 1024, CODE_LOOKED = 16, MUTEX_KIND = 16, MUTEX_OWNER = 8, MUTEX_ROBUST = 16, COND_SIGNALS = 40 };

static bool read_word(const struct tracee *x, u64 addr, u32 *word)
{
	return memory_read(x->tid, addr, word, sizeof *word) == sizeof *word;
}

/* "NSpid:	4711	12": what a task is called in each pid namespace, ours first, its own last; how many they are. */
static u32 inner_tid(pid_t tid, pid_t *inner)
{
	char path[64], line[256], *at, *end;
	u32 n = 0;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/status", (int)tid);
	f = fopen(path, "re");
	while (f && !n && fgets(line, sizeof line, f))
		for (at = line + 6; !strncmp(line, "NSpid:", 6); at = end, n++) {
			long value = strtol(at, &end, 10);
			if (end == at)
				break;
			*inner = (pid_t)value;
		}
	if (f)
		fclose(f);
	return n;
}

/* What x's memory calls tid, as we call it; 0: nobody that we know. */
static pid_t outer_tid(struct tracer *t, const struct tracee *x, u32 tid)
{
	pid_t inner = 0;

	if (!tid || tid > INT32_MAX)
		return 0;
	if (inner_tid(x->tid, &inner) < 2)
		return (pid_t)tid;
	for (u32 i = 1; i < t->tasks.n; i++)
		if (t->tasks.at[i] && inner_tid(t->tasks.at[i]->tid, &inner) > 1 && inner == (pid_t)tid)
			return t->tasks.at[i]->tid;
	return 0;
}

static struct tracee *thread_of_it(struct tracer *t, const struct tracee *x, u32 tid)
{
	pid_t outer = outer_tid(t, x, tid);
	struct tracee *o = outer ? tracee_by_tid(t, outer) : NULL;

	return o && o->holding != IS_GONE ? o : NULL;
}

/* The function of the C library that waits: the innermost on the stack that we know. */
static u16 waiting_function(struct tracer *t, struct tracee *x, const struct asleep *a)
{
	u64 stack[STACK_LOOKED / 8];
	size_t n = memory_read(x->tid, a->sp, stack, sizeof stack) / 8;
	u16 call = symbol_call(t, x, a->pc);

	for (size_t i = 0, looked = 0; i < n && !call && looked < CODE_LOOKED; i++)
		if (site_is_code(t, x, stack[i])) {
			call = symbol_call(t, x, stack[i]);
			looked++;
		}
	return call;
}

/* ---- each kind: where the object lies, and what its words say ---- */

static u64 place_of(u16 call, u64 addr)
{
	switch (call) {
	case CALL_pthread_cond_wait:
	case CALL_pthread_cond_timedwait: return (addr & ~7ull) - COND_SIGNALS; /* either of two groups */
	case CALL_pthread_barrier_wait: return addr - 4;
	case CALL_pthread_rwlock_rdlock:
	case CALL_pthread_rwlock_wrlock:
	case CALL_pthread_rwlock_timedrdlock:
	case CALL_pthread_rwlock_timedwrlock: return addr % 8 == 4 ? addr - 12 : addr - 8;
	default: return addr;
	}
}

/* A lock word of the C library's own (stdio): the owner's descriptor stands 8 bytes on. */
static u32 inner_lock_owner(struct tracer *t, const struct tracee *x, u64 addr)
{
	u64 descriptor = 0;
	u32 tid = 0;

	if (memory_read(x->tid, addr + 8, &descriptor, 8) != 8 || !descriptor || !read_word(x, descriptor + ARCH_PTHREAD_TID, &tid))
		return 0;
	return thread_of_it(t, x, tid) ? tid : 0;
}

/* The owner as we call it; one of another pid namespace that we do not know is somebody not watched. */
static void owner_told(struct tracer *t, const struct tracee *x, u64 *c, u64 *d)
{
	pid_t outer = *c <= INT32_MAX ? outer_tid(t, x, (u32)*c) : 0;

	if (!*c)
		return;
	*c = outer ? (u64)outer : UINT32_MAX;
	if (outer && task_is_gone(outer))
		*d |= OBS_SYNC_OWNER_GONE;
}

/* a of OBS_SYNC is said by the caller; c and d here. */
static void words_of(struct tracer *t, struct tracee *x, const struct found *f, u64 *c, u64 *d)
{
	u32 words[8] = {0};

	*c = *d = 0;
	memory_read(x->tid, f->arg, words, sizeof words);
	switch (f->call) {
	case CALL_pthread_mutex_lock:
	case CALL_pthread_mutex_timedlock:
		*c = f->inner ? inner_lock_owner(t, x, f->arg) : f->pi ? words[0] & FUTEX_TID_MASK : words[MUTEX_OWNER / 4];
		*d = !f->inner && words[MUTEX_KIND / 4] & MUTEX_ROBUST ? OBS_SYNC_ROBUST : 0;
		owner_told(t, x, c, d);
		break;
	case CALL_pthread_rwlock_rdlock:
	case CALL_pthread_rwlock_wrlock:
	case CALL_pthread_rwlock_timedrdlock:
	case CALL_pthread_rwlock_timedwrlock:
		*c = words[0] >> 3;
		*d = words[6] ? (u64)outer_tid(t, x, words[6]) : 0;
		break;
	case CALL_pthread_barrier_wait:
		*c = words[0] - words[1];
		*d = words[2];
		break;
	case CALL_sem_wait:
	case CALL_sem_timedwait: *c = words[0]; break;
	default: break;
	}
}

bool futex_words(struct tracer *t, struct tracee *x, struct found *f, struct err *err)
{
	u64 c, d;

	if (f->call == CALL_pthread_join)
		return true;
	words_of(t, x, f, &c, &d);
	/* Of a barrier the world counts who comes, too: the words have the last say. */
	if (f->noted && c == f->c && d == f->d && f->call != CALL_pthread_barrier_wait)
		return true;
	f->noted = true;
	f->c = c;
	f->d = d;
	return emit_observe(t, x, OBS_SYNC, f->arg, f->call, c, d, 0, err);
}

/* ---- which kind it is ---- */

static bool is_timed(const struct tracee *x)
{
	return x->args[3] != 0;
}

/* Locks sleep with the word 2 (lll_lock_wait); a mutex of the program's has its owner and kind beside it. */
static bool is_mutex(struct tracer *t, const struct tracee *x, u16 function)
{
	u32 words[5] = {0};

	if (memory_read(x->tid, x->args[0], words, sizeof words) != sizeof words)
		return false;
	return function || (words[2] && thread_of_it(t, x, words[2]) &&
	       words[4] < 512);
}

/* sem_wait jumps to a function of the library's own: the words tell (struct new_sem). */
static bool is_semaphore(const struct tracee *x)
{
	u32 words[4] = {0};
	u32 shared = x->args[1] & FUTEX_PRIVATE_FLAG ? 0 : 128;

	return ((unsigned)x->args[1] & FUTEX_CMD_MASK) == FUTEX_WAIT_BITSET && (u32)x->args[2] == 0 &&
	       memory_read(x->tid, x->args[0], words, sizeof words) == sizeof words && !words[0] && words[1] && words[1] < 4096 &&
	       words[2] == shared;
}

static void take_futex(struct tracee *x, struct found *f)
{
	decode_futex(NULL, x, &x->entry);
	f->call = CALL_futex;
	f->told = false;
	f->arg = x->args[0];
	f->fd = (i32)x->args[1];
	f->size = x->args[2] & 0xffffffff;
	f->ns = x->entry.hash;
}

bool futex_found(struct tracer *t, struct tracee *x, struct found *f, struct err *err)
{
	unsigned cmd = (unsigned)x->args[1] & FUTEX_CMD_MASK;
	u32 value = (u32)x->args[2], word = 0;
	u16 function = waiting_function(t, x, &f->at);

	take_futex(x, f);
	read_word(x, x->args[0], &word);
	f->told = true;
	if (cmd == FUTEX_LOCK_PI || cmd == FUTEX_LOCK_PI2) {
		f->call = CALL_pthread_mutex_lock;
		f->pi = true;
	} else if (cmd == FUTEX_WAIT_BITSET && !function && !((unsigned)x->args[1] & FUTEX_PRIVATE_FLAG) && value == word && thread_of_it(t, x, value) &&
	           thread_of_it(t, x, value)->tgid == x->tgid) {
		f->call = CALL_pthread_join;
		f->fd = thread_of_it(t, x, value)->tid;
	} else if ((cmd == FUTEX_WAIT || cmd == FUTEX_WAIT_BITSET) && value == 2 && (!function ||
	           function == CALL_pthread_mutex_lock || function == CALL_pthread_cond_wait || function == CALL_pthread_cond_timedwait)) {
		f->call = CALL_pthread_mutex_lock;
		f->inner = !is_mutex(t, x, function);
	} else if (function && function != CALL_pthread_mutex_lock) {
		f->call = function;
	} else if (is_semaphore(x)) {
		f->call = is_timed(x) ? CALL_sem_timedwait : CALL_sem_wait;
	} else {
		f->told = false;
		return true;
	}
	if (f->call == CALL_pthread_mutex_lock && is_timed(x))
		f->call = CALL_pthread_mutex_timedlock;
	f->size = 0;
	f->arg = place_of(f->call, x->args[0]);
	return futex_words(t, x, f, err);
}
