/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Contents: the log keeps each write's bytes once, the world only spans into the log. */
#include <string.h>

#include "view/lib.h"

#define SHOWN_MAX 40u /* bytes quoted in a sentence */
#define SAME_SHOWN 4u  /* likewise, of one and the same byte */
#define BINARY_SHOWN 8u /* likewise, of what is no text */

bool bytes_of_write(const struct log_reader *log, u64 pos, const u8 **bytes, u32 *n)
{
	const struct rec *r;
	const struct ev_enter *e;

	if (!log || !pos)
		return false;
	r = log_reader_at(log, pos);
	/* A log kept short (log_forget) may have lost the record: its place then reads as zeros. */
	if (!r || (r->kind != REC_ENTER && r->kind != REC_POISED) || r->len < sizeof *r + sizeof *e)
		return false;
	e = rec_body(r);
	if (e->held > r->len - sizeof *r - sizeof *e)
		return false;
	*bytes = e->contents;
	*n = e->held;
	return e->held > 0;
}

u32 bytes_of_pipe(const struct scene *s, u32 pipe, u8 *out, u32 max)
{
	const struct w_pipe *p = world_pipe(s->world, pipe);
	u32 got = 0;

	if (!p || !p->spans_sure)
		return 0;
	for (u32 i = p->span_first; i && got < max; i = world_span(s->world, i)->next) {
		const struct w_span *span = world_span(s->world, i);
		const u8 *bytes;
		u32 n;
		u64 here;

		if (!span || !bytes_of_write(s->log, span->pos, &bytes, &n) || span->off >= n)
			break;
		here = n - span->off < span->len ? n - span->off : span->len;
		if (here > max - got)
			here = max - got;
		memcpy(out + got, bytes + span->off, here);
		got += here;
		if (here < span->len)
			break; /* what follows is not adjacent */
	}
	return got;
}

/* Half of it or more is no text: read aloud, byte for byte, it would say nothing. */
static bool is_binary(const u8 *bytes, size_t n)
{
	size_t odd = 0;

	for (size_t i = 0; i < n; i++)
		odd += bytes[i] < ' ' && bytes[i] != '\n' && bytes[i] != '\t' && bytes[i] != '\r';
	return odd * 2 >= n;
}

/* Of a long row of one and the same byte nobody wants to read, or hear, forty. */
static size_t shown_of(const u8 *bytes, size_t n, u64 total)
{
	size_t shown = n < SHOWN_MAX ? n : SHOWN_MAX;

	if (shown == SHOWN_MAX && total > shown && memcmp(bytes, bytes + 1, shown - 1) == 0)
		return SAME_SHOWN;
	return shown > BINARY_SHOWN && is_binary(bytes, shown) ? BINARY_SHOWN : shown;
}

void words_bytes(const void *bytes, size_t n, u64 total, struct str *out)
{
	size_t shown = shown_of(bytes, n, total);

	str_add(out, "\"");
	str_add_escaped(out, bytes, shown);
	str_add(out, "\"");
	if (total > shown)
		str_addf(out, " and %llu more byte%s", (unsigned long long)(total - shown),
			total - shown == 1 ? "" : "s");
}
