/* SPDX-License-Identifier: GPL-3.0-or-later */
/* C types into a recording and out of it. A type is written behind those that it is made of, and
 * what it points to after that; rec_is_sound has seen to all of this when one is read. */
#include <stdlib.h>
#include <string.h>

#include "source/private.h"

enum { TARGETS_MAX = 100000 };

/* ---- out of it ---- */

struct note_parts {
	const struct note_type *types;
	const struct note_field *fields;
	const struct note_enum *enums;
	const struct note_target *targets;
	const char *text;
};

static struct note_parts parts_of(const struct note_types *n)
{
	struct note_parts p = {.types = (const void *)(n + 1)};

	p.fields = (const void *)(p.types + n->types_n);
	p.enums = (const void *)(p.fields + n->fields_n);
	p.targets = (const void *)(p.enums + n->enums_n);
	p.text = (const void *)(p.targets + n->targets_n);
	return p;
}

/* The kind must go with the shape that the reader has checked. */
static enum type_kind kind_of(const struct note_type *n)
{
	switch (n->shape) {
	case SHAPE_FIELDS: return n->kind == TYPE_UNION ? TYPE_UNION : TYPE_STRUCT;
	case SHAPE_ARRAY: return TYPE_ARRAY;
	case SHAPE_POINTER: return TYPE_POINTER;
	case SHAPE_ENUM: return TYPE_ENUM;
	default: return n->kind <= TYPE_FLOAT ? (enum type_kind)n->kind : TYPE_UNKNOWN;
	}
}

static void load_type(struct sources *s, const struct note_parts *in, u32 number,
	struct type *types, const struct type_field *fields, const struct type_enum *enums)
{
	const struct note_type *n = &in->types[number];
	struct type *t = &types[number];

	*t = (struct type){
		.kind = kind_of(n),
		.atomic = n->flags & NOTE_ATOMIC,
		.is_volatile = n->flags & NOTE_VOLATILE,
		.is_unsigned = n->flags & NOTE_UNSIGNED,
		.size = n->size,
		.name = name_keep(s, in->text + n->name),
	};
	if (n->shape == SHAPE_FIELDS) {
		t->fields = fields + n->first;
		t->fields_n = n->n;
	} else if (n->shape == SHAPE_ENUM) {
		t->enums = enums + n->first;
		t->enums_n = n->n;
	} else if (n->shape == SHAPE_ARRAY || (n->shape == SHAPE_POINTER && n->of)) {
		t->of = &types[n->of - 1];
		t->count = n->count;
	}
	if (t->kind == TYPE_ARRAY && __builtin_mul_overflow(t->count, t->of->size, &t->size))
		t->count = t->size = 0;
	if (t->kind == TYPE_FLOAT || t->kind == TYPE_UNKNOWN)
		t->size = t->size > 64 ? 64 : t->size;
	else if (t->kind != TYPE_ARRAY && t->kind != TYPE_STRUCT && t->kind != TYPE_UNION)
		t->size = t->size > 16 ? 16 : t->size;
}

static const struct type_field *load_fields(struct sources *s, const struct note_types *n,
	const struct note_parts *in, const struct type *types)
{
	struct type_field *fields = sources_room(s, n->fields_n * sizeof *fields);

	for (u32 i = 0; i < n->fields_n; i++)
		fields[i] = (struct type_field){
			.name = name_keep(s, in->text + in->fields[i].name),
			.offset = in->fields[i].offset,
			.bit = in->fields[i].bit & 63,
			.bits = in->fields[i].bits > 64 ? 64 : in->fields[i].bits,
			.type = &types[in->fields[i].type],
		};
	return fields;
}

static const struct type_enum *load_enums(
	struct sources *s, const struct note_types *n, const struct note_parts *in)
{
	struct type_enum *enums = sources_room(s, n->enums_n * sizeof *enums);

	for (u32 i = 0; i < n->enums_n; i++)
		enums[i] = (struct type_enum){
			in->enums[i].value, name_keep(s, in->text + in->enums[i].name)};
	return enums;
}

void types_load(struct sources *s, const struct note_types *n)
{
	struct note_parts in = parts_of(n);
	struct program *p = program_get(s, n->map);
	struct type *types = sources_room(s, n->types_n * sizeof *types);
	const struct type_field *fields = load_fields(s, n, &in, types);
	const struct type_enum *enums = load_enums(s, n, &in);

	p->looked = p->noted = true;
	p->debug = n->debug <= DEBUG_GONE ? (enum debug_state)n->debug : DEBUG_NONE;
	p->name = name_keep(s, in.text + n->name);
	for (u32 i = 0; i < n->types_n; i++) {
		load_type(s, &in, i, types, fields, enums);
		*vec_push(&p->types) = &types[i];
	}
	for (u32 i = 0; i < n->targets_n; i++) {
		const struct note_target *t = &in.targets[i];
		*vec_push(&p->targets) = (struct target){
			.site = t->site,
			.task = t->task,
			.value = t->value,
			.type = t->type ? &types[t->type - 1] : NULL,
			.name = name_keep(s, in.text + t->name),
			.own = t->flags & NOTE_OWN,
			.lost = t->flags & NOTE_LOST,
		};
	}
}

/* ---- into it ---- */

struct number { /* of a type, or the offset of a name: by address */
	const void *at;
	u32 value;
};
struct writer {
	struct number *numbers; /* open addressing; slots a power of two */
	u32 slots, used;
	VEC(struct note_type) types;
	VEC(const struct type *) pending; /* pointers: what they point to is to be written */
	VEC(struct note_field) fields;
	VEC(struct note_enum) enums;
	VEC(struct note_target) targets;
	struct str text;
};

static struct number *number_slot(const struct writer *w, const void *at)
{
	u32 i = (u32)hash64(0, &at, sizeof at) & (w->slots - 1);

	while (w->numbers[i].at && w->numbers[i].at != at)
		i = (i + 1) & (w->slots - 1);
	return &w->numbers[i];
}

static const struct number *number_get(const struct writer *w, const void *at)
{
	const struct number *slot = w->slots ? number_slot(w, at) : NULL;

	return slot && slot->at ? slot : NULL;
}

static void number_set(struct writer *w, const void *at, u32 value)
{
	if (2 * (w->used + 1) > w->slots) {
		struct number *old = w->numbers;
		u32 n = w->slots;
		w->slots = n ? 2 * n : 256;
		w->numbers = xmalloc(w->slots * sizeof *w->numbers);
		for (u32 i = 0; i < n; i++)
			if (old[i].at)
				*number_slot(w, old[i].at) = old[i];
		free(old);
	}
	*number_slot(w, at) = (struct number){at, value};
	w->used++;
}

/* Names are kept once each: the same address is the same name. */
static u32 write_name(struct writer *w, const char *name)
{
	const struct number *known = number_get(w, name);
	u32 at = (u32)w->text.len;

	if (known)
		return known->value;
	str_add_bytes(&w->text, name, strlen(name) + 1);
	number_set(w, name, at);
	return at;
}

static u8 shape_of(const struct type *t)
{
	switch (t->kind) {
	case TYPE_STRUCT:
	case TYPE_UNION: return SHAPE_FIELDS;
	case TYPE_ARRAY: return SHAPE_ARRAY;
	case TYPE_POINTER: return SHAPE_POINTER;
	case TYPE_ENUM: return SHAPE_ENUM;
	default: return SHAPE_SCALAR;
	}
}

/* Its number. The depth is that of C: no type holds itself. */
static u32 write_type(struct writer *w, const struct type *t)
{
	const struct number *known = number_get(w, t);
	struct note_type n = {
		.kind = (u8)t->kind,
		.shape = shape_of(t),
		.flags = (u8)((t->atomic ? NOTE_ATOMIC : 0) | (t->is_volatile ? NOTE_VOLATILE : 0) |
			      (t->is_unsigned ? NOTE_UNSIGNED : 0)),
		.size = t->size,
		.count = t->count,
	};

	if (known)
		return known->value;
	for (u32 i = 0; i < t->fields_n; i++)
		write_type(w, t->fields[i].type);
	n.first = (u32)w->fields.n;
	n.n = t->fields_n;
	for (u32 i = 0; i < t->fields_n; i++)
		*vec_push(&w->fields) = (struct note_field){
			.offset = t->fields[i].offset,
			.name = write_name(w, t->fields[i].name),
			.type = write_type(w, t->fields[i].type),
			.bit = t->fields[i].bit,
			.bits = t->fields[i].bits,
		};
	if (t->kind == TYPE_ENUM) {
		n.first = (u32)w->enums.n;
		n.n = t->enums_n;
	}
	for (u32 i = 0; i < t->enums_n; i++)
		*vec_push(&w->enums) =
			(struct note_enum){t->enums[i].value, write_name(w, t->enums[i].name), 0};
	if (t->kind == TYPE_ARRAY)
		n.of = write_type(w, t->of) + 1;
	n.name = write_name(w, t->name);
	number_set(w, t, (u32)w->types.n);
	if (t->kind == TYPE_POINTER && t->of)
		*vec_push(&w->pending) = t;
	*vec_push(&w->types) = n;
	return (u32)w->types.n - 1;
}

static u32 write_whole(struct writer *w, const struct type *t)
{
	u32 number = write_type(w, t);

	while (w->pending.n) {
		const struct type *pointer = w->pending.at[--w->pending.n];
		u32 of = write_type(w, pointer->of) + 1;
		w->types.at[number_get(w, pointer)->value].of = of;
	}
	return number;
}

static void write_targets(struct writer *w, const struct program *p)
{
	for (size_t i = 0; i < p->targets.n && i < TARGETS_MAX; i++) {
		const struct target *t = &p->targets.at[i];
		struct note_target n = {
			.value = t->value,
			.site = t->site,
			.task = t->task,
			.name = write_name(w, t->name),
			.flags = (t->own ? NOTE_OWN : 0) | (t->lost ? NOTE_LOST : 0),
		};
		if (t->type)
			n.type = write_whole(w, t->type) + 1;
		*vec_push(&w->targets) = n;
	}
}

static u8 *part_copy(u8 *to, const void *from, size_t n)
{
	if (n)
		memcpy(to, from, n);
	return to + n;
}

static bool write_record(struct writer *w, const struct program *p, struct log *log, struct err *e)
{
	u32 name = write_name(w, p->name);
	struct note_types head = {
		.map = p->map,
		.debug = p->debug,
		.name = name,
		.types_n = (u32)w->types.n,
		.fields_n = (u32)w->fields.n,
		.enums_n = (u32)w->enums.n,
		.targets_n = (u32)w->targets.n,
		.text_len = (u32)w->text.len,
	};
	size_t size = sizeof head + w->types.n * sizeof *w->types.at +
		      w->fields.n * sizeof *w->fields.at + w->enums.n * sizeof *w->enums.at +
		      w->targets.n * sizeof *w->targets.at + w->text.len;
	struct rec *r;
	u8 *to;

	if (size > LOG_RECORD_MAX / 2) /* the recording does without */
		return true;
	r = log_begin(log, size, e);
	if (!r)
		return false;
	r->kind = REC_TYPES;
	to = part_copy((u8 *)(r + 1), &head, sizeof head);
	to = part_copy(to, w->types.at, w->types.n * sizeof *w->types.at);
	to = part_copy(to, w->fields.at, w->fields.n * sizeof *w->fields.at);
	to = part_copy(to, w->enums.at, w->enums.n * sizeof *w->enums.at);
	to = part_copy(to, w->targets.at, w->targets.n * sizeof *w->targets.at);
	part_copy(to, w->text.s, w->text.len);
	log_commit(log, r);
	return true;
}

bool types_write(struct program *p, struct log *log, struct err *e)
{
	struct writer w = {0};
	bool ok;

	write_targets(&w, p);
	ok = write_record(&w, p, log, e);
	if (ok)
		p->written = true;
	free(w.numbers);
	free(w.types.at);
	free(w.pending.at);
	free(w.fields.at);
	free(w.enums.at);
	free(w.targets.at);
	str_finish(&w.text);
	return ok;
}
