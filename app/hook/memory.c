/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * memcpy and its like, which the compiler leaves as plain calls: told like a load or a store, then
 * done. What copies is told a chunk at a time, so that another process may come in between, as it
 * may on the machine. Not seen: what the compiler does inline without a hook (memset of a small
 * struct at -O2), strtok, qsort, scanf, fread and other functions of the C library into or out of
 * shared memory; the world learns that by comparing when all is settled. read and write with a
 * buffer in shared memory are system calls, and seen as such.
 */
#include "hook/runtime.h"

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

void hook_touch(const volatile void *p, size_t n, long how, long pc)
{
	if (!hook_maybe_shared(p) || !hook_is_shared(p))
		return;
	for (size_t done = 0; done < n; done += HOOK_CHUNK)
		hook_access((const volatile char *)p + done, least(n - done, HOOK_CHUNK), how, pc);
}

void hook_copy(void *to, const void *from, size_t n, long pc)
{
	bool backward = (uintptr_t)to > (uintptr_t)from && (uintptr_t)to < (uintptr_t)from + n;

	for (size_t done = 0, piece; done < n; done += piece) {
		piece = least(n - done, HOOK_CHUNK);
		size_t at = backward ? n - done - piece : done;

		if (hook_maybe_shared((const char *)from + at))
			hook_access((const char *)from + at, piece, HOOK_LOAD, pc);
		if (hook_maybe_shared((char *)to + at))
			hook_access((char *)to + at, piece, HOOK_STORE, pc);
		hook_real.memmove((char *)to + at, (const char *)from + at, piece);
	}
}

/* Before the runtime has begun (IFUNC resolvers), and for nobody else. */
static void *copy_early(void *to, const void *from, size_t n)
{
	char *t = to;
	const char *f = from;

	if (t < f)
		for (size_t i = 0; i < n; i++)
			t[i] = f[i];
	else
		while (n--)
			t[n] = f[n];
	return to;
}

ALWAYS bool either_shared(const void *a, const void *b)
{
	return hook_maybe_shared(a) || hook_maybe_shared(b);
}

#define COPIES(name, hooked, real)                                           \
	void *hooked(void *to, const void *from, size_t n) STANDS_FOR(name); \
	void *hooked(void *to, const void *from, size_t n)                   \
	{                                                                    \
		if (UNLIKELY(!hook_real.real))                               \
			return copy_early(to, from, n);                      \
		if (LIKELY(!either_shared(to, from)))                        \
			return hook_real.real(to, from, n);                  \
		hook_copy(to, from, n, CALLER);                              \
		return to;                                                   \
	}
COPIES(memcpy, hook_memcpy, memcpy)
COPIES(memmove, hook_memmove, memmove)
COPIES(__tsan_memcpy, hook_tsan_memcpy, memcpy)
COPIES(__tsan_memmove, hook_tsan_memmove, memmove)

void *hook_mempcpy(void *to, const void *from, size_t n) STANDS_FOR(mempcpy);
void *hook_mempcpy(void *to, const void *from, size_t n)
{
	return (char *)hook_memcpy(to, from, n) + n;
}

void hook_bcopy(const void *from, void *to, size_t n) STANDS_FOR(bcopy);
void hook_bcopy(const void *from, void *to, size_t n)
{
	hook_memmove(to, from, n);
}

static void *fill(void *p, int c, size_t n, long pc)
{
	if (UNLIKELY(!hook_real.memset)) {
		for (size_t i = 0; i < n; i++)
			((volatile char *)p)[i] = (char)c;
		return p;
	}
	if (LIKELY(!hook_maybe_shared(p)))
		return hook_real.memset(p, c, n);
	for (size_t done = 0, piece; done < n; done += piece) {
		piece = least(n - done, HOOK_CHUNK);
		hook_access((char *)p + done, piece, HOOK_STORE, pc);
		hook_real.memset((char *)p + done, c, piece);
	}
	return p;
}

void *hook_memset(void *p, int c, size_t n) STANDS_FOR(memset);
void *hook_memset(void *p, int c, size_t n)
{
	return fill(p, c, n, CALLER);
}

void *hook_tsan_memset(void *p, int c, size_t n) STANDS_FOR(__tsan_memset);
void *hook_tsan_memset(void *p, int c, size_t n)
{
	return fill(p, c, n, CALLER);
}

void hook_bzero(void *p, size_t n) STANDS_FOR(bzero);
void hook_bzero(void *p, size_t n)
{
	fill(p, 0, n, CALLER);
}

static int compare(const void *a, const void *b, size_t n, long pc)
{
	if (UNLIKELY(!hook_real.memcmp))
		hook_start();
	if (either_shared(a, b)) {
		hook_touch(a, n, HOOK_LOAD, pc);
		hook_touch(b, n, HOOK_LOAD, pc);
	}
	return hook_real.memcmp(a, b, n);
}

int hook_memcmp(const void *a, const void *b, size_t n) STANDS_FOR(memcmp);
int hook_memcmp(const void *a, const void *b, size_t n)
{
	return compare(a, b, n, CALLER);
}

int hook_bcmp(const void *a, const void *b, size_t n) STANDS_FOR(bcmp);
int hook_bcmp(const void *a, const void *b, size_t n)
{
	return compare(a, b, n, CALLER);
}

/* Told: up to the byte that ends the search now. */
void *hook_memchr(const void *p, int c, size_t n) STANDS_FOR(memchr);
void *hook_memchr(const void *p, int c, size_t n)
{
	const char *found;

	if (UNLIKELY(!hook_real.memchr))
		hook_start();
	if (hook_maybe_shared(p)) {
		found = hook_real.memchr(p, c, n);
		hook_touch(p, found ? (size_t)(found - (const char *)p) + 1 : n, HOOK_LOAD, CALLER);
	}
	return hook_real.memchr(p, c, n);
}
