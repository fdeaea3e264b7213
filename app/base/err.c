/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/lib.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Every call formats into a second buffer first: an argument may be e->text itself. */
static void text_set(struct err *e, const char *text)
{
	size_t n = strlen(text);

	if (n < sizeof e->text) {
		memcpy(e->text, text, n + 1);
		return;
	}
	memcpy(e->text, text, sizeof e->text - 4);
	memcpy(e->text + sizeof e->text - 4, "...", 4);
}

static void text_format(struct err *e, const char *fmt, va_list args, const char *tail)
{
	struct str s = {0};

	str_vaddf(&s, fmt, args);
	if (tail) {
		str_add(&s, ": ");
		str_add(&s, tail);
	}
	text_set(e, str_get(&s));
	str_finish(&s);
}

bool err_set(struct err *e, int code, const char *fmt, ...)
{
	va_list args;

	e->code = code;
	e->sys = 0;
	va_start(args, fmt);
	text_format(e, fmt, args, NULL);
	va_end(args);
	return false;
}

bool err_sys(struct err *e, int code, const char *fmt, ...)
{
	int sys = errno;
	va_list args;

	e->code = code;
	e->sys = sys;
	va_start(args, fmt);
	text_format(e, fmt, args, strerrordesc_np(sys) ? strerrordesc_np(sys) : "unknown error");
	va_end(args);
	return false;
}

bool err_wrap(struct err *e, const char *fmt, ...)
{
	char *inner = xstrdup(e->text);
	va_list args;

	va_start(args, fmt);
	text_format(e, fmt, args, inner);
	va_end(args);
	free(inner);
	return false;
}
