/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A segment as its own C type: a field a line, with its value, who stored it last, who is about to
 * touch it, and who has seen something else there. Arrays and nested structs are folded into a line.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "view/memory.h"
#include "view/private.h"

enum { NAME_COLS = 16, VALUE_COLS = 22, ELEMENTS_MOST = 64, BRIEF_COLS = 16 };
#define SYSV_TITLE "SYSV"

/* ---- title and addresses ---- */

static u32 add_mappers(const struct scene *s, const struct w_segment *seg, struct str *out)
{
	char name[24];
	u32 n = 0, total = 0;

	for (u32 i = 1; i < world_procs(s->world); i++)
		for (u32 m = seg->map_first; m; m = world_map(s->world, m)->segment_next)
			if (world_map(s->world, m)->proc == i) {
				total++;
				break;
			}
	for (u32 i = 1; i < world_procs(s->world); i++)
		for (u32 m = seg->map_first; m; m = world_map(s->world, m)->segment_next) {
			if (world_map(s->world, m)->proc != i)
				continue;
			str_addf(out, "%s%s", !n ? "" : n + 1 == total ? " and " : ", ",
				world_proc_name(s->world, i, name));
			n++;
			break;
		}
	return n;
}

static void add_kind(const struct scene *s, const struct w_segment *seg, bool brief, struct str *out)
{
	const char *title = world_text(s->world, seg->title), *last = strrchr(title, '/');

	if (brief && last && last[1] && strlen(title) > BRIEF_COLS)
		title = last + 1;
	if (seg->kind == SEGMENT_SYSV && strncmp(title, SYSV_TITLE, strlen(SYSV_TITLE)) == 0) { /* the kernel's name for its key */
		u64 key = strtoull(title + strlen(SYSV_TITLE), NULL, 16);

		str_addf(out, key ? " key 0x%llx" : " of no key", (unsigned long long)key);
	} else if (title[0]) {
		str_add(out, " \"");
		str_add_escaped(out, title, strlen(title));
		str_add(out, "\"");
	}
	if (seg->unlinked)
		str_add(out, " unlinked");
}

static const char *kind_words(const struct w_segment *seg)
{
	switch (seg->kind) {
	case SEGMENT_ANONYMOUS: return "anonymous shared memory";
	case SEGMENT_MEMFD: return "a memfd";
	case SEGMENT_POSIX: return "shared memory";
	case SEGMENT_FILE: return "a mapped file";
	case SEGMENT_SYSV: return "System V shared memory";
	case SEGMENT_PRIVATE: return "a process's own memory";
	default: return "memory";
	}
}

static void add_segment_title(const struct scene *s, u32 segment, bool brief, struct str *out)
{
	const struct w_segment *seg = world_segment(s->world, segment);
	struct str who = {0};
	const struct type *type;
	char name[24];
	u64 base;

	if (!seg)
		return;
	type = segment_type(s, segment, &base, NULL);
	str_add(out, world_segment_name(s->world, segment, name));
	add_kind(s, seg, brief, out);
	str_add(out, s->style == STYLE_PLAIN ? ", " : "   ");
	if (type && type->name && type->name[0])
		str_add_harmless(out, type->name);
	else
		str_add(out, kind_words(seg));
	if (type && type->size && base + type->size < seg->size && seg->kind != SEGMENT_PRIVATE)
		str_addf(out, ", %llu of %llu bytes", (unsigned long long)type->size,
			(unsigned long long)seg->size);
	else if (seg->kind != SEGMENT_PRIVATE)
		str_addf(out, ", %llu bytes", (unsigned long long)seg->size);
	if (add_mappers(s, seg, &who))
		str_addf(out, ", mapped by %s", str_get(&who));
	else if (seg->kind != SEGMENT_PRIVATE)
		str_add(out, ", mapped by nobody");
	str_finish(&who);
}

void segment_title(const struct scene *s, u32 segment, struct str *out)
{
	add_segment_title(s, segment, false, out);
}

void segment_heading(const struct scene *s, u32 segment, struct str *out)
{
	add_segment_title(s, segment, true, out);
}

/* "P1 0x7f0012340000   P2 0x7f00aabb0000": where each process has it. */
static void add_addresses(const struct scene *s, const struct w_segment *seg, struct str *out)
{
	bool differ = false, plain = s->style == STYLE_PLAIN;
	const struct w_map *first = NULL;
	u32 n = 0;
	char name[24];

	for (u32 proc = 1; proc < world_procs(s->world) && n < 8; proc++)
		for (u32 m = seg->map_first; m && n < 8; m = world_map(s->world, m)->segment_next) {
			const struct w_map *map = world_map(s->world, m);

			if (map->proc != proc)
				continue;
			str_addf(out, "%s%s %s0x%llx%s", !plain ? (n ? "   " : "  ") : n ? ", " : "",
				world_proc_name(s->world, proc, name),
				!plain ? "" : n ? "at " : "has it at ",
				(unsigned long long)map->addr,
				map->prot & PROT_WRITE ? "" : " read only");
			if (map->offset)
				str_addf(out, " from byte %llu", (unsigned long long)map->offset);
			first = first ? first : map;
			differ |= map->addr - map->offset != first->addr - first->offset;
			n++;
		}
	if (differ)
		str_add(out, plain ? ": other addresses, the same bytes"
				   : "   other addresses, the same bytes");
	if (n)
		str_add(out, plain ? ".\n" : "\n");
}

/* ---- values ---- */

static bool is_scalar(const struct type *t)
{
	return t->kind != TYPE_STRUCT && t->kind != TYPE_UNION && t->kind != TYPE_ARRAY;
}

static u32 sync_at(const struct scene *s, u32 segment, u64 off, u64 size)
{
	const struct w_segment *seg = world_segment(s->world, segment);

	for (u32 i = seg->sync_first; i;) {
		const struct w_sync *x = world_sync(s->world, i);

		if (x && x->off >= off && x->off < off + size && !x->destroyed)
			return i;
		i = x ? x->segment_next : 0;
	}
	return 0;
}

static void add_text(const struct scene *s, u32 segment, u64 off, u64 n, struct str *out)
{
	u8 bytes[64], known[64];
	u64 len = 0;

	if (n > sizeof bytes)
		n = sizeof bytes;
	world_memory(s->world, segment, off, bytes, known, (u32)n);
	while (len < n && known[len] && bytes[len])
		len++;
	if (len < n && !known[len]) {
		str_add(out, "?");
		return;
	}
	str_add(out, "\"");
	str_add_escaped(out, bytes, len);
	str_add(out, "\"");
}

/* A value on one line, whatever it is: "12", "20 0 12", "{3 17} {4 18}"; stops behind `cols` columns. */
static void add_value(const struct scene *s, u32 segment, u64 off, const struct type_field *bits,
	const struct type *t, int depth, int cols, struct str *out)
{
	bool plain = s->style == STYLE_PLAIN;

	if (is_scalar(t) || !depth) {
		segment_value(s, segment, off, is_scalar(t) ? t : NULL, bits, out);
		return;
	}
	if (t->kind == TYPE_ARRAY && t->of && t->of->kind == TYPE_CHAR) {
		add_text(s, segment, off, t->size, out);
		return;
	}
	if (t->kind == TYPE_ARRAY) {
		for (u64 i = 0; t->of && i < t->count && i < ELEMENTS_MOST; i++) {
			if (text_width(str_get(out)) > cols)
				return;
			str_add(out, !i ? "" : plain && !is_scalar(t->of) ? ", " : " ");
			add_value(s, segment, off + i * t->of->size, NULL, t->of, depth - 1, cols, out);
		}
		return;
	}
	str_add(out, plain ? "" : "{");
	for (u32 i = 0; i < t->fields_n && i < (t->kind == TYPE_UNION ? 1u : ELEMENTS_MOST); i++) {
		const struct type_field *f = &t->fields[i];

		if (text_width(str_get(out)) > cols || !f->type)
			break;
		str_add(out, i ? " " : "");
		add_value(s, segment, off + f->offset, f->bits ? f : NULL, f->type, depth - 1, cols,
			out);
	}
	str_add(out, plain ? "" : "}");
}

/* ---- what is to be said beside a field ---- */

static void add_note(struct str *out, const char *note)
{
	str_add(out, out->len ? "; " : "");
	str_add(out, note);
}

static void add_writers(const struct scene *s, u32 segment, u64 off, u64 size, struct str *notes)
{
	u32 seen[4], n = 0;
	struct str text = {0};

	for (u64 i = 0; i < size && i < 65536; i = (i & ~3ull) + 4) {
		u32 by = world_writer(s->world, segment, off + i, NULL), k = 0;

		while (k < n && seen[k] != by)
			k++;
		if (by && k == n && n < ARRAY_LEN(seen))
			seen[n++] = by;
	}
	if (!n)
		return;
	str_add(&text, "by ");
	for (u32 i = 0; i < n; i++) {
		str_add(&text, i ? ", " : "");
		words_name(s, seen[i], &text);
	}
	add_note(notes, str_get(&text));
	str_finish(&text);
}

static const char *access_verb(u32 call)
{
	return call == CALL_load ? "load" : call == CALL_store ? "store" : "update";
}

/* "next: P1 load, P2 store"; of a folded field, which part of it. */
static void add_touchers(const struct scene *s, u32 segment, u64 off, u64 size, bool whole,
	struct str *notes)
{
	struct toucher by[4];
	u32 n = segment_touchers(s, segment, off, size, by, ARRAY_LEN(by));
	bool plain = s->style == STYLE_PLAIN;
	struct str text = {0};

	for (u32 i = 0; i < n; i++) {
		const struct w_op *op = &world_task(s->world, by[i].task)->op;

		str_add(&text, i ? ", " : plain ? "" : "next: ");
		words_name(s, by[i].task, &text);
		str_addf(&text, plain ? " is about to %s" : " %s", access_verb(op->call));
		if (!whole) {
			str_add(&text, " ");
			words_cell(s, segment, op->off, op->size, &text);
		}
	}
	if (n)
		add_note(notes, str_get(&text));
	str_finish(&text);
}

static void add_conflict(const struct scene *s, u32 segment, u64 off, u64 size, struct str *notes)
{
	struct toucher by[4];
	u32 n = segment_touchers(s, segment, off, size, by, ARRAY_LEN(by));
	bool race = false, any = false;

	for (u32 i = 0; i < n; i++) {
		bool plain = false;

		if (!world_conflict(s->world, by[i].task, &plain))
			continue;
		any = true;
		race |= plain;
	}
	if (any)
		add_note(notes, race ? "race" : "conflict");
}

/* Who looked and would see something else now. */
static void add_stale(const struct scene *s, u32 segment, u64 off, const struct type *t,
	struct str *notes)
{
	struct str text = {0};
	i64 now;

	if (!segment_number(s, segment, off, t, &now))
		return;
	for (u32 i = 1; i < world_tasks(s->world); i++) {
		const struct w_task *task = world_task(s->world, i);
		const struct w_load *saw = world_saw(s->world, i, segment, off, (u32)t->size);

		if (!task || task->state >= TASK_ENDING || !saw || saw->off != off ||
			saw->size != t->size || memcmp(&saw->value, &now, t->size) == 0)
			continue;
		str_clear(&text);
		words_name(s, i, &text);
		str_add(&text, " saw ");
		words_value(s, segment, off, (u32)t->size, saw->value, &text);
		add_note(notes, str_get(&text));
	}
	str_finish(&text);
}

/* ---- lines ---- */

static void pad_to(struct str *out, size_t from, int cols)
{
	int width = text_width(out->s + from);

	do
		str_add(out, " ");
	while (++width < cols);
}

struct lines {
	const struct scene *s;
	u32 segment;
	unsigned hide;
	int cols;
	struct str *out;
};

static bool is_marked(const struct lines *x, u64 off, u64 size)
{
	u32 last = world_head(x->s->world)->last_sync;
	const struct w_sync *sync = world_sync(x->s->world, last);

	return segment_is_marked(x->s, x->segment, off, size) ||
	       (sync && sync->segment == x->segment && sync->off >= off && sync->off < off + size);
}

/* Notes stand beside the value, or on a line of their own below one that is long. */
static void add_line(const struct lines *x, const char *name, u64 off, u64 size, const char *value,
	const char *notes)
{
	struct str line = {0};
	int width;

	if (x->s->style == STYLE_PLAIN) {
		str_addf(x->out, "%s: %s%s%s.\n", name, value, notes[0] ? "; " : "", notes);
		return;
	}
	str_add(&line, is_marked(x, off, size) ? "\u25a0 " : "  ");
	str_add(&line, name);
	pad_to(&line, 0, NAME_COLS);
	str_add(&line, value);
	width = text_width(str_get(&line));
	if (width < NAME_COLS + VALUE_COLS)
		width = NAME_COLS + VALUE_COLS;
	if (notes[0] && width + 2 + text_width(notes) > x->cols) {
		str_add(&line, "\n");
		pad_to(&line, line.len, NAME_COLS);
		str_add(&line, notes);
	} else if (notes[0]) {
		pad_to(&line, 0, NAME_COLS + VALUE_COLS);
		str_add(&line, "  ");
		str_add(&line, notes);
	}
	str_add(x->out, line.s);
	str_add(x->out, "\n");
	str_finish(&line);
}

static void field_notes(const struct lines *x, u64 off, const struct type *t, struct str *notes)
{
	add_writers(x->s, x->segment, off, t->size, notes);
	if (!(x->hide & HIDE_NEXT))
		add_touchers(x->s, x->segment, off, t->size, is_scalar(t), notes);
	if (!(x->hide & (HIDE_RACE | HIDE_NEXT)))
		add_conflict(x->s, x->segment, off, t->size, notes);
	if (is_scalar(t))
		add_stale(x->s, x->segment, off, t, notes);
}

/* Cut at a blank. Values are ASCII: they were escaped. */
static void cut_value(struct str *value, int width)
{
	size_t keep = width > 3 ? (size_t)width - 3 : 0;

	if (value->len <= (size_t)width)
		return;
	while (keep > 8 && value->s[keep] != ' ')
		keep--;
	value->s[value->len = keep] = 0;
	str_add(value, " ..");
}

static void add_field(const struct lines *x, u64 off, const struct type_field *f,
	const char *name_of, const struct type *t)
{
	u32 sync = sync_at(x->s, x->segment, off, t->size);
	struct str name = {0}, value = {0}, notes = {0};
	int width = x->cols - NAME_COLS - 1;

	str_add_harmless(&name, name_of[0] ? name_of : "(unnamed)");
	if (t->kind == TYPE_ARRAY && t->count)
		str_addf(&name, x->s->style == STYLE_PLAIN ? " 0 to %llu" : "[0..%llu]",
			(unsigned long long)t->count - 1);
	if (sync && is_scalar(t) && world_sync(x->s->world, sync)->kind != SYNC_SPIN)
		sync = 0;
	if (sync && x->s->style == STYLE_PLAIN)
		goto done; /* they are told one by one, after all fields */
	if (sync) {
		sync_line(x->s, sync, &value);
	} else {
		field_notes(x, off, t, &notes);
		add_value(x->s, x->segment, off, f && f->bits ? f : NULL, t, 3, width, &value);
		cut_value(&value, width);
	}
	add_line(x, str_get(&name), off, t->size, str_get(&value), str_get(&notes));
done:
	str_finish(&name);
	str_finish(&value);
	str_finish(&notes);
}

/* A pointer to one of them, and room for more: an array, as long as anybody was seen to store. */
static void add_several(const struct lines *x, const char *name, const struct type *t, u64 base)
{
	const struct w_segment *seg = world_segment(x->s->world, x->segment);
	struct type array = {.kind = TYPE_ARRAY, .of = t, .name = t->name, .count = 1};

	for (u64 i = 1; i < (seg->size - base) / t->size && i < ELEMENTS_MOST; i++)
		if (world_writer(x->s->world, x->segment, base + i * t->size, NULL))
			array.count = i + 1;
	array.size = array.count * t->size;
	add_field(x, base, NULL, name, &array);
}

static void add_typed(const struct lines *x, const struct type *t, u64 base)
{
	const struct w_segment *seg = world_segment(x->s->world, x->segment);
	char name[24];

	if (t->kind == TYPE_STRUCT) {
		for (u32 i = 0; i < t->fields_n; i++)
			if (t->fields[i].type)
				add_field(x, base + t->fields[i].offset, &t->fields[i],
					t->fields[i].name ? t->fields[i].name : "",
					t->fields[i].type);
		return;
	}
	world_segment_name(x->s->world, x->segment, name);
	if (is_scalar(t) && t->size && seg->size >= base + 2 * t->size)
		add_several(x, name, t, base);
	else
		add_field(x, base, NULL, name, t);
}

void memory_text(const struct scene *s, u32 segment, unsigned hide, int cols, struct str *out)
{
	const struct w_segment *seg = world_segment(s->world, segment);
	struct lines x = {s, segment, hide, cols, out};
	struct str why = {0};
	const struct type *t;
	u64 base;

	if (!seg)
		return;
	t = segment_type(s, segment, &base, &why);
	if (t) {
		add_typed(&x, t, base);
	} else if (s->style == STYLE_PLAIN) {
		str_addf(out, "Its C type is not known%s%s.\n", why.len ? ": " : "", str_get(&why));
	} else {
		struct str line = {0};

		str_addf(&line, "As bytes, its C type is not known%s%s.\n", why.len ? ": " : "", str_get(&why));
		lines_wrap(line.s, (unsigned)(cols > 20 ? cols : 20), out);
		str_finish(&line);
		hex_text(s, segment, out);
	}
	add_addresses(s, seg, out);
	str_finish(&why);
}

/* ---- words ---- */

void words_conflicts(const struct scene *s, u32 segment, struct str *out)
{
	bool plain = s->style == STYLE_PLAIN;

	for (u32 i = 1; i < world_tasks(s->world); i++) {
		const struct w_task *t = world_task(s->world, i), *other;
		bool race = false;
		u32 with = t ? world_conflict(s->world, i, &race) : 0;

		if (with <= i || t->op.segment != segment || !(other = world_task(s->world, with)))
			continue;
		str_add(out, plain ? (race ? "Race at " : "Conflict at ")
				   : (race ? "race at " : "conflict at "));
		words_cell(s, segment, t->op.off, t->op.size, out);
		str_add(out, ": ");
		words_name(s, i, out);
		str_addf(out, " is to %s, ", access_verb(t->op.call));
		words_name(s, with, out);
		str_addf(out, " to %s, %s%s\n", access_verb(other->op.call),
			race ? "not both atomic" : "both atomic", plain ? "." : "");
	}
}

static bool has_mapped(const struct world *w, u32 proc, u32 segment)
{
	const struct w_segment *seg = world_segment(w, segment);

	for (u32 i = seg ? seg->map_first : 0; i && world_map(w, i); i = world_map(w, i)->segment_next)
		if (world_map(w, i)->proc == proc)
			return true;
	return false;
}

bool words_unseen(const struct scene *s, u32 segment, struct str *out)
{
	u32 n = 0;

	for (u32 i = 1; i < world_procs(s->world); i++) {
		const struct w_proc *p = world_proc(s->world, i);
		const struct w_task *t = p ? world_task(s->world, p->task_first) : NULL;

		if (!t || t->hooked || t->state >= TASK_ENDING || !has_mapped(s->world, i, segment))
			continue;
		str_add(out, n++ ? ", " : s->style == STYLE_PLAIN ? "Loads and stores are not seen of those not built by ipclab cc: "
								  : "loads and stores not seen, not built by ipclab cc: ");
		words_name(s, p->task_first, out);
	}
	return n != 0;
}

void words_private_conflicts(const struct scene *s, struct str *out)
{
	for (u32 i = 1; i < world_segments(s->world); i++)
		if (world_segment(s->world, i) && world_segment(s->world, i)->owner)
			words_conflicts(s, i, out);
}

void words_segment(const struct scene *s, u32 segment, struct str *out)
{
	const struct w_segment *seg = world_segment(s->world, segment);
	struct ring ring;
	struct str text = {0};

	if (!seg)
		return;
	segment_title(s, segment, out);
	str_add(out, ".\n");
	if (ring_find(s, segment, &ring)) {
		ring_words(s, &ring, &text);
		if (text.len)
			str_addf(out, "It holds %s.\n", str_get(&text));
	}
	memory_text(s, segment, 0, 72, out);
	str_clear(&text);
	words_conflicts(s, segment, &text);
	if (words_unseen(s, segment, &text))
		str_add(&text, ".\n");
	str_add(out, str_get(&text));
	str_finish(&text);
}
