/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Texts as a learner is shown them: what cannot be seen is made visible, and of two texts the first place at which they
 * differ. */
#include <string.h>

#include "grader/private.h"

enum { SHOWN = 160 };

void shown_text(const char *text, size_t n, struct str *out)
{
	size_t show = n <= SHOWN ? n : SHOWN;

	str_add(out, "\"");
	str_add_escaped(out, text, show);
	str_add(out, "\"");
	if (show < n)
		str_addf(out, " and %zu more bytes", n - show);
}

static size_t line_begin(const char *text, size_t at)
{
	while (at > 0 && text[at - 1] != '\n')
		at--;
	return at;
}

/* Its newline belongs to it. */
static size_t line_end(const char *text, size_t n, size_t at)
{
	const char *nl = at < n ? memchr(text + at, '\n', n - at) : NULL;

	return nl ? (size_t)(nl - text) + 1 : n;
}

static void shown_line(const char *text, size_t n, size_t begin, size_t at, struct str *out)
{
	size_t end = line_end(text, n, at < n ? at : begin);

	if (begin >= n) {
		str_add(out, "nothing more");
		return;
	}
	if (at > begin + 60) { /* a long line: only what lies around the place */
		begin = at - 40;
		str_add(out, "...");
	}
	shown_text(text + begin, end - begin, out);
}

bool difference_words(const char *expected, size_t n, const char *got, size_t m, size_t *at, struct str *out)
{
	size_t i = 0, lines = 1, begin;

	while (i < n && i < m && expected[i] == got[i])
		lines += expected[i++] == '\n';
	*at = i;
	if (i == n && i == m)
		return false;
	begin = line_begin(i < n ? expected : got, i);
	if (m == 0) {
		str_add(out, "there is no output");
		return true;
	}
	str_addf(out, "line %zu: expected ", lines);
	shown_line(expected, n, begin, i, out);
	str_add(out, ", got ");
	shown_line(got, m, begin, i, out);
	if (i == m && begin < m)
		str_add(out, " and then the end");
	return true;
}
