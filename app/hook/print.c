/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sprintf into shared memory, printf("%s") and puts out of it: the usual first programs with POSIX
 * shared memory do nothing else. A format with %1$s, %n or wide characters is left alone.
 */
#include <stdint.h>
#include <wchar.h>

#include "hook/runtime.h"

ALWAYS void need_real(void)
{
	if (UNLIKELY(!hook_real.vsnprintf))
		hook_start();
}

static void reads(const char *s, size_t most, long pc)
{
	size_t n;

	if (!s || !hook_maybe_shared(s) || !hook_is_shared(s))
		return;
	n = hook_real.strnlen(s, most);
	hook_touch(s, n < most ? n + 1 : n, HOOK_LOAD, pc);
}

/* One conversion after its '%'. */
struct conversion {
	bool width, precision, long_double, known;
	long limit; /* of %.3s; -1: none */
	char kind;
};

static const char *number(const char *f, bool *given, long *value)
{
	if (*f == '*') {
		*given = true;
		return f + 1;
	}
	for (*value = 0; *f >= '0' && *f <= '9'; f++)
		*value = *value * 10 + (*f - '0');
	return f;
}

static bool is_in(char c, const char *set)
{
	while (*set && *set != c)
		set++;
	return c && *set == c;
}

static const char *conversion_read(const char *f, struct conversion *c)
{
	long ignored;

	*c = (struct conversion){.limit = -1, .known = true};
	while (is_in(*f, "-+ #0'I"))
		f++;
	f = number(f, &c->width, &ignored);
	if (*f == '.')
		f = number(f + 1, &c->precision, &c->limit);
	for (bool l = false; is_in(*f, "hlLqjzt"); f++) {
		c->long_double |= *f == 'L';
		l |= *f == 'l';
		if (l && (f[1] == 's' || f[1] == 'c'))
			c->known = false;
	}
	c->kind = *f;
	return *f ? f + 1 : f;
}

/* The strings that a printf is about to read. Every integer and pointer takes one place of the
 * list, whatever its size (psABI). */
static void reads_arguments(const char *f, va_list args, long pc)
{
	struct conversion c;

	for (; *f;) {
		if (*f++ != '%')
			continue;
		f = conversion_read(f, &c);
		if (c.width)
			(void)va_arg(args, int);
		if (c.precision)
			c.limit = va_arg(args, int);
		if (!c.known)
			return;
		if (c.kind == 's')
			reads(va_arg(args, const char *),
				c.limit < 0 ? PTRDIFF_MAX : (size_t)c.limit, pc);
		else if (is_in(c.kind, "diouxXcp"))
			(void)va_arg(args, long);
		else if (is_in(c.kind, "eEfFgGaA") && c.long_double)
			(void)va_arg(args, long double);
		else if (is_in(c.kind, "eEfFgGaA"))
			(void)va_arg(args, double);
		else if (c.kind != '%' && c.kind != 'm')
			return;
	}
}

/* Nothing is shared: no format is looked at. */
ALWAYS bool nothing_shared(void)
{
	return LIKELY(hook_high == 0);
}

static void reads_list(const char *format, va_list args, long pc)
{
	va_list copy;

	if (nothing_shared())
		return;
	reads(format, PTRDIFF_MAX, pc);
	va_copy(copy, args);
	reads_arguments(format, copy, pc);
	va_end(copy);
}

static int into(char *to, size_t room, const char *format, va_list args, long pc)
{
	va_list copy;
	int n;

	need_real();
	reads_list(format, args, pc);
	if (hook_maybe_shared(to)) {
		va_copy(copy, args);
		n = hook_real.vsnprintf(NULL, 0, format, copy);
		va_end(copy);
		if (n >= 0 && room)
			hook_touch(to, (size_t)n < room ? (size_t)n + 1 : room, HOOK_STORE, pc);
	}
	return hook_real.vsnprintf(to, room, format, args);
}

#define LIST(name, params, last, call)           \
	int hook_##name params STANDS_FOR(name); \
	int hook_##name params                   \
	{                                        \
		long pc = CALLER;                \
		va_list args;                    \
		int n;                           \
		va_start(args, last);            \
		n = call;                        \
		va_end(args);                    \
		return n;                        \
	}
#define ANY_ROOM ((size_t)INT32_MAX)

LIST(snprintf, (char *to, size_t room, const char *format, ...), format,
	into(to, room, format, args, pc))
LIST(sprintf, (char *to, const char *format, ...), format, into(to, ANY_ROOM, format, args, pc))

int hook_vsnprintf(char *to, size_t room, const char *format, va_list args) STANDS_FOR(vsnprintf);
int hook_vsnprintf(char *to, size_t room, const char *format, va_list args)
{
	return into(to, room, format, args, CALLER);
}

int hook_vsprintf(char *to, const char *format, va_list args) STANDS_FOR(vsprintf);
int hook_vsprintf(char *to, const char *format, va_list args)
{
	return into(to, ANY_ROOM, format, args, CALLER);
}

static int out(const char *format, va_list args, long pc)
{
	need_real();
	reads_list(format, args, pc);
	return hook_real.vprintf(format, args);
}

static int out_file(FILE *file, const char *format, va_list args, long pc)
{
	need_real();
	reads_list(format, args, pc);
	return hook_real.vfprintf(file, format, args);
}

static int out_fd(int fd, const char *format, va_list args, long pc)
{
	need_real();
	reads_list(format, args, pc);
	return hook_real.vdprintf(fd, format, args);
}

LIST(printf, (const char *format, ...), format, out(format, args, pc))
LIST(fprintf, (FILE * file, const char *format, ...), format, out_file(file, format, args, pc))
LIST(dprintf, (int fd, const char *format, ...), format, out_fd(fd, format, args, pc))

int hook_puts(const char *s) STANDS_FOR(puts);
int hook_puts(const char *s)
{
	need_real();
	reads(s, PTRDIFF_MAX, CALLER);
	return hook_real.puts(s);
}

int hook_fputs(const char *s, FILE *file) STANDS_FOR(fputs);
int hook_fputs(const char *s, FILE *file)
{
	need_real();
	reads(s, PTRDIFF_MAX, CALLER);
	return hook_real.fputs(s, file);
}
