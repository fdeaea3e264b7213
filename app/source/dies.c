/* SPDX-License-Identifier: GPL-3.0-or-later */
/* DIE -> C type. A type is made once for each DIE; what a pointer points to is made after the type
 * that it is part of, so that a list's node may point to itself. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "source/dwarf.h"

enum { NEST_MAX = 48, CHAIN_MAX = 32, DIMENSIONS_MAX = 8, MEMBERS_MAX = 16384, TYPES_MAX = 20000 };

struct known {
	const void *at; /* Dwarf_Die.addr; NULL: free slot */
	const struct type *type;
};
struct by_name {
	const char *name;
	const struct type *type;
};
struct pending { /* a pointer whose target is to be made */
	struct type *pointer;
	Dwarf_Die target;
};
struct dies {
	struct sources *sources;
	Dwfl *dwfl;
	struct known *known; /* open addressing; slots a power of two */
	u32 slots, used;
	VEC(struct pending) pending;
	VEC(struct by_name) named;
	struct variables variables;
};

static const struct type nothing = {.kind = TYPE_UNKNOWN, .name = ""};

struct dies *dies_create(struct sources *s, Dwfl *dwfl)
{
	struct dies *d = xmalloc(sizeof *d);

	d->sources = s;
	d->dwfl = dwfl;
	return d;
}

void dies_destroy(struct dies *d)
{
	if (!d)
		return;
	free(d->known);
	free(d->pending.at);
	free(d->named.at);
	free(d->variables.v.at);
	free(d);
}

Dwfl *dies_modules(const struct dies *d)
{
	return d->dwfl;
}

struct variables *dies_variables(struct dies *d)
{
	return &d->variables;
}

/* ---- what was made before ---- */

static struct known *known_slot(const struct dies *d, const void *at)
{
	u32 i = (u32)hash64(0, &at, sizeof at) & (d->slots - 1);

	while (d->known[i].at && d->known[i].at != at)
		i = (i + 1) & (d->slots - 1);
	return &d->known[i];
}

static void known_set(struct dies *d, const void *at, const struct type *type)
{
	struct known *slot;

	if (2 * (d->used + 1) > d->slots) {
		struct known *old = d->known;
		u32 n = d->slots;
		d->slots = n ? 2 * n : 256;
		d->known = xmalloc(d->slots * sizeof *d->known);
		for (u32 i = 0; i < n; i++)
			if (old[i].at)
				*known_slot(d, old[i].at) = old[i];
		free(old);
	}
	slot = known_slot(d, at);
	d->used += !slot->at;
	*slot = (struct known){at, type};
}

/* ---- names ---- */

/* "struct ring", "item *", "int": without making the type. */
static void name_add(Dwarf_Die *die, struct str *out)
{
	Dwarf_Die at = *die;
	const char *name, *before = "";
	u32 stars = 0;

	for (int i = 0; i < CHAIN_MAX; i++) {
		int tag = dwarf_tag(&at);
		if (tag == DW_TAG_pointer_type)
			stars++;
		else if (tag != DW_TAG_const_type && tag != DW_TAG_volatile_type &&
			 tag != DW_TAG_atomic_type && tag != DW_TAG_restrict_type)
			break;
		if (!die_type(&at, &at)) {
			str_add(out, "void");
			goto stars;
		}
	}
	switch (dwarf_tag(&at)) {
	case DW_TAG_structure_type: before = "struct"; break;
	case DW_TAG_union_type: before = "union"; break;
	case DW_TAG_enumeration_type: before = "enum"; break;
	case DW_TAG_subroutine_type: before = "function"; break;
	case DW_TAG_array_type: before = "array"; break;
	}
	name = die_name(&at);
	str_addf(out, "%s%s%.200s", before, *before && name ? " " : "", name ? name : "");
stars:
	if (stars)
		str_add(out, " ");
	while (stars--)
		str_add(out, "*");
}

static const char *name_of(struct dies *d, Dwarf_Die *die)
{
	struct str text = {0};
	const char *kept;

	name_add(die, &text);
	kept = name_keep(d->sources, str_get(&text));
	str_finish(&text);
	return kept;
}

/* ---- DIE -> type ---- */

static const struct type *type_make(struct dies *, Dwarf_Die *, u32 nest);

static void base_fill(struct type *t, Dwarf_Die *die)
{
	static const u8 kinds[] = {
		[DW_ATE_boolean] = TYPE_BOOL,
		[DW_ATE_float] = TYPE_FLOAT,
		[DW_ATE_signed] = TYPE_SIGNED,
		[DW_ATE_signed_char] = TYPE_CHAR,
		[DW_ATE_unsigned] = TYPE_UNSIGNED,
		[DW_ATE_unsigned_char] = TYPE_CHAR,
		[DW_ATE_UTF] = TYPE_UNSIGNED,
	};
	u64 encoding = 0;

	die_number(die, DW_AT_encoding, &encoding);
	t->kind = encoding < ARRAY_LEN(kinds) ? (enum type_kind)kinds[encoding] : TYPE_UNKNOWN;
	t->is_unsigned = encoding == DW_ATE_unsigned_char || t->kind == TYPE_UNSIGNED;
	if (t->kind == TYPE_CHAR && t->size != 1)
		t->kind = t->is_unsigned ? TYPE_UNSIGNED : TYPE_SIGNED;
}

/* Negative values come as signed LEB128, others as data of their size: dwarf_formudata reads both
 * right, dwarf_formsdata would take 200 in one byte for -56. */
static bool enumerator_value(Dwarf_Die *die, i64 *value)
{
	u64 word;

	if (!die_number(die, DW_AT_const_value, &word))
		return false;
	*value = (i64)word;
	return true;
}

static void enum_fill(struct dies *d, struct type *t, Dwarf_Die *die)
{
	VEC(struct type_enum) v = {0};
	struct type_enum *kept;
	Dwarf_Die child, under;
	u64 encoding = 0;
	i64 value;

	t->kind = TYPE_ENUM;
	if (!die_number(die, DW_AT_encoding, &encoding) && die_type(die, &under))
		die_number(&under, DW_AT_encoding, &encoding);
	t->is_unsigned = encoding == DW_ATE_unsigned || encoding == DW_ATE_unsigned_char;
	for (bool more = die_child(die, &child); more && v.n < MEMBERS_MAX;
		more = die_next(&child)) {
		const char *name = die_name(&child);
		if (dwarf_tag(&child) == DW_TAG_enumerator && name &&
			enumerator_value(&child, &value))
			*vec_push(&v) = (struct type_enum){value, name_keep(d->sources, name)};
	}
	kept = sources_room(d->sources, v.n * sizeof *kept);
	if (v.n)
		memcpy(kept, v.at, v.n * sizeof *kept);
	t->enums = kept;
	t->enums_n = (u32)v.n;
	free(v.at);
}

/* DW_AT_data_member_location: a number, or (DWARF 2) an expression that adds one. */
static u64 member_offset(Dwarf_Die *die)
{
	Dwarf_Attribute attr;
	Dwarf_Op *ops;
	Dwarf_Word word;
	size_t n;

	if (!dwarf_attr(die, DW_AT_data_member_location, &attr))
		return 0;
	if (!dwarf_formudata(&attr, &word))
		return word;
	if (!dwarf_getlocation(&attr, &ops, &n) && n == 1 &&
		(ops[0].atom == DW_OP_plus_uconst || ops[0].atom == DW_OP_constu))
		return ops[0].number;
	return 0;
}

/* A bit-field becomes some bits from where an object of its declared type would lie; in a packed
 * structure they may go beyond it. The older form
 * counts from the most significant bit of a unit of its own size. */
static void member_bits(Dwarf_Die *die, struct type_field *f)
{
	u64 bits, first, unit = f->type->size, back;

	if (!die_number(die, DW_AT_bit_size, &bits) || !bits || bits > 64)
		return;
	if (!die_number(die, DW_AT_data_bit_offset, &first)) {
		first = f->offset * 8;
		if (die_number(die, DW_AT_bit_offset, &back)) {
			die_number(die, DW_AT_byte_size, &unit);
			first += unit * 8 - back - bits;
		}
	}
	unit = f->type->size ? f->type->size : 1;
	f->offset = first / (8 * unit) * unit;
	f->bit = (u32)(first - 8 * f->offset);
	f->bits = (u32)bits;
}

static void struct_fill(struct dies *d, struct type *t, Dwarf_Die *die, u32 nest)
{
	VEC(struct type_field) v = {0};
	struct type_field *kept;
	Dwarf_Die child, type;

	for (bool more = die_child(die, &child); more && v.n < MEMBERS_MAX;
		more = die_next(&child)) {
		struct type_field f = {.type = &nothing};
		const char *name = die_name(&child);
		if (dwarf_tag(&child) != DW_TAG_member || die_flag(&child, DW_AT_external))
			continue;
		f.name = name ? name_keep(d->sources, name) : "";
		f.offset = member_offset(&child);
		if (die_type(&child, &type))
			f.type = type_make(d, &type, nest + 1);
		member_bits(&child, &f);
		*vec_push(&v) = f;
	}
	kept = sources_room(d->sources, v.n * sizeof *kept);
	if (v.n)
		memcpy(kept, v.at, v.n * sizeof *kept);
	t->fields = kept;
	t->fields_n = (u32)v.n;
	free(v.at);
}

/* Elements of one dimension; 0 when that is not said, or not a number. */
static u64 dimension_count(Dwarf_Die *range)
{
	u64 n;

	if (!die_number(range, DW_AT_count, &n)) {
		if (!die_number(range, DW_AT_upper_bound, &n) || n >= UINT32_MAX)
			return 0;
		n++;
	}
	return n > (1ull << 48) ? 0 : n;
}

static void array_fill(struct dies *d, struct type *t, Dwarf_Die *die, u32 nest)
{
	const struct type *of = &nothing;
	u64 counts[DIMENSIONS_MAX];
	Dwarf_Die child;
	u32 n = 0;

	if (die_type(die, &child))
		of = type_make(d, &child, nest + 1);
	for (bool more = die_child(die, &child); more; more = die_next(&child))
		if (dwarf_tag(&child) == DW_TAG_subrange_type && n < DIMENSIONS_MAX)
			counts[n++] = dimension_count(&child);
	while (n > 0) {
		n--;
		of = type_array(d->sources, of, counts[n]);
	}
	if (of->kind != TYPE_ARRAY)
		return;
	*t = *of;
}

/* ---- declarations completed elsewhere ---- */

struct search {
	int tag;
	const char *name;
	Dwarf_Die found;
	bool hit;
};

/* Structures and typedefs may be declared within a function, too: those at the top are looked at
 * first, for the same name may mean another thing inside. */
static bool search_die(struct search *s, Dwarf_Die *die, u32 deep)
{
	Dwarf_Die child;

	for (bool more = die_child(die, &child); more; more = die_next(&child)) {
		int tag = dwarf_tag(&child);
		const char *name;
		if (deep && (tag == DW_TAG_subprogram || tag == DW_TAG_lexical_block) &&
			search_die(s, &child, deep - 1))
			return true;
		if (tag != s->tag || die_flag(&child, DW_AT_declaration))
			continue;
		name = die_name(&child);
		if (!name || strcmp(name, s->name))
			continue;
		s->found = child;
		return s->hit = true;
	}
	return false;
}

static bool search_unit(void *arg, struct unit_walk *w)
{
	return !search_die(arg, &w->unit, 0);
}

static bool search_unit_deep(void *arg, struct unit_walk *w)
{
	return !search_die(arg, &w->unit, 4);
}

static bool search_types(struct dies *d, struct search *s)
{
	units_walk(d, search_unit, s);
	if (!s->hit)
		units_walk(d, search_unit_deep, s);
	return s->hit;
}

static void declaration_complete(struct dies *d, Dwarf_Die *die)
{
	struct search s = {.tag = dwarf_tag(die), .name = die_name(die)};

	if (s.name && die_flag(die, DW_AT_declaration) && search_types(d, &s))
		*die = s.found;
}

/* ---- putting it together ---- */

static void type_fill(struct dies *d, struct type *t, Dwarf_Die *die, u32 nest)
{
	Dwarf_Die target;

	die_number(die, DW_AT_byte_size, &t->size);
	switch (dwarf_tag(die)) {
	case DW_TAG_base_type: base_fill(t, die); break;
	case DW_TAG_enumeration_type: enum_fill(d, t, die); break;
	case DW_TAG_pointer_type:
		t->kind = TYPE_POINTER;
		if (!t->size)
			t->size = sizeof(u64);
		if (die_type(die, &target))
			*vec_push(&d->pending) = (struct pending){t, target};
		break;
	case DW_TAG_structure_type:
	case DW_TAG_class_type:
		t->kind = TYPE_STRUCT;
		struct_fill(d, t, die, nest);
		break;
	case DW_TAG_union_type:
		t->kind = TYPE_UNION;
		struct_fill(d, t, die, nest);
		break;
	case DW_TAG_array_type: array_fill(d, t, die, nest); break;
	default: t->kind = TYPE_UNKNOWN; break;
	}
}

struct chain {
	Dwarf_Die die;
	bool atomic, is_volatile;
	const char *name; /* of the outermost typedef */
};

/* Through typedefs and qualifiers; false when it ends in nothing (void). */
static bool chain_follow(Dwarf_Die *from, struct chain *c)
{
	*c = (struct chain){.die = *from};
	for (int i = 0; i < CHAIN_MAX; i++) {
		switch (dwarf_tag(&c->die)) {
		case DW_TAG_typedef:
			if (!c->name)
				c->name = die_name(&c->die);
			break;
		case DW_TAG_atomic_type: c->atomic = true; break;
		case DW_TAG_volatile_type: c->is_volatile = true; break;
		case DW_TAG_const_type:
		case DW_TAG_restrict_type: break;
		default: return true;
		}
		if (!die_type(&c->die, &c->die))
			return false;
	}
	return false;
}

/* int8_t and uint8_t are numbers, though C makes them of characters. */
static void byte_is_number(struct type *t)
{
	if (t->kind == TYPE_CHAR && (strstr(t->name, "int8") || !strcmp(t->name, "u8") ||
					    !strcmp(t->name, "s8") || !strcmp(t->name, "i8")))
		t->kind = t->is_unsigned ? TYPE_UNSIGNED : TYPE_SIGNED;
}

static const struct type *type_make(struct dies *d, Dwarf_Die *die, u32 nest)
{
	struct known *slot = d->slots ? known_slot(d, die->addr) : NULL;
	struct chain chain;
	struct type *t;

	if (slot && slot->at)
		return slot->type;
	if (nest > NEST_MAX || d->used > TYPES_MAX || !chain_follow(die, &chain))
		return &nothing;
	known_set(d, die->addr, &nothing); /* a type cannot hold itself */
	declaration_complete(d, &chain.die);
	t = sources_room(d->sources, sizeof *t);
	t->name = "";
	type_fill(d, t, &chain.die, nest);
	if (chain.name)
		t->name = name_keep(d->sources, chain.name);
	else if (t->kind != TYPE_ARRAY)
		t->name = name_of(d, &chain.die);
	t->atomic = chain.atomic;
	t->is_volatile = chain.is_volatile;
	byte_is_number(t);
	known_set(d, die->addr, t);
	return t;
}

const struct type *dies_type(struct dies *d, Dwarf_Die *die)
{
	const struct type *t = type_make(d, die, 0);

	while (d->pending.n) {
		struct pending p = d->pending.at[--d->pending.n];
		const struct type *of = type_make(d, &p.target, 0);
		p.pointer->of = of == &nothing ? NULL : of;
	}
	return t;
}

/* ---- by name ---- */

static bool named_search(struct dies *d, const char *name, Dwarf_Die *found)
{
	static const struct {
		const char *word;
		int tags[2];
	} words[] = {
		{"struct ", {DW_TAG_structure_type, 0}},
		{"union ", {DW_TAG_union_type, 0}},
		{"enum ", {DW_TAG_enumeration_type, 0}},
		{"", {DW_TAG_typedef, DW_TAG_base_type}},
	};

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		size_t n = strlen(words[i].word);
		if (strncmp(name, words[i].word, n))
			continue;
		for (size_t k = 0; k < 2 && words[i].tags[k]; k++) {
			struct search s = {.tag = words[i].tags[k], .name = name + n};
			if (search_types(d, &s)) {
				*found = s.found;
				return true;
			}
		}
		return false;
	}
	return false;
}

const struct type *dies_named(struct dies *d, const char *name)
{
	const struct type *t = NULL;
	Dwarf_Die die;

	for (size_t i = 0; i < d->named.n; i++)
		if (!strcmp(d->named.at[i].name, name))
			return d->named.at[i].type;
	if (named_search(d, name, &die))
		t = dies_type(d, &die);
	if (t == &nothing)
		t = NULL;
	*vec_push(&d->named) = (struct by_name){name_keep(d->sources, name), t};
	return t;
}
