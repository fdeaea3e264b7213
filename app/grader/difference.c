/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Texts as a learner is shown them: what cannot be seen is made visible, and of two texts the first place at which they
 * differ. */
#include <stdlib.h>
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

/* ---- which lines of a file have changed ---- */

struct line_at {
	const char *at;
	size_t n;
};

static size_t lines_split(const struct bytes *b, struct line_at **out)
{
	VEC(struct line_at) v = {0};

	for (size_t at = 0; at < b->n;) {
		const char *nl = memchr(b->at + at, '\n', b->n - at);
		size_t end = nl ? (size_t)(nl - b->at) + 1 : b->n;

		*vec_push(&v) = (struct line_at){b->at + at, end - at};
		at = end;
	}
	*out = v.at;
	return v.n;
}

static bool line_same(const struct line_at *a, const struct line_at *b)
{
	return a->n == b->n && memcmp(a->at, b->at, a->n) == 0;
}

/* Longest common subsequence of what lies between equal heads and tails; beyond 4 million pairs all of that counts as changed. */
u32 *lines_changed(const struct bytes *a, const struct bytes *b, size_t *n)
{
	struct line_at *x, *y;
	size_t nx = lines_split(a, &x), ny = lines_split(b, &y), head = 0, i, j;
	VEC(u32) out = {0};
	u16 *table;

	while (head < nx && head < ny && line_same(&x[head], &y[head]))
		head++;
	while (nx > head && ny > head && line_same(&x[nx - 1], &y[ny - 1]))
		nx--, ny--;
	nx -= head;
	ny -= head;
	table = nx < 60000 && ny < 60000 && nx * ny < 4000000 ? xmalloc((nx + 1) * (ny + 1) * sizeof *table) : NULL;
#define AT(r, c) table[(r) * (ny + 1) + (c)]
	for (i = nx; table && i-- > 0;)
		for (j = ny; j-- > 0;)
			AT(i, j) = line_same(&x[head + i], &y[head + j]) ? (u16)(AT(i + 1, j + 1) + 1) : AT(i + 1, j) > AT(i, j + 1) ? AT(i + 1, j) : AT(i, j + 1);
	for (i = j = 0; j < ny;) {
		if (table && i < nx && line_same(&x[head + i], &y[head + j]))
			i++, j++;
		else if (table && i < nx && AT(i + 1, j) >= AT(i, j + 1))
			i++;
		else
			*vec_push(&out) = (u32)(head + ++j);
	}
#undef AT
	/* Lines that went leave no line: the one that now stands there is named. */
	if (!out.n && nx)
		*vec_push(&out) = (u32)head + 1;
	free(table);
	free(x);
	free(y);
	*n = out.n;
	return out.at;
}
