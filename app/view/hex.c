/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A segment byte by byte: offset, sixteen bytes, the same as text, who stored there last. Bytes that
 * nobody was seen to touch are "..", lines without a known byte are left out.
 */
#include <stdlib.h>
#include <string.h>

#include "view/memory.h"

enum { BYTES = 16, LINES_MAX = 4096, CELL = 4 };

static void add_writers(const struct scene *s, u32 segment, u64 off, struct str *out)
{
	u32 seen[BYTES / CELL], n = 0;

	for (u32 i = 0; i < BYTES; i += CELL) {
		u32 by = world_writer(s->world, segment, off + i, NULL), k = 0;

		while (k < n && seen[k] != by)
			k++;
		if (by && k == n)
			seen[n++] = by;
	}
	for (u32 i = 0; i < n; i++) {
		str_add(out, " ");
		words_name(s, seen[i], out);
	}
}

static void add_line(const struct scene *s, u32 segment, u64 off, const u8 *bytes,
	const u8 *known, u32 n, struct str *out)
{
	bool marked = segment_is_marked(s, segment, off, n);

	str_addf(out, "%s%04llx ", marked ? "\u25a0 " : "  ", (unsigned long long)off);
	for (u32 i = 0; i < BYTES; i++) {
		bool here = marked && i < n && segment_is_marked(s, segment, off + i, 1);

		if (i >= n)
			str_add(out, "   ");
		else if (known[i])
			str_addf(out, "%s%02x", here ? ">" : " ", bytes[i]);
		else
			str_addf(out, "%s..", here ? ">" : " ");
	}
	str_add(out, " ");
	for (u32 i = 0; i < n; i++) {
		char ch[2] = {known[i] && bytes[i] >= 0x20 && bytes[i] < 0x7f ? (char)bytes[i] : '.', 0};

		str_add(out, ch);
	}
	add_writers(s, segment, off, out);
	str_add(out, "\n");
}

static int by_number(const void *a, const void *b)
{
	u64 x = *(const u64 *)a, y = *(const u64 *)b;

	return (x > y) - (x < y);
}

/* The lines of 64 bytes that the world has of it, ascending; to be freed. */
static u64 *lines_of(const struct scene *s, u32 segment, u32 *n)
{
	VEC(u64) list = {0};

	for (u32 i = 1; i < world_lines(s->world); i++) {
		const struct w_line *line = world_line(s->world, i);

		if (line && line->segment == segment)
			*vec_push(&list) = line->index;
	}
	if (list.n)
		qsort(list.at, list.n, sizeof *list.at, by_number);
	*n = (u32)list.n;
	return list.at;
}

void hex_text(const struct scene *s, u32 segment, struct str *out)
{
	const struct w_segment *seg = world_segment(s->world, segment);
	u8 bytes[LINE_BYTES], known[LINE_BYTES];
	u32 n = 0, shown = 0;
	u64 *lines = seg ? lines_of(s, segment, &n) : NULL;

	for (u32 i = 0; i < n && shown < LINES_MAX; i++) {
		world_memory(s->world, segment, lines[i] * LINE_BYTES, bytes, known, LINE_BYTES);
		for (u32 k = 0; k < LINE_BYTES; k += BYTES) {
			u64 off = lines[i] * LINE_BYTES + k;
			u64 left = seg->size > off ? seg->size - off : 0;

			if (!left || !memchr(known + k, 1, BYTES))
				continue;
			add_line(s, segment, off, bytes + k, known + k,
				left < BYTES ? (u32)left : BYTES, out);
			shown++;
		}
	}
	if (!shown)
		str_add(out, "No byte of it has been touched yet.\n");
	free(lines);
}
