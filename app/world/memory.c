/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Bytes of segments, in lines of 64, held in a hash that grows with them. Memory is never drift:
 * what the kernel shows replaces what was thought. Small segments are looked at as a whole at every
 * settled point, so that all of their bytes are known, held or not; of larger ones the lines held.
 */
#include <string.h>

#include "world/private.h"

#define CELL 4u

/* ---- lines ---- */

static u32 *line_bucket(const struct world *w, u32 segment, u64 index)
{
	u64 mixed = (index * 0x9e3779b97f4a7c15u) ^ (segment * 0xc2b2ae3d27d4eb4fu);

	return &w->bucket[(mixed ^ mixed >> 29) & (w->h->use[POOL_BUCKET].n - 1)];
}

static u32 line_find(const struct world *w, u32 segment, u64 index)
{
	u32 line = *line_bucket(w, segment, index);

	while (line && (w->line[line].index != index || w->line[line].segment != segment))
		line = w->line[line].next;
	return line;
}

static void line_link(struct world *w, u32 line)
{
	u32 *bucket = line_bucket(w, w->line[line].segment, w->line[line].index);

	w->line[line].next = *bucket;
	*bucket = line;
}

/* As many chains as lines, so that they stay short. */
static void buckets_grow(struct world *w)
{
	struct pool_use *use = &w->h->use[POOL_BUCKET];

	if (w->h->lines < use->n || use->n > w->cap[POOL_BUCKET] / 2)
		return;
	use->n *= 2;
	memset(w->bucket, 0, use->n * sizeof *w->bucket);
	for (u32 i = 1; i < w->h->use[POOL_LINE].n; i++)
		if (w->line[i].used)
			line_link(w, i);
}

static u32 line_make(struct world *w, u32 segment, u64 index)
{
	struct w_segment *s = &w->segment[segment];
	u32 line;

	buckets_grow(w);
	line = pool_take(w, POOL_LINE);
	if (!line)
		return 0;
	w->line[line].segment = segment;
	w->line[line].index = index;
	w->line[line].known = s->all_known ? UINT64_MAX : 0;
	w->line[line].of_next = s->line_first;
	s->line_first = line;
	s->line_n++;
	w->h->lines++;
	line_link(w, line);
	return line;
}

static void line_forget(struct world *w, u32 line)
{
	u32 *link = line_bucket(w, w->line[line].segment, w->line[line].index);

	while (*link != line)
		link = &w->line[*link].next;
	*link = w->line[line].next;
	w->segment[w->line[line].segment].line_n--;
	w->h->lines--;
	pool_give(w, POOL_LINE, line);
}

void memory_drop(struct world *w, u32 segment, u64 from)
{
	u32 *link = &w->segment[segment].line_first;

	while (*link) {
		struct w_line *l = &w->line[*link];
		u64 begin = l->index * LINE_BYTES;

		if (begin >= from) {
			u32 line = *link;

			*link = l->of_next;
			line_forget(w, line);
			continue;
		}
		if (from - begin < LINE_BYTES)
			memset(l->bytes + (from - begin), 0, LINE_BYTES - (from - begin));
		link = &l->of_next;
	}
}

/* ---- putting bytes in ---- */

static bool all_zero(const u8 *bytes, u32 n)
{
	for (u32 i = 0; i < n; i++)
		if (bytes[i])
			return false;
	return true;
}

static void cell_wrote(struct world *w, struct w_line *l, u32 at, u32 task)
{
	l->writer[at / CELL] = task;
	l->wrote_seq[at / CELL] = (u32)world_now(w);
}

/* What lies in one line. Runs of bytes that are others now are told. */
static bool line_put(struct world *w, u32 segment, u64 off, const u8 *bytes, u32 n, u32 task)
{
	u32 at = (u32)(off % LINE_BYTES), line = line_find(w, segment, off / LINE_BYTES), run = 0;
	struct w_line *l;
	bool changed = false;

	if (!line && !task && w->segment[segment].all_known && all_zero(bytes, n))
		return false;
	if (!line)
		line = line_make(w, segment, off / LINE_BYTES);
	if (!line)
		return false;
	l = &w->line[line];
	for (u32 i = 0; i <= n; i++) {
		bool known = i < n && l->known >> (at + i) & 1;
		bool differs = known && l->bytes[at + i] != bytes[i];

		if (!differs && run)
			access_changed(w, segment, off + i - run, off + i, task);
		run = differs ? run + 1 : 0;
		changed |= differs;
		if (i == n)
			break;
		l->bytes[at + i] = bytes[i];
		l->known |= 1ull << (at + i);
		if (task || differs)
			cell_wrote(w, l, at + i, task);
	}
	return changed;
}

/* Bytes from off on that memory can have there: whole pages are mapped. */
static u64 room_from(const struct w_segment *s, u64 off)
{
	u64 end = s->kind == SEGMENT_PRIVATE ? UINT64_MAX : (s->size + 4095) & ~4095ull;

	if (s->size > UINT64_MAX - 4095)
		end = UINT64_MAX;
	return off < end ? end - off : 0;
}

bool memory_put(struct world *w, u32 segment, u64 off, const void *bytes, u64 n, u32 task)
{
	const u8 *from = bytes;
	bool changed = false;

	if (n > room_from(&w->segment[segment], off))
		n = room_from(&w->segment[segment], off);
	while (n) {
		u32 part = LINE_BYTES - (u32)(off % LINE_BYTES);

		if (part > n)
			part = (u32)n;
		changed |= line_put(w, segment, off, from, part, task);
		off += part;
		from += part;
		n -= part;
	}
	if (changed)
		segment_touch(w, segment);
	return changed;
}

/* Bytes logged while the task's own store to them is open are that store's. */
static u32 who_wrote(const struct world *w, u32 task, u32 segment, u64 off, u64 n)
{
	const struct w_op *op = &w->task[task].op;

	if (!op->open || (op->call != CALL_store && op->call != CALL_update) ||
		op->segment != segment)
		return 0;
	return off < op->off + op->size && op->off < off + n ? task : 0;
}

void memory_apply(struct world *w, const struct rec *r, const struct ev_memory *ev)
{
	u32 proc = w->task[r->task].proc;
	u64 done = 0;

	while (done < ev->len) {
		u64 addr = ev->addr + done, n = ev->len - done, off;
		u32 map = map_at(w, proc, addr), segment = segment_at(w, proc, addr, &off);

		if (map && n > w->map[map].addr + w->map[map].len - addr)
			n = w->map[map].addr + w->map[map].len - addr;
		if (!segment || n > UINT64_MAX - off)
			return; /* a mapping that the world does not know */
		memory_put(w, segment, off, ev->bytes + done, n,
			who_wrote(w, r->task, segment, off, n));
		done += n;
	}
}

void memory_looked(struct world *w)
{
	u32 due = 0;

	for (u32 i = 1; w->h->unlooked && i < w->h->use[POOL_SEGMENT].n; i++) {
		struct w_segment *s = &w->segment[i];

		if (!s->used || s->gone || s->all_known || s->kind == SEGMENT_PRIVATE ||
			s->size > MIRROR_MAX)
			continue;
		if (!s->map_first) {
			due = 1;
			continue;
		}
		s->all_known = 1;
		for (u32 l = s->line_first; l; l = w->line[l].of_next)
			w->line[l].known = UINT64_MAX;
	}
	w->h->unlooked = due;
}

/* ---- reading ---- */

u32 world_memory(const struct world *w, u32 segment, u64 off, void *bytes, u8 *known, u32 n)
{
	const struct w_segment *s = world_segment(w, segment);
	u64 room = s ? room_from(s, off) : 0;
	u32 count = 0, line = 0;
	u8 *to = bytes;

	for (u32 i = 0; i < n; i++) {
		u64 at = off + i;
		bool is_known = false;

		to[i] = 0;
		if (i < room && (i == 0 || at % LINE_BYTES == 0))
			line = line_find(w, segment, at / LINE_BYTES);
		if (i < room && line)
			is_known = w->line[line].known >> (at % LINE_BYTES) & 1;
		else if (i < room)
			is_known = s->all_known;
		if (is_known && line)
			to[i] = w->line[line].bytes[at % LINE_BYTES];
		if (known)
			known[i] = is_known;
		count += is_known;
	}
	return count;
}

u64 memory_word(const struct world *w, u32 segment, u64 off, u32 n, bool *known)
{
	u64 value = 0;

	n = n < sizeof value ? n : (u32)sizeof value;
	*known = world_memory(w, segment, off, &value, NULL, n) == n;
	return value;
}

bool memory_wrote_since(const struct world *w, u32 segment, u64 off, u64 n, u64 seq)
{
	for (u64 at = off & ~(u64)(CELL - 1); at < off + n && n <= LINE_BYTES; at += CELL) {
		u32 line = line_find(w, segment, at / LINE_BYTES);

		if (line && w->line[line].wrote_seq[at % LINE_BYTES / CELL] > (u32)seq)
			return true;
	}
	return false;
}

u32 world_writer(const struct world *w, u32 segment, u64 off, u64 *seq)
{
	u32 line = world_segment(w, segment) ? line_find(w, segment, off / LINE_BYTES) : 0;
	u64 now = world_now(w), wrote;

	if (seq)
		*seq = 0;
	if (!line || !w->line[line].writer[off % LINE_BYTES / CELL])
		return 0;
	wrote = (now & ~(u64)UINT32_MAX) | w->line[line].wrote_seq[off % LINE_BYTES / CELL];
	if (seq)
		*seq = wrote > now ? wrote - (1ull << 32) : wrote;
	return w->line[line].writer[off % LINE_BYTES / CELL];
}
