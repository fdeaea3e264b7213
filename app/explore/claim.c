/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * --invariant: what must hold after every step.
 *
 *     claim = part { "or" part }       part = term { "and" term }       term = "not" term | "(" claim ")" | sum CMP sum
 *     sum   = value { ("+" | "-") value }                               value = 42 | count | buffer[2].id | shm2.in
 *
 * The part of app/guide/cond.c's language that is about shared memory; "(" opens a claim, never a sum. The rest of
 * it (who is blocked, what came back) would need the world folded at every step, a hundred times as slow.
 * Names are fields by the C type of the memory, shm1's where none is said. They are looked up once, in a run
 * of the program in the stage's engine, and from then on are a mapping (the n-th that was made) and an offset.
 */
#include <ctype.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "explore/private.h"
#include "session/lib.h"
#include "view/lib.h"
#include "view/memory.h"

enum { NODES_MAX = 64, LOOK_STEPS = 3000, LOOK_EVERY = 4 };
enum kind { IS_OR, IS_AND, IS_NOT, IS_COMPARED, IS_SUM, IS_DIFFERENCE, IS_NUMBER, IS_FIELD };
enum compare { CMP_EQ, CMP_NE, CMP_LT, CMP_LE, CMP_GT, CMP_GE };

struct node {
	enum kind kind;
	enum compare compare;
	u32 left, right;
	i64 number;
	u32 column;
	/* IS_FIELD */
	char path[96];
	u32 segment; /* n of shmN */
	bool found, is_signed;
	u64 offset;
	u32 size;
};

struct claim {
	struct node node[NODES_MAX];
	u32 n, root;
	bool found; /* all its names */
	struct err err;
};

/* ---- from text ---- */

struct parsing {
	struct claim *claim;
	const char *text, *at;
	struct err *err;
	bool failed;
};

static u32 fail(struct parsing *p, const char *what)
{
	if (!p->failed)
		err_set(p->err, EXIT_USAGE, "--invariant, column %zu: %s",
			(size_t)(p->at - p->text) + 1, what);
	p->failed = true;
	return 0;
}

static u32 add(struct parsing *p, struct node n)
{
	if (p->claim->n == NODES_MAX)
		return fail(p, "it is too long");
	p->claim->node[p->claim->n] = n;
	return p->claim->n++;
}

static void skip_blanks(struct parsing *p)
{
	while (*p->at == ' ' || *p->at == '\t')
		p->at++;
}

static bool is_in_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static bool take_word(struct parsing *p, const char *word)
{
	size_t n = strlen(word);

	skip_blanks(p);
	if (strncmp(p->at, word, n) != 0 || is_in_word(p->at[n]))
		return false;
	p->at += n;
	return true;
}

static bool take_sign(struct parsing *p, const char *sign)
{
	skip_blanks(p);
	if (strncmp(p->at, sign, strlen(sign)) != 0)
		return false;
	p->at += strlen(sign);
	return true;
}

static u32 parse_value(struct parsing *p)
{
	struct node n = {.kind = IS_NUMBER, .segment = 1};
	size_t len = 0;
	char *end;

	skip_blanks(p);
	n.column = (u32)(p->at - p->text) + 1;
	if (isdigit((unsigned char)*p->at) || (*p->at == '-' && isdigit((unsigned char)p->at[1]))) {
		n.number = strtoll(p->at, &end, 0);
		p->at = end;
		return add(p, n);
	}
	if (!isalpha((unsigned char)*p->at) && *p->at != '_')
		return fail(p, "a number or the name of a field in shared memory must stand here");
	if (strncmp(p->at, "shm", 3) == 0 && isdigit((unsigned char)p->at[3])) {
		n.segment = (u32)strtoul(p->at + 3, &end, 10);
		if (*end != '.')
			return fail(p, "a field of it must follow: shm1.count");
		p->at = end + 1;
	}
	n.kind = IS_FIELD;
	while (is_in_word(p->at[len]) || strchr(".[]", p->at[len] ? p->at[len] : ' '))
		len++;
	if (!len || len >= sizeof n.path)
		return fail(p, "this is no name of a field");
	memcpy(n.path, p->at, len);
	p->at += len;
	return add(p, n);
}

static u32 parse_sum(struct parsing *p)
{
	u32 left = parse_value(p);

	while (!p->failed) {
		bool minus = take_sign(p, "-");

		if (!minus && !take_sign(p, "+"))
			return left;
		left = add(p, (struct node){.kind = minus ? IS_DIFFERENCE : IS_SUM,
				      .left = left,
				      .right = parse_value(p)});
	}
	return 0;
}

static u32 parse_or(struct parsing *p);

static u32 parse_compared(struct parsing *p)
{
	static const struct {
		const char *sign;
		enum compare compare;
	} signs[] = {{"==", CMP_EQ}, {"!=", CMP_NE}, {"<=", CMP_LE}, {">=", CMP_GE}, {"=", CMP_EQ},
		{"<", CMP_LT}, {">", CMP_GT}};
	u32 left = parse_sum(p);

	for (size_t i = 0; i < ARRAY_LEN(signs) && !p->failed; i++)
		if (take_sign(p, signs[i].sign)) {
			u32 right = parse_sum(p);

			return add(p, (struct node){.kind = IS_COMPARED,
					      .compare = signs[i].compare,
					      .left = left,
					      .right = right});
		}
	return fail(p, "one of = != < <= > >= must stand here");
}

static u32 parse_term(struct parsing *p)
{
	u32 n;

	if (take_word(p, "not"))
		return add(p, (struct node){.kind = IS_NOT, .left = parse_term(p)});
	if (!take_sign(p, "("))
		return parse_compared(p);
	n = parse_or(p);
	return take_sign(p, ")") ? n : fail(p, "a ')' must stand here");
}

static u32 parse_many(
	struct parsing *p, const char *word, enum kind kind, u32 (*part)(struct parsing *))
{
	u32 left = part(p);

	while (!p->failed && take_word(p, word))
		left = add(p, (struct node){.kind = kind, .left = left, .right = part(p)});
	return left;
}

static u32 parse_and(struct parsing *p)
{
	return parse_many(p, "and", IS_AND, parse_term);
}
static u32 parse_or(struct parsing *p)
{
	return parse_many(p, "or", IS_OR, parse_and);
}

static bool parse(struct claim *c, const char *text, struct err *err)
{
	struct parsing p = {.claim = c, .text = text, .at = text, .err = err};

	c->root = parse_or(&p);
	skip_blanks(&p);
	if (!p.failed && *p.at)
		fail(&p, "'and', 'or' or the end must stand here");
	return !p.failed;
}

/* ---- names to places ---- */

static u32 segment_named(const struct world *w, u32 n)
{
	for (u32 i = 1; i < world_segments(w); i++)
		if (world_segment(w, i) && world_segment(w, i)->name == n)
			return i;
	return 0;
}

static void say_fields(const struct type *t, struct str *out)
{
	str_addf(out, "; %s has", t->name && t->name[0] ? t->name : "it");
	for (u32 i = 0; i < t->fields_n && i < 12; i++)
		str_addf(out, "%s %s", i ? "," : "", t->fields[i].name);
}

/* False: there can be no such field. *all: nothing is left to be looked for. */
static bool find_fields(
	struct claim *c, const struct scene *scene, bool *all, struct str *why, struct err *err)
{
	*all = true;
	for (u32 i = 0; i < c->n; i++) {
		struct node *n = &c->node[i];
		const struct type *type, *leaf = NULL;
		u64 base = 0, off = 0;
		u32 segment;

		if (n->kind != IS_FIELD || n->found)
			continue;
		segment = segment_named(scene->world, n->segment);
		str_clear(why);
		type = segment ? segment_type(scene, segment, &base, why) : NULL;
		if (!type) {
			*all = false;
			continue;
		}
		if (!type_find(type, n->path, &off, &leaf) || !leaf || leaf->size > 8) {
			str_clear(why);
			if (type->fields_n)
				say_fields(type, why);
			return err_set(err, EXIT_USAGE,
				"--invariant, column %u: shm%u has no field '%s' that is a "
				"number%s",
				n->column, n->segment, n->path, str_get(why));
		}
		n->found = true;
		n->offset = base + off;
		n->size = (u32)leaf->size;
		n->is_signed = leaf->kind == TYPE_SIGNED ||
			       (leaf->kind == TYPE_CHAR && !leaf->is_unsigned);
	}
	return true;
}

static bool move(struct session *s, u32 *last)
{
	struct choice c = schedule_free(timeline_now(session_timeline(s)), *last);
	struct err ignored = {0};

	*last = c.task;
	if (c.kind == CHOICE_NONE)
		return false;
	return c.kind == CHOICE_TIME ? session_pass(s, c.task, &ignored)
				     : session_step(s, c.task, &ignored);
}

static bool look_up(struct claim *c, const struct explore_options *o, struct err *err)
{
	struct session_live live = {
		.run = {.tracer = {.held = true,
				.contents = true,
				.terminals = true,
				.sites = true,
				.threads = o->threads},
			.pin = true},
		.launch = {.argv = o->argv, .envp = o->envp, .cwd = o->cwd, .fds = {-1, -1, -1}},
		.terminal = true,
		.alone = true,
		.title = o->argv[0],
	};
	struct session *s = session_start(&live, err);
	struct scene scene = {.style = STYLE_SHORT, .typed = typed_create()};
	struct str why = {0};
	bool all = false, ok = s != NULL;
	u32 last = 0;

	for (u32 i = 0; ok && !all && i < LOOK_STEPS; i++) {
		bool moves = move(s, &last);

		if (moves && i % LOOK_EVERY)
			continue;
		scene.world = timeline_now(session_timeline(s));
		scene.sources = session_sources(s);
		scene.log = timeline_reader(session_timeline(s));
		ok = find_fields(c, &scene, &all, &why, err);
		if (!moves)
			break;
	}
	if (ok && !all) {
		for (u32 i = 0; i < c->n; i++)
			if (c->node[i].kind == IS_FIELD && !c->node[i].found && !err->code)
				err_set(err, EXIT_USAGE,
					"--invariant, column %u: '%s' is not found: %s",
					c->node[i].column, c->node[i].path,
					why.len ? why.s
						: "no such segment of shared memory was made");
		ok = false;
	}
	str_finish(&why);
	typed_destroy(scene.typed);
	if (s)
		apart_remove(timeline_now(session_timeline(s)), o->cwd);
	session_end(s);
	return ok;
}

struct looking_up {
	struct claim *claim;
	const struct explore_options *opt;
};

static void look_up_apart(void *arg)
{
	struct looking_up *l = arg;

	l->claim->found = look_up(l->claim, l->opt, &l->claim->err);
}

/* In memory that the process which looks the names up shares with us. */
struct claim *claim_create(const struct explore_options *o, struct err *err)
{
	struct claim *c =
		mmap(NULL, sizeof *c, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct looking_up l = {c, o};

	if (c == MAP_FAILED) {
		err_sys(err, EXIT_MACHINE, "no memory for what is claimed");
		return NULL;
	}
	c->n = 1; /* 0: none */
	if (parse(c, o->invariant, err)) {
		if (apart_do(look_up_apart, &l) && c->found)
			return c;
		*err = c->err;
		if (!err->code)
			err_set(err, EXIT_OURS, "the names of --invariant could not be looked up");
	}
	claim_destroy(c);
	return NULL;
}

void claim_destroy(struct claim *c)
{
	if (c)
		munmap(c, sizeof *c);
}

/* ---- does it hold? ---- */

/* Key of the n-th segment, in the order in which they were mapped first. */
static const struct mapped_at *segment_place(const struct exec *x, u32 nth)
{
	u32 n = 0;

	for (size_t i = 0; i < x->places.n; i++) {
		bool known = x->places.at[i].hidden;

		for (size_t j = 0; j < i && !known; j++)
			known = x->places.at[j].key == x->places.at[i].key;
		if (!known && ++n == nth)
			return &x->places.at[i];
	}
	return NULL;
}

/* Is that space, or one it was copied from, the one the mapping was made in? */
static bool has(const struct exec *x, u64 space, const struct mapped_at *p)
{
	size_t at = (size_t)(p - x->places.at), n = x->places.n;

	for (;;) {
		if (space == p->space)
			return at < n;
		if (!x->spaces.at[space].parent)
			return false;
		n = x->spaces.at[space].places;
		space = x->spaces.at[space].parent - 1;
	}
}

static i64 as_number(const struct node *n, u64 bits)
{
	unsigned unused = n->is_signed && n->size < 8 ? 64 - 8 * n->size : 0;

	return (i64)(bits << unused) >> unused;
}

static bool read_field(const void *exec, const struct node *n, i64 *value)
{
	const struct exec *x = exec;
	const struct mapped_at *p = segment_place(x, n->segment);
	u64 bits = 0;

	for (u32 t = 0; p && t < x->tasks; t++) {
		if (x->task[t].standing == X_GONE || !has(x, x->task[t].space, p) ||
			!lean_peek(x->task[t].tid, p->addr + n->offset, &bits, n->size))
			continue;
		*value = as_number(n, bits);
		return true;
	}
	return false;
}

static bool read_field_of_world(const void *world, const struct node *n, i64 *value)
{
	u32 segment = segment_named(world, n->segment);
	u64 bits = 0;
	u8 known[8] = {0};

	if (!segment)
		return false;
	world_memory(world, segment, n->offset, &bits, known, n->size);
	for (u32 i = 0; i < n->size; i++)
		if (!known[i])
			return false;
	*value = as_number(n, bits);
	return true;
}

struct reading {
	bool (*read)(const void *from, const struct node *, i64 *);
	const void *from;
};

/* False: something is not there yet, or no more: then the claim says nothing. */
static bool number_of(const struct claim *c, const struct reading *x, u32 i, i64 *v)
{
	const struct node *n = &c->node[i];
	i64 a, b;

	if (n->kind == IS_NUMBER) {
		*v = n->number;
		return true;
	}
	if (n->kind == IS_FIELD)
		return x->read(x->from, n, v);
	if (!number_of(c, x, n->left, &a) || !number_of(c, x, n->right, &b))
		return false;
	*v = n->kind == IS_SUM ? (i64)((u64)a + (u64)b) : (i64)((u64)a - (u64)b);
	return true;
}

static bool holds(const struct claim *c, const struct reading *x, u32 i, bool *known)
{
	const struct node *n = &c->node[i];
	i64 a, b;

	switch (n->kind) {
	case IS_OR: return holds(c, x, n->left, known) || holds(c, x, n->right, known);
	case IS_AND: return holds(c, x, n->left, known) && holds(c, x, n->right, known);
	case IS_NOT: return !holds(c, x, n->left, known);
	default: break;
	}
	if (!number_of(c, x, n->left, &a) || !number_of(c, x, n->right, &b)) {
		*known = false;
		return true;
	}
	switch (n->compare) {
	case CMP_EQ: return a == b;
	case CMP_NE: return a != b;
	case CMP_LT: return a < b;
	case CMP_LE: return a <= b;
	case CMP_GT: return a > b;
	default: return a >= b;
	}
}

bool claim_holds(const struct claim *c, const struct exec *x)
{
	struct reading reading = {read_field, x};
	bool known = true, yes = holds(c, &reading, c->root, &known);

	return yes || !known;
}

bool explore_claim_holds(struct session *s, const char *text)
{
	struct claim *c = xmalloc(sizeof *c);
	struct scene scene = {.style = STYLE_SHORT, .typed = typed_create()};
	struct reading reading = {read_field_of_world, timeline_now(session_timeline(s))};
	struct str why = {0};
	struct err ignored = {0};
	bool known = true, all = false, yes;

	scene.world = reading.from;
	scene.sources = session_sources(s);
	scene.log = timeline_reader(session_timeline(s));
	c->n = 1;
	known = parse(c, text, &ignored) && find_fields(c, &scene, &all, &why, &ignored) && all;
	yes = !known || holds(c, &reading, c->root, &known);
	str_finish(&why);
	typed_destroy(scene.typed);
	free(c);
	return yes || !known;
}
