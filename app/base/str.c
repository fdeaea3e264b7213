/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void str_reserve(struct str *s, size_t more)
{
	size_t need, cap;

	if (__builtin_add_overflow(s->len, more, &need) || __builtin_add_overflow(need, 1, &need))
		abort();
	if (need <= s->cap)
		return;
	if (__builtin_mul_overflow(need, 2, &cap))
		cap = need;
	s->s = xrealloc(s->s, cap);
	s->cap = cap;
}

void str_finish(struct str *s)
{
	free(s->s);
	*s = (struct str){0};
}

void str_clear(struct str *s)
{
	s->len = 0;
	if (s->s)
		s->s[0] = '\0';
}

void str_add_bytes(struct str *s, const void *bytes, size_t n)
{
	str_reserve(s, n);
	if (n > 0)
		memcpy(s->s + s->len, bytes, n);
	s->len += n;
	s->s[s->len] = '\0';
}

void str_add(struct str *s, const char *text)
{
	str_add_bytes(s, text, strlen(text));
}

void str_vaddf(struct str *s, const char *fmt, va_list args)
{
	va_list again;
	int n;

	va_copy(again, args);
	n = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	if (n < 0)
		abort(); /* a format of ours that vsnprintf refuses */
	str_reserve(s, (size_t)n);
	vsnprintf(s->s + s->len, (size_t)n + 1, fmt, args);
	s->len += (size_t)n;
}

void str_addf(struct str *s, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	str_vaddf(s, fmt, args);
	va_end(args);
}

const char *str_get(const struct str *s)
{
	return s->s ? s->s : "";
}

void str_add_escaped(struct str *s, const void *bytes, size_t n)
{
	const u8 *p = bytes;

	str_reserve(s, n);
	for (size_t i = 0; i < n; i++) {
		switch (p[i]) {
		case '\n': str_add(s, "\\n"); break;
		case '\t': str_add(s, "\\t"); break;
		case '\r': str_add(s, "\\r"); break;
		case '\\': str_add(s, "\\\\"); break;
		case '"': str_add(s, "\\\""); break;
		default:
			if (p[i] >= 0x20 && p[i] < 0x7f)
				str_add_bytes(s, &p[i], 1);
			else
				str_addf(s, "\\x%02x", p[i]);
		}
	}
	str_add(s, ""); /* s->s is a string even when n is 0 */
}

/* Unicode 15, table 3-7: no overlong forms, no surrogates, nothing above U+10FFFF. */
size_t utf8_length(const u8 *p, size_t n)
{
	u8 low = 0x80, high = 0xbf;
	size_t len;

	if (p[0] < 0x80)
		return 1;
	if (p[0] < 0xc2 || p[0] > 0xf4)
		return 0;
	len = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	if (n < len)
		return 0;
	if (p[0] == 0xe0)
		low = 0xa0;
	else if (p[0] == 0xed)
		high = 0x9f;
	else if (p[0] == 0xf0)
		low = 0x90;
	else if (p[0] == 0xf4)
		high = 0x8f;
	if (p[1] < low || p[1] > high)
		return 0;
	for (size_t i = 2; i < len; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	return len;
}

/* C0, DEL and, in UTF-8, C1 (U+0080 to U+009F): what a terminal may obey. */
static bool is_control(const u8 *p, size_t len)
{
	return (len == 1 && (p[0] < 0x20 || p[0] == 0x7f)) ||
	       (len == 2 && p[0] == 0xc2 && p[1] < 0xa0);
}

/* U+200B to U+200F, U+2028 to U+202E, U+2060 to U+206F, U+FEFF; what has no name in any language: U+E000 on, for private use,
 * tags, variation selectors. */
static bool is_disguise(const u8 *p, size_t len)
{
	if (len == 3)
		return (p[0] == 0xe2 && p[1] == 0x80 && ((p[2] >= 0x8b && p[2] <= 0x8f) || (p[2] >= 0xa8 && p[2] <= 0xae))) ||
		       (p[0] == 0xe2 && p[1] == 0x81 && p[2] >= 0xa0 && p[2] <= 0xaf) || p[0] == 0xee || (p[0] == 0xef && p[1] < 0xa4) ||
		       (p[0] == 0xef && p[1] == 0xb8 && p[2] <= 0x8f) || (p[0] == 0xef && p[1] == 0xbb && p[2] == 0xbf);
	return (len == 2 && p[0] == 0xd8 && p[1] == 0x9c) || (len == 4 && p[0] >= 0xf3);
}

void str_add_name(struct str *s, const char *name, size_t n)
{
	const u8 *p = (const u8 *)name;

	str_add(s, "");
	for (size_t len; n > 0; p += len, n -= len) {
		len = utf8_length(p, n);
		if (len > 1 && !is_control(p, len) && !is_disguise(p, len))
			str_add_bytes(s, p, len);
		else
			str_add_escaped(s, p, len = len ? len : 1);
	}
}

void str_add_harmless(struct str *s, const char *text)
{
	const u8 *p = (const u8 *)text;
	size_t n = strlen(text);

	str_add(s, "");
	while (n > 0) {
		size_t len = utf8_length(p, n);

		if (len > 0 && (!is_control(p, len) || *p == '\n')) {
			str_add_bytes(s, p, len);
		} else {
			len = 1;
			str_addf(s, "\\x%02x", *p);
		}
		p += len;
		n -= len;
	}
}

static void json_add_one(struct str *s, const u8 *p, size_t len)
{
	static const char short_form[32] = {
		['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'};

	if (len == 0)
		str_add(s, "\xef\xbf\xbd"); /* U+FFFD */
	else if (*p == '"' || *p == '\\')
		str_addf(s, "\\%c", *p);
	else if (*p < 0x20 && short_form[*p])
		str_addf(s, "\\%c", short_form[*p]);
	else if (is_control(p, len))
		str_addf(s, "\\u%04x", p[len - 1]);
	else
		str_add_bytes(s, p, len);
}

void str_add_json(struct str *s, const void *bytes, size_t n)
{
	const u8 *p = bytes;

	str_add(s, "\"");
	while (n > 0) {
		size_t len = utf8_length(p, n);

		json_add_one(s, p, len);
		len = len ? len : 1;
		p += len;
		n -= len;
	}
	str_add(s, "\"");
}
