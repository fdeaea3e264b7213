/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The bounded buffer as the course draws it: a row of cells, `in` above the cell that is filled next,
 * `out` above the one that is emptied next. A cell between out and in shows its value; another one
 * only when it was stored into after in was: it is full, and in does not say so yet.
 */
#include <stdio.h>
#include <string.h>

#include "view/memory.h"

/* ---- recognising one ---- */

/* How programmers call the place to put in, and the place to take out. */
static const char *const pairs[][2] = {
	{"in", "out"},
	{"tail", "head"},
	{"rear", "front"},
	{"back", "front"},
	{"write_pos", "read_pos"},
	{"write_index", "read_index"},
	{"write", "read"},
	{"wpos", "rpos"},
	{"wr", "rd"},
	{"w", "r"},
	{"put", "get"},
	{"end", "start"},
	{"last", "first"},
};
static const char *const counts[] = {"count", "counter", "items", "n_items", "filled"};

static bool is_integer(const struct type *t)
{
	return t && (t->kind == TYPE_SIGNED || t->kind == TYPE_UNSIGNED) && t->size <= 8;
}

static const struct type_field *field_named(const struct type *t, const char *name)
{
	for (u32 i = 0; i < t->fields_n; i++)
		if (t->fields[i].name && strcmp(t->fields[i].name, name) == 0 &&
			is_integer(t->fields[i].type) && !t->fields[i].bits)
			return &t->fields[i];
	return NULL;
}

static bool is_cells(const struct type *t)
{
	return t && t->kind == TYPE_ARRAY && t->count >= 2 && t->count <= 4096 && t->of &&
	       t->of->size;
}

/* The one array of it; of several the one that is no text. */
static const struct type_field *the_array(const struct type *t)
{
	const struct type_field *all = NULL, *data = NULL;
	u32 n = 0, datas = 0;

	for (u32 i = 0; i < t->fields_n; i++) {
		const struct type_field *f = &t->fields[i];

		if (!is_cells(f->type))
			continue;
		n++;
		all = f;
		if (f->type->of->kind != TYPE_CHAR) {
			datas++;
			data = f;
		}
	}
	return datas == 1 ? data : n == 1 ? all : NULL;
}

static void take_array(struct ring *r, const struct type *array, u64 off)
{
	r->array = off;
	r->n = (u32)array->count;
	r->element = array->of;
	r->stride = array->of->size;
}

static bool ring_in(const struct type *t, u64 base, struct ring *r, int depth)
{
	const struct type_field *array;

	if (!t || t->kind != TYPE_STRUCT)
		return false;
	array = the_array(t);
	for (size_t i = 0; array && i < ARRAY_LEN(pairs); i++) {
		const struct type_field *in = field_named(t, pairs[i][0]),
					*out = field_named(t, pairs[i][1]), *count = NULL;

		if (!in || !out)
			continue;
		for (size_t k = 0; k < ARRAY_LEN(counts) && !count; k++)
			count = field_named(t, counts[k]);
		take_array(r, array->type, base + array->offset);
		r->in = base + in->offset;
		r->out = base + out->offset;
		r->in_type = in->type;
		r->out_type = out->type;
		r->in_name = in->name;
		r->out_name = out->name;
		r->count_type = count ? count->type : NULL;
		r->count = count ? base + count->offset : 0;
		return true;
	}
	for (u32 i = 0; i < t->fields_n && depth; i++)
		if (ring_in(t->fields[i].type, base + t->fields[i].offset, r, depth - 1))
			return true;
	return false;
}

/* "ring.in" -> "in" */
static const char *last_part(const char *path)
{
	const char *dot = strrchr(path, '.');

	return dot ? dot + 1 : path;
}

static bool ring_said(const struct scene *s, const struct type *t, u64 base,
	const struct ring_names *n, struct ring *r)
{
	const struct type *array, *size;
	i64 cells;
	u64 off;

	if (!n->array || !n->in || !n->out || !type_find(t, n->array, &off, &array) ||
		!is_cells(array))
		return false;
	take_array(r, array, base + off);
	if (!type_find(t, n->in, &r->in, &r->in_type) ||
		!type_find(t, n->out, &r->out, &r->out_type) || !is_integer(r->in_type) ||
		!is_integer(r->out_type))
		return false;
	r->in += base;
	r->out += base;
	r->in_name = last_part(n->in);
	r->out_name = last_part(n->out);
	if (n->count && type_find(t, n->count, &off, &r->count_type))
		r->count = base + off;
	if (n->size && type_find(t, n->size, &off, &size) &&
		segment_number(s, r->segment, base + off, size, &cells) && cells > 0 &&
		cells < r->n)
		r->n = (u32)cells;
	return true;
}

/* head and tail mean both things in books: the one who fills cells moves the index of the filler. */
static void swap_if_other_way(const struct scene *s, struct ring *r)
{
	u32 in = world_writer(s->world, r->segment, r->in, NULL);
	u32 out = world_writer(s->world, r->segment, r->out, NULL);
	bool fills_in = false, fills_out = false;
	struct ring was = *r;

	if (strcmp(r->in_name, "tail") != 0)
		return;
	for (u32 i = 0; i < r->n; i++) {
		u32 by = world_writer(s->world, r->segment, r->array + i * r->stride, NULL);

		fills_in |= by && by == in;
		fills_out |= by && by == out;
	}
	if (!fills_out || fills_in)
		return;
	r->in = was.out;
	r->in_type = was.out_type;
	r->in_name = was.out_name;
	r->out = was.in;
	r->out_type = was.in_type;
	r->out_name = was.in_name;
}

bool ring_find(const struct scene *s, u32 segment, struct ring *r)
{
	const struct w_segment *seg = world_segment(s->world, segment);
	struct ring_names names = typed_names(s, segment);
	u64 base;
	const struct type *t = segment_type(s, segment, &base, NULL);

	*r = (struct ring){.segment = segment};
	if (!t || !(ring_said(s, t, base, &names, r) || ring_in(t, base, r, 2)))
		return false;
	swap_if_other_way(s, r);
	for (u32 i = seg->sync_first; i;) {
		const struct w_sync *sync = world_sync(s->world, i);

		r->guarded |= sync && sync->kind == SYNC_SEM;
		i = sync ? sync->segment_next : 0;
	}
	return true;
}

/* ---- how full it is ---- */

/* Where in = out, semaphores beside it tell empty from full: one that has counted all cells, while
 * another has counted none. In between, nobody but the program knows: -1. */
static i64 items_by_semaphores(const struct scene *s, const struct ring *r)
{
	const struct w_segment *seg = world_segment(s->world, r->segment);
	bool all_free = false, all_full = false;

	for (u32 i = seg->sync_first; i;) {
		const struct w_sync *x = world_sync(s->world, i);
		struct str name = {0};

		if (!x)
			break;
		words_field(s, r->segment, x->off, &name);
		if (x->kind == SYNC_SEM && x->value_sure && x->value == (i64)r->n) {
			all_free |= strstr(str_get(&name), "empty") || strstr(str_get(&name), "free");
			all_full |= strstr(str_get(&name), "full") || strstr(str_get(&name), "items");
		}
		str_finish(&name);
		i = x->segment_next;
	}
	return all_full ? (i64)r->n : all_free ? 0 : -1;
}

void ring_read(const struct scene *s, const struct ring *r, struct ring_state *st)
{
	i64 n = r->n, count;

	*st = (struct ring_state){.items = -1};
	st->known = segment_number(s, r->segment, r->in, r->in_type, &st->in) &&
		    segment_number(s, r->segment, r->out, r->out_type, &st->out);
	if (!st->known)
		return;
	if (r->count_type && segment_number(s, r->segment, r->count, r->count_type, &count)) {
		if (count >= 0 && count <= n)
			st->items = count;
		st->full = count == n;
	} else if (st->in >= n || st->out >= n) { /* counters that run on: cell = counter % n */
		st->items = st->in - st->out;
		st->full = st->items == n;
	} else if (st->in < 0 || st->out < 0) {
		st->known = false;
	} else if (st->in == st->out && r->guarded) {
		st->items = items_by_semaphores(s, r);
		st->full = st->items == n;
	} else {
		st->items = (st->in - st->out + n) % n;
		st->full = st->items == n - 1 && !r->guarded;
	}
	if (st->items < 0 || st->items > n) {
		st->items = -1;
		st->full = false;
	}
	st->empty = st->items == 0;
	st->known = st->known && st->in >= 0 && st->out >= 0;
	st->in = st->known ? st->in % n : 0;
	st->out = st->known ? st->out % n : 0;
}

void ring_words(const struct scene *s, const struct ring *r, struct str *out)
{
	struct ring_state st;

	ring_read(s, r, &st);
	if (st.items < 0)
		return;
	str_addf(out, "%lld item%s%s", (long long)st.items, st.items == 1 ? "" : "s",
		st.full    ? ", FULL"
		: st.empty ? ", EMPTY"
			   : "");
}

static bool holds_item(const struct ring *r, const struct ring_state *st, u32 cell)
{
	i64 behind = ((i64)cell - st->out + r->n) % r->n;

	return st->known && st->items > 0 && behind < st->items;
}

/* ---- a cell's words ---- */

static bool is_scalar(const struct type *t)
{
	return t->kind != TYPE_STRUCT && t->kind != TYPE_UNION && t->kind != TYPE_ARRAY;
}

/* The first scalars of an element, as far as they fit: "20", "3,17". */
static void add_scalars(const struct scene *s, u32 segment, u64 off, const struct type *t,
	int depth, struct str *out)
{
	if (is_scalar(t)) {
		str_add(out, out->len ? "," : "");
		segment_value(s, segment, off, t, NULL, out);
		return;
	}
	if (!depth || text_width(str_get(out)) > 24)
		return;
	if (t->kind == TYPE_ARRAY) {
		bool text = t->of && t->of->kind == TYPE_CHAR;

		for (u64 i = 0; i < t->count && i < 8 && t->of && !text; i++)
			add_scalars(s, segment, off + i * t->of->size, t->of, depth - 1, out);
		return;
	}
	for (u32 i = 0; i < t->fields_n && i < (t->kind == TYPE_UNION ? 1u : 8u); i++)
		if (t->fields[i].type)
			add_scalars(s, segment, off + t->fields[i].offset, t->fields[i].type,
				depth - 1, out);
}

static bool is_new(const struct scene *s, const struct ring *r, u32 cell)
{
	u64 stored = 0, moved = 0;

	if (!world_writer(s->world, r->segment, r->array + cell * r->stride, &stored))
		return false;
	world_writer(s->world, r->segment, r->in, &moved);
	return stored > moved;
}

static void cell_words(const struct scene *s, const struct ring *r, const struct ring_state *st,
	u32 cell, struct str *out)
{
	if (!st->known || holds_item(r, st, cell) || is_new(s, r, cell))
		add_scalars(s, r->segment, r->array + cell * r->stride, r->element, 3, out);
}

/* ---- drawing ---- */

struct ring_shape {
	int col, inner, shown; /* column of the frame, width inside a cell, cells drawn */
	u32 first;             /* of them */
	bool marks_row;        /* marks below the numbers, not beside them */
};

/* RING_ROWS: names, arrows, and the frame, whose lower edge bears the numbers of the cells. */
enum { WORDS_COLS = 11, INNER_MOST = 5, RING_ROWS = 5 };

/* The cell to keep in sight: about to be touched, else touched last, else in's. */
static u32 cell_of_interest(
	const struct scene *s, const struct view_state *v, const struct ring *r,
	const struct ring_state *st)
{
	const struct w_task *t = world_task(s->world, v->selected);
	const struct w_segment *seg = world_segment(s->world, r->segment);
	u64 off = t && t->op.segment == r->segment ? t->op.off : seg->last_off;

	if (off < r->array || off >= r->array + r->n * r->stride)
		return (u32)st->in;
	return (u32)((off - r->array) / r->stride);
}

static struct ring_shape shape_of(const struct scene *s, const struct view_state *v,
	const struct ring *r, const struct ring_state *st, int cols)
{
	struct ring_shape sh = {.col = cols >= 78 ? 8 : 3};
	struct str words = {0};
	int need = r->n > 100 ? 3 : 2, room;

	for (u32 i = 0; i < r->n; i++) {
		str_clear(&words);
		cell_words(s, r, st, i, &words);
		if (text_width(str_get(&words)) > need)
			need = text_width(str_get(&words));
	}
	str_finish(&words);
	if (need > (cols >= 100 ? 12 : 8))
		need = cols >= 100 ? 12 : 8;
	sh.inner = INNER_MOST + (cols >= 110 ? 2 : 0);
	if (sh.inner < need)
		sh.inner = need;
	while (sh.inner > need + (need < 3) &&
		sh.col + (int)r->n * (sh.inner + 1) + 1 + WORDS_COLS > cols) {
		sh.inner--;
		sh.col = 3;
	}
	if (sh.col + (int)r->n * (sh.inner + 1) + 1 + WORDS_COLS > cols)
		sh.col = 3;
	room = (cols - sh.col - 1 - WORDS_COLS) / (sh.inner + 1);
	sh.shown = room < (int)r->n ? (room < 1 ? 1 : room) : (int)r->n;
	sh.marks_row = sh.inner < 5;
	if (sh.shown < (int)r->n) {
		u32 at = cell_of_interest(s, v, r, st), half = (u32)sh.shown / 2;

		sh.first = at > half ? at - half : 0;
		if (sh.first + (u32)sh.shown > r->n)
			sh.first = r->n - (u32)sh.shown;
	}
	return sh;
}

static int cell_col(const struct ring_shape *sh, u32 cell)
{
	return sh->col + 1 + (int)(cell - sh->first) * (sh->inner + 1);
}

static bool is_shown(const struct ring_shape *sh, i64 cell)
{
	return cell >= sh->first && cell < (i64)sh->first + sh->shown;
}

static void put_middle(struct canvas *c, struct area a, int row, int col, int cols, unsigned at,
	const char *text)
{
	int width = text_width(text);

	canvas_put_cut(c, a, row, width < cols ? col + (cols - width) / 2 : col, cols, at, text);
}

/* "▲P1": about to put something there; "▼P2": to take it out. */
static unsigned add_touchers(const struct scene *s, const struct view_state *v, u32 segment,
	u64 off, u64 size, struct str *out)
{
	struct toucher by[4];
	u32 n = v->hide & HIDE_NEXT ? 0 : segment_touchers(s, segment, off, size, by, 4);
	bool writes = false;

	for (u32 i = 0; i < n; i++) {
		str_add(out, by[i].writes ? "\u25b2" : "\u25bc");
		words_name(s, by[i].task, out);
		writes |= by[i].writes;
	}
	return n > 1 && writes ? AT_BLOCKED : n ? AT_POISED : 0;
}

/* "in", with its marks when `full`. */
static unsigned pointer_words(const struct scene *s, const struct view_state *v,
	const struct ring *r, bool in, bool full, struct str *out)
{
	u64 off = in ? r->in : r->out, size = in ? r->in_type->size : r->out_type->size;
	bool marked = segment_is_marked(s, r->segment, off, size);
	unsigned at = AT_TITLE | (marked ? AT_MARK : 0);

	str_add_harmless(out, in ? r->in_name : r->out_name);
	str_add(out, marked ? "\u25a0" : "");
	return full ? at | add_touchers(s, v, r->segment, off, size, out) : at;
}

/* The name over its arrow, marks behind it. Two that would meet keep their names alone. */
static void draw_pointers(struct canvas *c, struct area a, int row, const struct scene *s,
	const struct view_state *v, const struct ring *r, const struct ring_state *st,
	const struct ring_shape *sh)
{
	bool in_first = st->in <= st->out, full = true;
	i64 cell[2] = {in_first ? st->in : st->out, in_first ? st->out : st->in};
	struct str words[2] = {0};
	unsigned at[2];
	int left[2];

	if (!st->known)
		return;
again:
	for (int i = 0; i < 2; i++) {
		int name = text_width(in_first == (i == 0) ? r->in_name : r->out_name);

		str_clear(&words[i]);
		at[i] = pointer_words(s, v, r, in_first == (i == 0), full, &words[i]);
		if (cell[i] < sh->first) {
			left[i] = i ? left[0] + text_width(str_get(&words[0])) + 1 : sh->col - 2;
			str_addf(&words[i], " %lld", (long long)cell[i]);
		} else if (!is_shown(sh, cell[i])) {
			left[i] = cell_col(sh, sh->first + (u32)sh->shown) + 2 * i;
			str_addf(&words[i], " %lld", (long long)cell[i]);
		} else {
			left[i] = cell_col(sh, (u32)cell[i]) + (sh->inner - 1) / 2 - (name - 1) / 2;
			if (cell[0] == cell[1])
				left[i] -= i ? 0 : text_width(r->out_name) / 2 + 1;
			canvas_put(c, a, row + 1, cell_col(sh, (u32)cell[i]) + (sh->inner - 1) / 2,
				AT_TITLE, "\u25bc");
		}
	}
	if (left[1] <= left[0] + text_width(str_get(&words[0]))) {
		if (full && cell[0] != cell[1]) {
			full = false;
			goto again;
		}
		left[1] = left[0] + text_width(str_get(&words[0])) + 1;
	}
	for (int i = 0; i < 2; i++) {
		canvas_put(c, a, row, left[i], at[i], str_get(&words[i]));
		str_finish(&words[i]);
	}
}

static void draw_frame(struct canvas *c, struct area a, int row, const struct ring *r,
	const struct ring_shape *sh)
{
	static const char *const corners[2][3] = {
		{"\u250c", "\u252c", "\u2510"}, {"\u2514", "\u2534", "\u2518"}};
	int right = sh->col + sh->shown * (sh->inner + 1);
	bool more = sh->first + (u32)sh->shown < r->n;

	for (int k = 0; k < 2; k++)
		for (int i = 0; i <= sh->shown; i++) {
			int at = sh->col + i * (sh->inner + 1);

			canvas_put(c, a, row + 2 * k, at, AT_DIM,
				corners[k][i == 0 && !sh->first             ? 0
					   : i == sh->shown && !more ? 2
								     : 1]);
			for (int j = 1; j <= sh->inner && i < sh->shown; j++)
				canvas_put(c, a, row + 2 * k, at + j, AT_DIM, "\u2500");
			canvas_put(c, a, row + 1, at, AT_DIM, "\u2502");
		}
	if (sh->first)
		canvas_put(c, a, row + 1, sh->col - 2, AT_DIM, "..");
	if (more)
		canvas_put(c, a, row + 1, right + 1, AT_DIM, "..");
}

static void draw_cell(struct canvas *c, struct area a, int row, const struct scene *s,
	const struct view_state *v, const struct ring *r, const struct ring_state *st,
	const struct ring_shape *sh, u32 cell)
{
	u64 off = r->array + cell * r->stride;
	bool marked = segment_is_marked(s, r->segment, off, r->stride);
	int col = cell_col(sh, cell), width;
	struct str words = {0}, who = {0};
	unsigned at;

	cell_words(s, r, st, cell, &words);
	put_middle(c, a, row + 1, col, sh->inner,
		holds_item(r, st, cell) || !st->known ? AT_STRONG | (marked ? AT_MARK : 0)
						      : (marked ? AT_MARK : 0),
		str_get(&words));
	str_clear(&words);
	str_addf(&words, "%u%s", cell, marked ? "\u25a0" : "");
	at = add_touchers(s, v, r->segment, off, r->stride, &who);
	width = snprintf(NULL, 0, "%u", cell);
	col += (sh->inner - width) / 2;
	if (!sh->marks_row && text_width(str_get(&words)) + text_width(str_get(&who)) > sh->inner - (sh->inner - width) / 2)
		col = cell_col(sh, cell);
	col = canvas_put(c, a, row + 2, col, marked ? AT_MARK : 0, str_get(&words));
	if (sh->marks_row)
		canvas_put(c, a, row + 3, cell_col(sh, cell), at, str_get(&who));
	else
		canvas_put(c, a, row + 2, col, at, str_get(&who));
	str_finish(&words);
	str_finish(&who);
}

int ring_draw(struct canvas *c, struct area a, int row, const struct scene *s,
	const struct view_state *v, const struct ring *r)
{
	struct ring_state st;
	struct ring_shape sh;
	int right;

	ring_read(s, r, &st);
	sh = shape_of(s, v, r, &st, a.cols);
	if (!c)
		return RING_ROWS + sh.marks_row;
	draw_pointers(c, a, row, s, v, r, &st, &sh);
	draw_frame(c, a, row + 2, r, &sh);
	for (int i = 0; i < sh.shown; i++)
		draw_cell(c, a, row + 2, s, v, r, &st, &sh, sh.first + (u32)i);
	right = sh.col + sh.shown * (sh.inner + 1) + (sh.first + (u32)sh.shown < r->n ? 4 : 3);
	if (v->hide & HIDE_FULL || st.items < 0)
		return RING_ROWS + sh.marks_row;
	canvas_putf(c, a, row + 3, right, 0, "%lld item%s", (long long)st.items,
		st.items == 1 ? "" : "s");
	if (st.full || st.empty)
		canvas_put(c, a, row + 4, right, st.full ? AT_BLOCKED : AT_STRONG,
			st.full ? "FULL" : "EMPTY");
	return RING_ROWS + sh.marks_row;
}
