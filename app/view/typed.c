/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which C type a segment has, places in it by name, values. A type is looked for in the program's
 * debug information (source), which is slow: what was found is kept, by the segment's name; what was
 * not found is looked for again when more accesses are known.
 */
#include <stdlib.h>
#include <string.h>

#include "view/memory.h"
#include "view/private.h"

struct typed_one {
	char segment[24];
	char *said[6]; /* struct ring_names, in its order */
	const struct type *type;
	u64 offset;
	bool found;
	u32 tries, sites; /* when it was looked for in vain: how often, how many access sites were known */
	u64 events;
	struct str why;
};
struct typed {
	VEC(struct typed_one *) list;
};

struct typed *typed_create(void)
{
	return xmalloc(sizeof(struct typed));
}

static void one_finish(struct typed_one *one)
{
	for (size_t i = 0; i < ARRAY_LEN(one->said); i++)
		free(one->said[i]);
	str_finish(&one->why);
	free(one);
}

void typed_destroy(struct typed *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->list.n; i++)
		one_finish(t->list.at[i]);
	free(t->list.at);
	free(t);
}

static struct typed_one *one_of(struct typed *t, const char *segment)
{
	for (size_t i = 0; i < t->list.n; i++)
		if (strcmp(t->list.at[i]->segment, segment) == 0)
			return t->list.at[i];
	*vec_push(&t->list) = xmalloc(sizeof(struct typed_one));
	strncpy(t->list.at[t->list.n - 1]->segment, segment, sizeof t->list.at[0]->segment - 1);
	return t->list.at[t->list.n - 1];
}

void typed_say(struct typed *t, const char *segment, const struct ring_names *n)
{
	const char *names[] = {n->type, n->array, n->in, n->out, n->count, n->size};
	struct typed_one *one = one_of(t, segment);

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		free(one->said[i]);
		one->said[i] = names[i] ? xstrdup(names[i]) : NULL;
	}
}

void typed_set(struct typed *t, const char *segment, const struct type *type, u64 offset)
{
	struct typed_one *one = one_of(t, segment);

	one->type = type;
	one->offset = offset;
	one->found = type != NULL;
}

static struct typed_one *one_of_segment(const struct scene *s, u32 segment)
{
	char name[24];

	if (!s->typed || !world_segment(s->world, segment))
		return NULL;
	return one_of(s->typed, world_segment_name(s->world, segment, name));
}

struct ring_names typed_names(const struct scene *s, u32 segment)
{
	const struct typed_one *one = one_of_segment(s, segment);

	if (!one)
		return (struct ring_names){0};
	return (struct ring_names){
		one->said[0], one->said[1], one->said[2], one->said[3], one->said[4],
		one->said[5]};
}

/* ---- looking for it ---- */

static u32 task_of(const struct world *w, u32 proc)
{
	const struct w_proc *p = world_proc(w, proc);

	if (p && p->task_first)
		return p->task_first;
	for (u32 i = 1; i < world_tasks(w); i++)
		if (world_task(w, i) && world_task(w, i)->proc == proc)
			return i;
	return 0;
}

/* By one process's mapping: what points at it there. */
static bool look_in(const struct scene *s, const struct w_segment *seg, const struct w_map *map,
	struct typed_one *one)
{
	u32 sites[ARRAY_LEN(seg->access_site) + 4], n = 0, task = task_of(s->world, map->proc);
	u64 offset = 0;

	if (!task)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(seg->access_site); i++) {
		const struct w_task *t = world_task(s->world, seg->access_task[i]);

		if (seg->access_site[i] && t && t->proc == map->proc)
			sites[n++] = seg->access_site[i];
	}
	for (u32 i = 1; i < world_tasks(s->world) && n < ARRAY_LEN(sites); i++) {
		const struct w_task *t = world_task(s->world, i);

		if (t && t->proc == map->proc && t->op.site &&
			world_segment(s->world, t->op.segment) == seg)
			sites[n++] = t->op.site;
	}
	one->type = one->said[0] ? sources_type(s->sources, task, one->said[0]) : NULL;
	if (!one->type) {
		str_clear(&one->why);
		one->type = sources_mapping_type(
			s->sources, task, map->addr, map->len, sites, n, &offset, &one->why);
	}
	one->offset = map->offset + offset;
	return one->type != NULL;
}

static void look_for(const struct scene *s, const struct w_segment *seg, struct typed_one *one)
{
	u64 events = world_head(s->world)->events;
	u32 sites = 0;

	for (size_t i = 0; i < ARRAY_LEN(seg->access_site); i++)
		sites += seg->access_site[i] != 0;
	if (!s->sources || (one->tries && one->events == events && one->sites == sites))
		return;
	if (one->tries >= 16 && one->sites == sites && events < 2 * one->events)
		return;
	one->tries++;
	one->sites = sites;
	one->events = events;
	for (u32 i = seg->map_first; i && !one->found;) {
		const struct w_map *map = world_map(s->world, i);

		if (!map)
			return;
		one->found = look_in(s, seg, map, one);
		i = map->segment_next;
	}
}

const struct type *segment_type(
	const struct scene *s, u32 segment, u64 *offset, struct str *why)
{
	const struct w_segment *seg = world_segment(s->world, segment);
	struct typed_one *one = one_of_segment(s, segment);

	*offset = 0;
	if (!one || !seg)
		return NULL;
	if (!one->found)
		look_for(s, seg, one);
	*offset = one->offset;
	if (one->found)
		return one->type;
	if (why)
		str_add(why, one->why.len        ? str_get(&one->why)
			     : one->tries || !seg->map_first
				     ? "nothing in the program is known to point at it yet"
				     : "there is no debug information to look in");
	return NULL;
}

/* ---- places by name ---- */

bool segment_is_drawn(const struct world *w, u32 segment)
{
	const struct w_segment *seg = world_segment(w, segment);

	/* A System V segment stays until it is removed, mapped or not. */
	return seg && seg->name && (!seg->gone || (seg->kind == SEGMENT_SYSV && !seg->unlinked));
}

u32 segments_drawn(const struct world *w)
{
	u32 n = 0;

	for (u32 i = 1; i < world_segments(w); i++)
		n += segment_is_drawn(w, i);
	return n;
}

u32 stage_segment(const struct scene *s, const struct view_state *v)
{
	const struct w_task *t = world_task(s->world, v->selected);
	u32 last = world_head(s->world)->last_segment;

	if (t && t->op.segment && segment_is_drawn(s->world, t->op.segment) &&
		t->state < TASK_ENDING)
		return t->op.segment;
	if (segment_is_drawn(s->world, last))
		return last;
	for (u32 i = 1; i < world_segments(s->world); i++)
		if (segment_is_drawn(s->world, i))
			return i;
	return 0;
}

/* In a process's own memory: the variable there. */
static bool variable_path(const struct scene *s, const struct w_segment *seg, u64 off, struct str *out,
	const struct type **leaf)
{
	const struct type *inner = NULL;
	bool named = s->sources && sources_global(s->sources, task_of(s->world, seg->owner), off, out, &inner);

	if (named && leaf)
		*leaf = inner;
	return named;
}

/* A mapping that is longer than the type its pointer has holds several, one behind the other. */
bool segment_path(const struct scene *s, u32 segment, u64 off, struct str *out,
	const struct type **leaf)
{
	const struct w_segment *seg = world_segment(s->world, segment);
	u64 base, nth, within;
	const struct type *type = seg && seg->owner ? NULL : segment_type(s, segment, &base, NULL);
	struct str path = {0};
	bool several = segments_drawn(s->world) > 1, named;
	char name[24];

	if (seg && seg->owner)
		return variable_path(s, seg, off, out, leaf);
	if (!type || !type->size || off < base)
		return false;
	nth = (off - base) / type->size;
	within = (off - base) % type->size;
	named = type_path(type, within, &path, leaf, NULL);
	if (named) {
		bool bare = !path.len || path.s[0] == '[';

		if (several || bare || nth)
			str_add(out, world_segment_name(s->world, segment, name));
		if (nth || (!path.len && world_segment(s->world, segment)->size >= 2 * type->size))
			str_addf(out, "[%llu]", (unsigned long long)nth);
		if ((several || nth) && !bare)
			str_add(out, ".");
		str_add_harmless(out, str_get(&path));
	}
	str_finish(&path);
	return named;
}

void words_field(const struct scene *s, u32 segment, u64 off, struct str *out)
{
	struct str path = {0};
	char *inside;

	if (!segment_path(s, segment, off, &path, NULL)) {
		words_cell(s, segment, off, 0, out);
	} else {
		inside = strstr(path.s, "__");
		if (inside && inside > path.s && inside[-1] == '.')
			inside[-1] = 0;
		str_add(out, path.s);
	}
	str_finish(&path);
}

void words_cell(const struct scene *s, u32 segment, u64 off, u64 size, struct str *out)
{
	const struct type *leaf = NULL;
	struct str path = {0};
	bool named = segment_path(s, segment, off, &path, &leaf);
	char name[24];

	/* A part of a cell: of a bit-field, of a pair of shorts. Or more than one: a copy of a structure. */
	if (named && size && leaf && leaf->size && size != leaf->size)
		str_addf(out, "%llu byte%s %s ", (unsigned long long)size, size == 1 ? "" : "s", size < leaf->size ? "of" : "at");
	str_add(out, named ? str_get(&path) : "");
	str_finish(&path);
	if (named)
		return;
	if (size)
		str_addf(out, "%llu byte%s at ", (unsigned long long)size, size == 1 ? "" : "s");
	if (!world_segment(s->world, segment)) {
		str_add(out, "an unknown place");
		return;
	}
	if (world_segment(s->world, segment)->owner) {
		str_addf(out, "0x%llx", (unsigned long long)off); /* as gdb and a pointer have it */
		return;
	}
	str_addf(out, "%s%s%llu", world_segment_name(s->world, segment, name),
		s->style == STYLE_PLAIN ? " plus " : "+", (unsigned long long)off);
}

/* ---- values ---- */

static bool read_known(const struct scene *s, u32 segment, u64 off, void *bytes, u64 n)
{
	return n && n <= 64 &&
	       world_memory(s->world, segment, off, bytes, NULL, (u32)n) == (u32)n;
}

void segment_value(const struct scene *s, u32 segment, u64 off, const struct type *type,
	const struct type_field *bits, struct str *out)
{
	u8 bytes[64] = {0};
	struct str value = {0};

	if (!type || !read_known(s, segment, off, bytes, type->size)) {
		str_add(out, "?");
		return;
	}
	type_value(type, bytes, bits, &value);
	str_add_harmless(out, str_get(&value));
	str_finish(&value);
}

void words_value(
	const struct scene *s, u32 segment, u64 off, u32 size, u64 value, struct str *out)
{
	const struct type *leaf = NULL;
	struct str path = {0}, text = {0};
	u8 bytes[8];

	for (unsigned i = 0; i < 8; i++)
		bytes[i] = (u8)(value >> 8 * i);
	if (segment_path(s, segment, off, &path, &leaf) && leaf && leaf->size == size && size <= 8)
		type_value(leaf, bytes, NULL, &text);
	if (text.len)
		str_add_harmless(out, str_get(&text));
	else if (leaf && leaf->kind == TYPE_CHAR && size <= 8)
		words_bytes(bytes, strnlen((const char *)bytes, size), strnlen((const char *)bytes, size), out);
	else if (size > 8)
		str_addf(out, "%u bytes", size);
	else
		str_addf(out, value < 1u << 31 ? "%llu" : "0x%llx", (unsigned long long)value);
	str_finish(&path);
	str_finish(&text);
}

bool segment_number(
	const struct scene *s, u32 segment, u64 off, const struct type *type, i64 *value)
{
	u8 bytes[8] = {0};
	u64 n = 0;

	if (!type || type->size > 8 || !read_known(s, segment, off, bytes, type->size))
		return false;
	for (u64 i = type->size; i-- > 0;)
		n = n << 8 | bytes[i];
	if (type->kind == TYPE_SIGNED && type->size < 8 && n >> (8 * type->size - 1))
		n |= ~0ull << 8 * type->size;
	*value = (i64)n;
	return type->kind == TYPE_SIGNED || type->kind == TYPE_UNSIGNED ||
	       type->kind == TYPE_CHAR || type->kind == TYPE_ENUM || type->kind == TYPE_BOOL;
}

/* ---- who is at it ---- */

bool call_is_access(u32 call)
{
	return call == CALL_load || call == CALL_store || call == CALL_update;
}

u32 segment_touchers(const struct scene *s, u32 segment, u64 off, u64 size,
	struct toucher *touchers, u32 max)
{
	u32 n = 0;

	for (u32 i = 1; i < world_tasks(s->world) && n < max; i++) {
		const struct w_task *t = world_task(s->world, i);

		if (!t || t->state != TASK_POISED || !call_is_access(t->op.call) || t->op.segment != segment ||
			t->op.off >= off + size || off >= t->op.off + t->op.size)
			continue;
		touchers[n++] = (struct toucher){
			i, t->op.call != CALL_load, !(t->op.flags & EVF_ATOMIC)};
	}
	return n;
}

bool segment_is_marked(const struct scene *s, u32 segment, u64 off, u64 size)
{
	const struct w_segment *seg = world_segment(s->world, segment);

	return seg && world_head(s->world)->last_segment == segment && seg->last_size &&
	       seg->last_off < off + size && off < seg->last_off + seg->last_size;
}
