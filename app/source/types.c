/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What C type a shared mapping has: that of a pointer that leads into it. Pointers come from the
 * words that the tracer recorded (globals) and from the locals of sites; what each points to is
 * found once and kept. Where the recording holds the answers, DWARF is not asked. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "source/dwarf.h"

enum { NAME_MAX_KEPT = 255, PAGE = 4096, TASKS_MAX = 1 << 20 };

struct word_seen { /* a REC_POINTER */
	struct note_pointer note;
	u32 task;
	bool looked;
};
struct fitted { /* a type made for a mapping of that many bytes, from one of its bytes on */
	const struct type *from, *type;
	u64 len, offset;
};
struct types {
	VEC(void *) rooms;
	VEC(struct program *) programs;
	VEC(struct word_seen) words;
	struct program **by_map; /* open addressing; slots a power of two */
	u32 slots;
	VEC(u32) runs; /* by task: the map of what it runs; 0 unknown */
	VEC(struct fitted) fitted;
	bool shared; /* the log tells of shared memory */
};

struct types *types_create(void)
{
	return xmalloc(sizeof(struct types));
}

void types_destroy(struct types *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->rooms.n; i++)
		free(t->rooms.at[i]);
	for (size_t i = 0; i < t->programs.n; i++) {
		free(t->programs.at[i]->types.at);
		free(t->programs.at[i]->targets.at);
		free(t->programs.at[i]);
	}
	free(t->rooms.at);
	free(t->programs.at);
	free(t->words.at);
	free(t->runs.at);
	free(t->by_map);
	free(t->fitted.at);
	free(t);
}

void *sources_room(struct sources *s, size_t n)
{
	void *room = xmalloc(n ? n : 1);

	*vec_push(&s->types->rooms) = room;
	return room;
}

const char *name_keep(struct sources *s, const char *name)
{
	struct str text = {0};
	const char *kept;

	str_add_escaped(&text, name, strnlen(name, NAME_MAX_KEPT));
	kept = word_keep(s, str_get(&text));
	str_finish(&text);
	return kept;
}

/* ---- who runs what ---- */

u32 task_map(const struct sources *s, u32 task)
{
	return task < s->types->runs.n ? s->types->runs.at[task] : 0;
}

/* Tasks are numbered as they are born; a log that was made up may name any. */
static void task_set(struct sources *s, u32 task, u32 map)
{
	struct types *t = s->types;

	if (!task || task >= TASKS_MAX)
		return;
	while (t->runs.n <= task)
		*vec_push(&t->runs) = 0;
	t->runs.at[task] = map;
}

static struct program **program_slot(struct types *t, u32 map)
{
	u32 i = (map * 2654435761u) & (t->slots - 1);

	while (t->by_map[i] && t->by_map[i]->map != map)
		i = (i + 1) & (t->slots - 1);
	return &t->by_map[i];
}

struct program *program_get(struct sources *s, u32 map)
{
	struct types *t = s->types;
	struct program **slot = t->slots ? program_slot(t, map) : NULL;

	if (slot && *slot)
		return *slot;
	if (2 * (t->programs.n + 1) > t->slots) {
		free(t->by_map);
		t->slots = t->slots ? 2 * t->slots : 16;
		t->by_map = xmalloc(t->slots * sizeof *t->by_map);
		for (size_t i = 0; i < t->programs.n; i++)
			*program_slot(t, t->programs.at[i]->map) = t->programs.at[i];
		slot = NULL;
	}
	if (!slot)
		slot = program_slot(t, map);
	*slot = xmalloc(sizeof **slot);
	(*slot)->map = map;
	(*slot)->name = "";
	return *vec_push(&t->programs) = *slot;
}

void types_add(struct sources *s, const struct rec *r)
{
	switch (r->kind) {
	case REC_SPAWN: /* what the creator runs, until it calls execve */
		task_set(s, r->task, task_map(s, ((const struct ev_spawn *)rec_body(r))->creator));
		break;
	case REC_EXEC: task_set(s, r->task, 0); break; /* until its maps are noted */
	case REC_MAPS: {
		const struct note_maps *note = rec_body(r);
		program_get(s, note->map);
		task_set(s, r->task, note->map);
		break;
	}
	case REC_SITE: {
		const struct note_site *note = rec_body(r);
		if (note->map)
			task_set(s, r->task, note->map);
		break;
	}
	case REC_POINTER: {
		const struct note_pointer *note = rec_body(r);
		if (note->map)
			task_set(s, r->task, note->map);
		s->types->shared = true;
		*vec_push(&s->types->words) = (struct word_seen){*note, r->task, false};
		break;
	}
	case REC_SEGMENT:
	case REC_MEMORY: s->types->shared = true; break;
	case REC_TYPES: types_load(s, rec_body(r)); break;
	default: break;
	}
}

/* ---- a program and its debugging information ---- */

struct look {
	struct sources *s;
	struct program *program;
	bool first_seen;
};

static int look_module(Dwfl_Module *mod, void **user, const char *name, Dwarf_Addr start, void *arg)
{
	struct look *l = arg;
	Dwarf_Addr bias;
	GElf_Addr elf_bias;
	bool first = !l->first_seen;

	(void)user, (void)start;
	if (first) {
		const char *slash = strrchr(name, '/');
		l->first_seen = true;
		l->program->name = name_keep(l->s, slash ? slash + 1 : name);
		l->program->debug = dwfl_module_getelf(mod, &elf_bias) ? DEBUG_NONE : DEBUG_GONE;
	}
	if (module_is_system(name) || !dwfl_module_getdwarf(mod, &bias))
		return DWARF_CB_OK;
	l->program->debug = DEBUG_GOOD;
	return DWARF_CB_ABORT;
}

struct dies *program_dies(struct sources *s, struct program *p)
{
	const struct note_maps *maps = p->noted ? NULL : maps_find(s, p->map);
	struct look look = {.s = s, .program = p};
	struct dies **dies;
	Dwfl *dwfl;

	if (!maps || (p->looked && p->debug != DEBUG_GOOD))
		return NULL;
	dwfl = unwinder_modules(s->unwinder, maps, &dies);
	if (!p->looked) {
		p->looked = true;
		p->debug = DEBUG_GONE;
		if (dwfl)
			dwfl_getmodules(dwfl, look_module, &look, 0);
	}
	if (p->debug != DEBUG_GOOD || !dwfl)
		return NULL;
	if (!*dies)
		*dies = dies_create(s, dwfl);
	return *dies;
}

/* ---- pointers -> targets ---- */

struct finding {
	struct sources *s;
	struct program *program;
	u32 site, task;
};

static void target_add(void *arg, u64 value, const struct type *of, const char *name, bool own)
{
	struct finding *f = arg;

	*vec_push(&f->program->targets) = (struct target){
		.site = f->site,
		.task = f->task,
		.value = value,
		.type = of,
		.name = name_keep(f->s, name),
		.own = own,
	};
}

/* Noted before the picture of its process was: what that runs now. */
static u32 word_map(const struct sources *s, const struct word_seen *w)
{
	return w->note.map ? w->note.map : task_map(s, w->task);
}

static void word_look(struct sources *s, struct program *p, struct word_seen *w)
{
	struct dies *dies = w->looked ? NULL : program_dies(s, p);
	struct finding f = {s, p, 0, w->task};

	w->looked = true;
	if (dies)
		pointer_global(dies, w->note.at, w->note.value, target_add, &f);
}

static void site_look(struct sources *s, struct program *p, struct site *site)
{
	struct dies *dies = site->looked ? NULL : program_dies(s, p);
	struct finding f = {s, p, site->id, 0};
	const char *lost;

	site->looked = true;
	if (!dies || !site_note(site))
		return;
	pointer_locals(dies, site_note(site), &lost, target_add, &f);
	if (lost)
		*vec_push(&p->targets) =
			(struct target){.site = site->id, .name = name_keep(s, lost), .lost = true};
}

static u32 site_map(const struct site *site)
{
	return site && site_note(site) ? site->note->map : 0;
}

void program_complete(struct sources *s, struct program *p)
{
	for (size_t i = 0; i < s->types->words.n; i++)
		if (word_map(s, &s->types->words.at[i]) == p->map)
			word_look(s, p, &s->types->words.at[i]);
	for (size_t i = 0; i < s->order.n; i++) {
		struct site *site = site_find(s, s->order.at[i]);
		if (site_map(site) == p->map)
			site_look(s, p, site);
	}
}

/* ---- which of them tells the type of a mapping ---- */

struct question {
	u32 task, map; /* map 0: not known what the task runs */
	u64 addr, len;
	const u32 *sites;
	u32 sites_n;
	bool all_sites; /* of the task's program: those asked for told nothing */
	/* the answer so far */
	const struct target *best;
	u32 best_rank;
	const struct target
		*untyped; /* a pointer that leads there, to void or to a type not known */
	const char *lost; /* a pointer that the compiler kept nowhere */
	u32 lost_site;
};

static bool asks_site(const struct question *q, const struct program *p, u32 site)
{
	if (q->all_sites && q->map == p->map)
		return true;
	for (u32 i = 0; i < q->sites_n; i++)
		if (q->sites[i] == site)
			return true;
	return false;
}

/* Of more use is a structure than a number, that than a character; nothing is said by void. */
static u32 type_worth(const struct type *t)
{
	if (!t || !t->size)
		return t && t->fields_n ? 3 : 0;
	switch (t->kind) {
	case TYPE_STRUCT:
	case TYPE_UNION:
	case TYPE_ARRAY: return 3;
	case TYPE_UNKNOWN: return 0;
	case TYPE_CHAR: return 1;
	default: return 2;
	}
}

static void target_weigh(struct question *q, const struct target *t)
{
	u64 off = t->value - q->addr;
	u32 worth = type_worth(t->type), rank;

	if (t->lost) {
		q->lost = t->name;
		q->lost_site = t->site;
		return;
	}
	if (t->value < q->addr || off >= q->len)
		return;
	if (!worth) {
		if (!q->untyped || (t->type && !q->untyped->type))
			q->untyped = t;
		return;
	}
	rank = worth << 8 | (t->type->size <= q->len - off) << 7 | (off == 0) << 6 | t->own << 5;
	if (q->best && rank == q->best_rank)
		/* The larger: struct ring begins with its first item. Then: globals, this task's. */
		rank |= t->type->size > q->best->type->size ||
			(t->type->size == q->best->type->size &&
				(!t->site > !q->best->site ||
					(t->task == q->task && q->best->task != q->task)));
	if (q->best && rank <= q->best_rank)
		return;
	q->best = t;
	q->best_rank = rank & ~1u;
}

static void program_weigh(struct sources *s, struct question *q, struct program *p)
{
	bool globals = !q->map || q->map == p->map;

	for (size_t i = 0; globals && i < s->types->words.n; i++) {
		struct word_seen *w = &s->types->words.at[i];
		if (word_map(s, w) == p->map && w->note.value - q->addr < q->len)
			word_look(s, p, w);
	}
	for (u32 i = 0; i < q->sites_n; i++) {
		struct site *site = site_find(s, q->sites[i]);
		if (site && site_map(site) == p->map)
			site_look(s, p, site);
	}
	if (q->all_sites && q->map == p->map)
		program_complete(s, p);
	for (size_t i = 0; i < p->targets.n; i++) {
		const struct target *t = &p->targets.at[i];
		if (t->site ? asks_site(q, p, t->site) : globals)
			target_weigh(q, t);
	}
}

static bool program_is_asked(const struct sources *s, const struct question *q, u32 map)
{
	if (!q->map || q->map == map)
		return true;
	for (u32 i = 0; i < q->sites_n; i++)
		if (site_map(site_find(s, q->sites[i])) == map)
			return true;
	return false;
}

static void programs_weigh(struct sources *s, struct question *q)
{
	for (size_t i = 0; i < s->types->programs.n; i++)
		if (program_is_asked(s, q, s->types->programs.at[i]->map))
			program_weigh(s, q, s->types->programs.at[i]);
}

static void sentence_none(struct sources *s, const struct question *q, struct str *why)
{
	struct program *p = q->map ? program_get(s, q->map) : NULL;
	char at[256];

	if (p)
		program_dies(s, p);
	if (!p || !p->looked) {
		str_add(why, "it is not known which program that process runs");
	} else if (p->debug == DEBUG_GONE) {
		str_addf(why,
			"%s cannot be read: its C types are not known; build it again, or "
			"record it again",
			p->name);
	} else if (p->debug == DEBUG_NONE) {
		str_addf(why,
			"%s was built without debug information: compile it with -g (ipclab cc "
			"does)",
			p->name);
	} else if (q->untyped && q->untyped->type) {
		str_addf(why,
			"%s points there, but what %s holds is not known: compile the file that "
			"says so with -g, too",
			q->untyped->name, q->untyped->type->name);
	} else if (q->untyped) {
		str_addf(why,
			"%s points there, but to no C type: give it one, as in `struct ring *%s`",
			q->untyped->name, q->untyped->name);
	} else if (q->lost) {
		sources_at(s, q->lost_site, false, at, sizeof at);
		str_addf(why,
			"%s was compiled with optimisation: where %s is kept%s%s is not recorded; "
			"compile it with -O0 (ipclab cc does)",
			p->name, q->lost, *at ? " at " : "", at);
	} else {
		str_addf(why,
			"no pointer of %s that leads there was seen: neither a global variable nor "
			"a local of the calls known",
			p->name);
	}
}

/* ---- the type, as long as the mapping ---- */

const struct type *type_array(struct sources *s, const struct type *of, u64 count)
{
	struct type *t = sources_room(s, sizeof *t);
	const char *inner = of->kind == TYPE_ARRAY ? strchr(of->name, '[') : NULL;
	struct str name = {0};

	*t = (struct type){.kind = TYPE_ARRAY, .of = of, .count = count};
	if (__builtin_mul_overflow(of->size, count, &t->size))
		t->size = t->count = 0;
	str_add_bytes(&name, of->name, inner ? (size_t)(inner - of->name) : strlen(of->name));
	if (t->count)
		str_addf(&name, "[%llu]", (unsigned long long)t->count);
	else
		str_add(&name, "[]");
	if (inner)
		str_add(&name, inner);
	t->name = word_keep(s, str_get(&name));
	str_finish(&name);
	return t;
}

/* A structure whose last member is an array without a length. */
static bool ends_open(const struct type *t)
{
	const struct type_field *last = t->fields_n ? &t->fields[t->fields_n - 1] : NULL;

	return t->kind == TYPE_STRUCT && last && last->type->kind == TYPE_ARRAY &&
	       !last->type->count && last->type->of->size;
}

/* It gets as many elements as there is room for. */
static const struct type *fit_flexible(struct sources *s, const struct type *from, u64 room)
{
	const struct type_field *last = &from->fields[from->fields_n - 1];
	struct type_field *fields;
	struct type *t;
	u64 count = last->offset < room ? (room - last->offset) / last->type->of->size : 0;

	if (!count)
		return from;
	t = sources_room(s, sizeof *t);
	fields = sources_room(s, from->fields_n * sizeof *fields);
	memcpy(fields, from->fields, from->fields_n * sizeof *fields);
	fields[from->fields_n - 1].type = type_array(s, last->type->of, count);
	*t = *from;
	t->fields = fields;
	t->size = last->offset + count * last->type->of->size;
	return t;
}

/* Numbers and characters fill the mapping. Structures do when they begin it and fit it exactly; not
 * whole pages, which many sizes divide. */
static const struct type *fit_make(
	struct sources *s, const struct type *from, u64 room, bool begins)
{
	bool scalar = type_worth(from) < 3;
	u64 count = from->size ? room / from->size : 0;

	if (from->kind == TYPE_ARRAY && !from->count && from->of->size && room / from->of->size)
		return type_array(s, from->of, room / from->of->size);
	if (ends_open(from))
		return fit_flexible(s, from, room);
	if (count >= 2 && from->kind != TYPE_ARRAY &&
		(scalar || (begins && room % PAGE && room % from->size == 0)))
		return type_array(s, from, count);
	return from;
}

static const struct type *type_fit(struct sources *s, const struct type *from, u64 len, u64 offset)
{
	struct types *t = s->types;
	const struct type *made;

	for (size_t i = 0; i < t->fitted.n; i++)
		if (t->fitted.at[i].from == from && t->fitted.at[i].len == len &&
			t->fitted.at[i].offset == offset)
			return t->fitted.at[i].type;
	made = fit_make(s, from, len - offset, offset == 0);
	*vec_push(&t->fitted) = (struct fitted){from, made, len, offset};
	return made;
}

/* ---- what lib.h promises ---- */

const struct type *sources_mapping_type(struct sources *s, u32 task, u64 addr, u64 len,
	const u32 *sites, u32 sites_n, u64 *offset, struct str *why)
{
	struct question q = {.task = task,
		.map = task_map(s, task),
		.addr = addr,
		.len = len,
		.sites = sites,
		.sites_n = sites_n};

	*offset = 0;
	programs_weigh(s, &q);
	if (!q.best && q.map) {
		q.all_sites = true;
		q.untyped = NULL; /* its place may move */
		programs_weigh(s, &q);
	}
	if (!q.best) {
		if (why)
			sentence_none(s, &q, why);
		return NULL;
	}
	*offset = q.best->value - addr;
	return type_fit(s, q.best->type, len, *offset);
}

static const struct type *program_named(struct sources *s, struct program *p, const char *name)
{
	struct dies *dies = program_dies(s, p);

	if (dies)
		return dies_named(dies, name);
	for (size_t i = 0; i < p->types.n; i++)
		if (!strcmp(p->types.at[i]->name, name))
			return p->types.at[i];
	return NULL;
}

const struct type *sources_type(struct sources *s, u32 task, const char *name)
{
	u32 map = task_map(s, task);
	const struct type *t = NULL;

	if (map)
		return program_named(s, program_get(s, map), name);
	for (size_t i = s->types->programs.n; i > 0 && !t; i--)
		t = program_named(s, s->types->programs.at[i - 1], name);
	return t;
}

bool types_write_all(struct sources *s, struct log *log, struct err *e)
{
	struct types *t = s->types;

	for (size_t i = 0; t->shared && i < t->programs.n; i++) {
		struct program *p = t->programs.at[i];
		if (p->noted || p->written || !maps_find(s, p->map))
			continue;
		if (program_dies(s, p))
			program_complete(s, p);
		if (!types_write(p, log, e))
			return false;
	}
	return true;
}
