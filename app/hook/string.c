/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * strlen and its like. How far one reads depends on what it reads: told is the length there is just
 * before; the real function then reads what is there when its turn has come.
 */
#include "hook/runtime.h"

ALWAYS void need_real(void)
{
	if (UNLIKELY(!hook_real.strlen))
		hook_start();
}

/* A string that is about to be read, of at most `most` bytes. */
static void reads(const char *s, size_t most, long pc)
{
	size_t n;

	if (!hook_maybe_shared(s) || !hook_is_shared(s))
		return;
	n = hook_real.strnlen(s, most);
	hook_touch(s, n < most ? n + 1 : n, HOOK_LOAD, pc);
}

#define READS1(type, name, params, args, s, most) \
	type hook_##name params STANDS_FOR(name); \
	type hook_##name params                   \
	{                                         \
		need_real();                      \
		if (hook_maybe_shared(s))         \
			reads(s, most, CALLER);   \
		return hook_real.name args;       \
	}
#define READS2(type, name, params, args, a, b, most)                \
	type hook_##name params STANDS_FOR(name);                   \
	type hook_##name params                                     \
	{                                                           \
		need_real();                                        \
		if (hook_maybe_shared(a) || hook_maybe_shared(b)) { \
			reads(a, most, CALLER);                     \
			reads(b, most, CALLER);                     \
		}                                                   \
		return hook_real.name args;                         \
	}
#define NO_LIMIT ((size_t)PTRDIFF_MAX)

READS1(size_t, strlen, (const char *s), (s), s, NO_LIMIT)
READS1(size_t, strnlen, (const char *s, size_t n), (s, n), s, n)
READS1(char *, strchr, (const char *s, int c), (s, c), s, NO_LIMIT)
READS1(char *, strrchr, (const char *s, int c), (s, c), s, NO_LIMIT)
READS2(int, strcmp, (const char *a, const char *b), (a, b), a, b, NO_LIMIT)
READS2(int, strncmp, (const char *a, const char *b, size_t n), (a, b, n), a, b, n)
READS2(char *, strstr, (const char *a, const char *b), (a, b), a, b, NO_LIMIT)

/* `n` bytes will be written at `to`, `most` at most read at `from`. What does not fit into one
 * access is copied a chunk at a time; the rest is the real function's. */
static bool copies(char *to, const char *from, size_t most, size_t n, long pc)
{
	if (n > HOOK_CHUNK) {
		hook_copy(to, from, n, pc);
		return true;
	}
	reads(from, most, pc);
	hook_touch(to, n, HOOK_STORE, pc);
	return false;
}

char *hook_strcpy(char *to, const char *from) STANDS_FOR(strcpy);
char *hook_strcpy(char *to, const char *from)
{
	need_real();
	if ((hook_maybe_shared(to) || hook_maybe_shared(from)) &&
		copies(to, from, NO_LIMIT, hook_real.strlen(from) + 1, CALLER))
		return to;
	return hook_real.strcpy(to, from);
}

char *hook_stpcpy(char *to, const char *from) STANDS_FOR(stpcpy);
char *hook_stpcpy(char *to, const char *from)
{
	size_t n;

	need_real();
	if (hook_maybe_shared(to) || hook_maybe_shared(from)) {
		n = hook_real.strlen(from) + 1;
		if (copies(to, from, NO_LIMIT, n, CALLER))
			return to + n - 1;
	}
	return hook_real.stpcpy(to, from);
}

/* Fills up with zeros to n. */
char *hook_strncpy(char *to, const char *from, size_t n) STANDS_FOR(strncpy);
char *hook_strncpy(char *to, const char *from, size_t n)
{
	need_real();
	if (hook_maybe_shared(to) || hook_maybe_shared(from)) {
		reads(from, n, CALLER);
		hook_touch(to, n, HOOK_STORE, CALLER);
	}
	return hook_real.strncpy(to, from, n);
}

static char *append(char *to, const char *from, size_t most, long pc)
{
	char *end = to + hook_real.strlen(to);

	reads(to, NO_LIMIT, pc);
	reads(from, most, pc);
	hook_touch(end, hook_real.strnlen(from, most) + 1, HOOK_STORE, pc);
	return to;
}

char *hook_strcat(char *to, const char *from) STANDS_FOR(strcat);
char *hook_strcat(char *to, const char *from)
{
	need_real();
	if (hook_maybe_shared(to) || hook_maybe_shared(from))
		append(to, from, NO_LIMIT, CALLER);
	return hook_real.strcat(to, from);
}

char *hook_strncat(char *to, const char *from, size_t n) STANDS_FOR(strncat);
char *hook_strncat(char *to, const char *from, size_t n)
{
	need_real();
	if (hook_maybe_shared(to) || hook_maybe_shared(from))
		append(to, from, n, CALLER);
	return hook_real.strncat(to, from, n);
}
