/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A type's fields as paths ("buffer[3].id"), and the other way; its values as text. Types may come
 * from a recording: what is gone through is bounded. */
#include <stdlib.h>
#include <string.h>

#include "source/lib.h"

enum { NEST_MAX = 64, LOOKS_MAX = 100000, HEX_MAX = 16 };

/* ---- byte -> path ---- */

struct walk {
	u32 looks; /* what is left of LOOKS_MAX */
	struct str *path;
	size_t begin; /* where the path begins in it */
	const struct type *leaf;
	u64 leaf_off;
};

static bool is_scalar(const struct type *t)
{
	return t->kind != TYPE_STRUCT && t->kind != TYPE_UNION && t->kind != TYPE_ARRAY;
}

/* Bytes of a field: of a bit-field those that its bits lie in. */
static bool field_covers(const struct type_field *f, u64 off)
{
	u64 first = f->offset, size = f->type->size;

	if (f->bits) {
		first += f->bit / 8;
		size = (f->bit % 8 + f->bits + 7) / 8;
	}
	return off >= first && off - first < size;
}

static bool walk_down(struct walk *w, const struct type *t, u64 off, u64 base, u32 nest);

static bool walk_array(struct walk *w, const struct type *t, u64 off, u64 base, u32 nest)
{
	u64 size = t->of ? t->of->size : 0, i = size ? off / size : 0;

	if (!size || i >= t->count)
		return false;
	if (w->path)
		str_addf(w->path, "[%llu]", (unsigned long long)i);
	return walk_down(w, t->of, off % size, base + i * size, nest);
}

static bool walk_fields(struct walk *w, const struct type *t, u64 off, u64 base, u32 nest)
{
	size_t before = w->path ? w->path->len : 0;

	for (u32 i = 0; i < t->fields_n && w->looks; i++) {
		const struct type_field *f = &t->fields[i];
		w->looks--;
		if (!field_covers(f, off))
			continue;
		if (w->path && f->name[0])
			str_addf(w->path, "%s%s", before > w->begin ? "." : "", f->name);
		if (f->bits) {
			w->leaf = f->type;
			w->leaf_off = base + f->offset;
			return true;
		}
		if (walk_down(w, f->type, off - f->offset, base + f->offset, nest))
			return true;
		if (w->path) {
			w->path->len = before;
			if (w->path->s)
				w->path->s[before] = '\0';
		}
	}
	return false;
}

static bool walk_down(struct walk *w, const struct type *t, u64 off, u64 base, u32 nest)
{
	if (nest == NEST_MAX || !w->looks)
		return false;
	w->looks--;
	if (t->kind == TYPE_ARRAY)
		return walk_array(w, t, off, base, nest + 1);
	if (!is_scalar(t))
		return walk_fields(w, t, off, base, nest + 1);
	w->leaf = t;
	w->leaf_off = base;
	return off < t->size;
}

bool type_path(
	const struct type *t, u64 off, struct str *path, const struct type **leaf, u64 *leaf_off)
{
	struct walk w = {.looks = LOOKS_MAX, .path = path, .begin = path ? path->len : 0};
	bool found = walk_down(&w, t, off, 0, 0);

	if (!found && path && path->s) {
		path->len = w.begin;
		path->s[w.begin] = '\0';
	}
	if (leaf)
		*leaf = found ? w.leaf : NULL;
	if (leaf_off)
		*leaf_off = found ? w.leaf_off : 0;
	return found;
}

/* ---- path -> offset ---- */

static const struct type_field *field_named(
	const struct type *t, const char *name, size_t n, u64 *base, u32 *looks, u32 nest)
{
	for (u32 i = 0; i < t->fields_n && *looks && nest < NEST_MAX; i++) {
		const struct type_field *f = &t->fields[i], *inner;
		u64 at = f->offset;
		--*looks;
		if (f->name[0]) {
			if (strncmp(f->name, name, n) || f->name[n])
				continue;
			*base += f->offset;
			return f;
		}
		if (f->type->kind != TYPE_STRUCT && f->type->kind != TYPE_UNION)
			continue;
		inner = field_named(f->type, name, n, &at, looks, nest + 1);
		if (inner) {
			*base += at;
			return inner;
		}
	}
	return NULL;
}

/* "[3]" of an array. */
static const char *find_index(const char *p, const struct type **t, u64 *off)
{
	unsigned long long i = 0;
	char *end;

	if ((*t)->kind != TYPE_ARRAY || p[1] < '0' || p[1] > '9')
		return NULL;
	i = strtoull(p + 1, &end, 10);
	if (*end != ']' || i >= (*t)->count)
		return NULL;
	*t = (*t)->of;
	*off += i * (*t)->size;
	return end + 1;
}

static const char *find_name(const char *p, const struct type **t, u64 *off, u32 *looks)
{
	size_t n = strcspn(p, ".[");
	const struct type_field *f;

	if (!n || ((*t)->kind != TYPE_STRUCT && (*t)->kind != TYPE_UNION))
		return NULL;
	f = field_named(*t, p, n, off, looks, 0);
	if (!f)
		return NULL;
	*t = f->type;
	return p + n;
}

bool type_find(const struct type *t, const char *path, u64 *off, const struct type **leaf)
{
	u32 looks = LOOKS_MAX;
	const char *p = path;
	u64 at = 0;

	if (!*p)
		return false;
	while (p && *p) {
		if (*p == '[')
			p = find_index(p, &t, &at);
		else if (p == path)
			p = find_name(p, &t, &at, &looks);
		else if (*p == '.')
			p = find_name(p + 1, &t, &at, &looks);
		else
			p = NULL;
	}
	if (!p)
		return false;
	if (off)
		*off = at;
	if (leaf)
		*leaf = t;
	return true;
}

/* ---- values ---- */

static u64 bytes_value(const void *bytes, u64 n)
{
	u64 value = 0;

	memcpy(&value, bytes, n < sizeof value ? n : sizeof value);
	return value;
}

static u64 bits_value(const u8 *bytes, const struct type_field *f)
{
	u64 value = 0;
	u32 bits = f->bits < 64 ? f->bits : 64;

	for (u32 i = 0; i < bits; i++) {
		u32 at = f->bit + i;
		value |= (u64)(bytes[at / 8] >> at % 8 & 1) << i;
	}
	return value;
}

static i64 with_sign(u64 value, u32 bits)
{
	u64 sign = bits && bits < 64 ? 1ull << (bits - 1) : 0;

	return sign && value & sign ? (i64)(value | ~(2 * sign - 1)) : (i64)value;
}

static void add_enum(const struct type *t, u64 value, u32 bits, struct str *out)
{
	i64 number = t->is_unsigned ? (i64)value : with_sign(value, bits);

	for (u32 i = 0; i < t->enums_n; i++)
		if (t->enums[i].value == number) {
			str_addf(out, "%s (%lld)", t->enums[i].name, (long long)number);
			return;
		}
	str_addf(out, "%lld", (long long)number);
}

static void add_char(const struct type *t, u64 value, struct str *out)
{
	int number = t->is_unsigned ? (int)(u8)value : (int)(signed char)value;

	if (number == '\'' || number == '\\')
		str_addf(out, "'\\%c' %d", number, number);
	else if (number >= ' ' && number < 0x7f)
		str_addf(out, "'%c' %d", number, number);
	else
		str_addf(out, "%d", number);
}

static void add_hex(const u8 *bytes, u64 n, struct str *out)
{
	for (u64 i = 0; i < n && i < HEX_MAX; i++)
		str_addf(out, "%s%02x", i ? " " : "", bytes[i]);
	if (n > HEX_MAX)
		str_add(out, " ..");
}

static void add_float(const u8 *bytes, u64 size, struct str *out)
{
	long double extended = 0;
	double d;
	float f;

	if (size == sizeof f) {
		memcpy(&f, bytes, sizeof f);
		str_addf(out, "%g", (double)f);
	} else if (size == sizeof d) {
		memcpy(&d, bytes, sizeof d);
		str_addf(out, "%g", d);
	} else if (size == sizeof extended) {
		memcpy(&extended, bytes, sizeof extended);
		str_addf(out, "%Lg", extended);
	} else {
		add_hex(bytes, size, out);
	}
}

static void add_number(const struct type *t, u64 value, u32 bits, struct str *out)
{
	switch (t->kind) {
	case TYPE_SIGNED: str_addf(out, "%lld", (long long)with_sign(value, bits)); break;
	case TYPE_UNSIGNED: str_addf(out, "%llu", (unsigned long long)value); break;
	case TYPE_BOOL:
		if (value > 1)
			str_addf(out, "%llu", (unsigned long long)value);
		else
			str_add(out, value ? "true" : "false");
		break;
	case TYPE_CHAR: add_char(t, (u64)with_sign(value, t->is_unsigned ? 0 : bits), out); break;
	case TYPE_ENUM: add_enum(t, value, bits, out); break;
	case TYPE_POINTER:
		if (value)
			str_addf(out, "0x%llx", (unsigned long long)value);
		else
			str_add(out, "NULL");
		break;
	default: break;
	}
}

void type_value(
	const struct type *t, const void *bytes, const struct type_field *bits, struct str *out)
{
	bool number = t->kind != TYPE_UNKNOWN && t->kind != TYPE_FLOAT && is_scalar(t);

	if (bits && bits->bits && number)
		add_number(t, bits_value(bytes, bits), bits->bits, out);
	else if (!number && t->kind == TYPE_FLOAT)
		add_float(bytes, t->size, out);
	else if (number && t->size && t->size <= 8)
		add_number(t, bytes_value(bytes, t->size), (u32)(8 * t->size), out);
	else
		add_hex(bytes, t->size, out);
}
