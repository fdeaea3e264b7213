/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Conditions, from text.
 *
 *     condition = part { "or" part }          part = term { "and" term }
 *     term      = "not" term | "(" condition ")" | fact
 *
 * Facts of a process (P1, P2; P2.1 for a thread). "Returned", "failed", "said" and "calls" look at what
 * happened since the question was asked, or, outside of a question, since the step began; the rest
 * looks at the world as it stands.
 *     P2 returned read 0        a read of P2's came back with 0; `returned read > 0`; `returned read`: not failed
 *     P2 failed read EBADF      a read of P2's came back with that error; `failed read`: with any
 *     P2 said "text"            P2 wrote that text to its fd 1 or 2
 *     P2 blocked read pipe1     asleep in it now; `blocked read`, `blocked` leave more open
 *     P1 poised write           held just before it; `poised` before anything
 *     P1 gone | alive | running; P1 exited 0 (or just `exited`); P1 killed SIGPIPE (or just `killed`)
 *     P2 stuck                  blocked, and nobody is left who could wake it
 *     P2 spinning               re-reads memory that does not change
 *     P1 poised store shm1.in   held just before it, at that place or a part of it
 *     P1 blocked sem_wait sem1  (likewise mutex1, cond1, barrier1, rwlock1, spin1)
 *     conflict P1 P2            both are held before an access to one place, and one of them writes
 * Facts of a mutex: mutex1 owner P1 | mutex1 owner nobody
 * Facts of a pipe.
 *     pipe1 holds 5 | holds > 0   bytes          pipe1 full      no page slot is free
 *     pipe1 empty                                writers pipe1 P1 P2 | writers pipe1 nobody: exactly these
 *                                                hold a descriptor that can write; likewise `readers`
 * Comparisons of numbers: = != < <= > >=, over
 *     42   a + b   a - b   pipe1.capacity .slots (that there are) .used (of them) .bytes .room (free bytes)
 *     .writers .readers (processes)
 *     calls P1 write       how many writes of P1's came back without error
 *     result P2 read       what P2's last read gave
 *     status P1            its exit status
 *     calls P1 system      how many calls of the kernel P1 made: loads, stores and calls of the C library are none
 *     shm1.in  shm1.buffer[2].value   a field, by the C type of the memory; shm1.size: its bytes
 *     P1 saw shm1.in       what P1 last saw there
 *     sem1.value
 * The result of a load, store or update is the value that was there afterwards: `result P1 load`.
 * A call is named as in the man page: fork, wait and exit stand for every call they are made of;
 * read, write, poll and select likewise for their relatives.
 * `printed P1` (columns of an experiment only): the last line P1 wrote to fd 1 or 2.
 */
#include "guide/private.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

struct parser {
	const char *file;
	struct guide_mark at;
	const char *text;
	struct err *err;
	struct cond *cond;
	u32 pos, end; /* the token: text[pos..end) */
	u32 before;   /* end of the token before it */
	char kind;    /* 'w' word, 'n' number, 's' string, 0 the end, else the sign itself */
	unsigned depth;
};

static bool fail(struct parser *p, const char *fmt, ...) PRINTF_LIKE(2, 3);
static bool fail(struct parser *p, const char *fmt, ...)
{
	struct guide_mark m = {p->at.line, p->at.column + p->pos};
	struct str s = {0};
	va_list ap;

	va_start(ap, fmt);
	str_vaddf(&s, fmt, ap);
	va_end(ap);
	guide_error(p->err, p->file, m, "%s", str_get(&s));
	str_finish(&s);
	return false;
}

/* ---- tokens ---- */
static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* "[12]": its length, else 0. */
static u32 index_n(const char *t)
{
	u32 n = t[0] == '[' ? 1 + (u32)strspn(t + 1, "0123456789") : 0;

	return n > 1 && n < 10 && t[n] == ']' ? n + 1 : 0;
}

static bool advance(struct parser *p)
{
	const char *t = p->text;
	u32 i = p->end;

	p->before = p->end;
	while (t[i] == ' ' || t[i] == '\t')
		i++;
	p->pos = i;
	if (!t[i]) {
		p->kind = 0;
	} else if (isdigit((unsigned char)t[i])) {
		while (isdigit((unsigned char)t[i]))
			i++;
		p->kind = 'n';
		if (is_word(t[i]))
			return fail(p, "a number ends in '%c'", t[i]);
	} else if (is_word(t[i])) {
		while (is_word(t[i]) || (t[i] == '.' && is_word(t[i + 1])) || index_n(t + i))
			i += t[i] == '[' ? index_n(t + i) : 1;
		p->kind = 'w';
	} else if (t[i] == '"') {
		do {
			i++;
		} while (t[i] && t[i] != '"');
		if (!t[i])
			return fail(p, "the quoted text does not end");
		i++;
		p->kind = 's';
	} else if (strchr("()=+-", t[i])) {
		p->kind = t[i++];
	} else if (strchr("!<>", t[i])) {
		p->kind = t[i++];
		if (t[i] == '=') {
			p->kind = p->kind == '!' ? '#' : p->kind == '<' ? 'l' : 'g';
			i++;
		}
		if (p->kind == '!')
			return fail(p, "'!' stands alone; not equal is !=, the opposite is `not`");
	} else {
		return fail(p, "'%c' does not belong in a condition",
			isprint((unsigned char)t[i]) ? t[i] : '?');
	}
	p->end = i;
	return true;
}

static bool is(const struct parser *p, const char *word)
{
	return p->kind == 'w' && p->end - p->pos == strlen(word) &&
	       !memcmp(p->text + p->pos, word, p->end - p->pos);
}

/* The token as a C string, cut to fit. */
static const char *word(const struct parser *p, char *buf, size_t n)
{
	size_t len = p->end - p->pos;

	if (len >= n)
		len = n - 1;
	memcpy(buf, p->text + p->pos, len);
	buf[len] = '\0';
	return buf;
}

static const char *shown(const struct parser *p, char *buf, size_t n)
{
	return p->kind ? word(p, buf, n) : "the end";
}

/* ---- nodes ---- */
const struct node *cond_node(const struct cond *c, u32 n)
{
	return &c->nodes.at[n];
}

static u32 add(struct parser *p, struct node n, u32 from)
{
	if (p->cond->nodes.n >= COND_NODES_MAX) {
		fail(p, "the condition is too long");
		free(n.text);
		return 0;
	}
	n.from = from;
	n.to = p->before;
	*vec_push(&p->cond->nodes) = n;
	return (u32)p->cond->nodes.n - 1;
}

static u32 parse_or(struct parser *);
static u32 parse_sum(struct parser *);

static bool take_number(struct parser *p, i64 *value)
{
	char buf[24];

	if (p->kind != 'n' || p->end - p->pos > 15)
		return fail(p, "a number is missing or too large");
	*value = strtoll(word(p, buf, sizeof buf), NULL, 10);
	return advance(p);
}

static bool take_actor(struct parser *p, u32 *actor)
{
	char buf[40];

	if (p->kind != 'w' || !actor_parse(p->text + p->pos, p->end - p->pos, actor))
		return fail(p, "a process is wanted (P1), not '%s'", shown(p, buf, sizeof buf));
	return advance(p);
}

static bool take_pipe(struct parser *p, u32 *pipe)
{
	char buf[40];

	if (p->kind != 'w' || !pipe_parse(p->text + p->pos, p->end - p->pos, pipe))
		return fail(p, "a pipe is wanted (pipe1), not '%s'", shown(p, buf, sizeof buf));
	return advance(p);
}

static bool take_call(struct parser *p, struct call_set *calls)
{
	char buf[40];

	if (p->kind != 'w' || !calls_by_name(word(p, buf, sizeof buf), calls))
		return fail(p, "a call is wanted (read, write, close, ...), not '%s'",
			shown(p, buf, sizeof buf));
	return advance(p);
}

static bool take_compare(struct parser *p, enum compare *cmp)
{
	switch (p->kind) {
	case '=': *cmp = CMP_EQ; break;
	case '#': *cmp = CMP_NE; break;
	case '<': *cmp = CMP_LT; break;
	case 'l': *cmp = CMP_LE; break;
	case '>': *cmp = CMP_GT; break;
	case 'g': *cmp = CMP_GE; break;
	default: return fail(p, "a comparison is wanted: = != < <= > >=");
	}
	return advance(p);
}

static bool compares(const struct parser *p)
{
	return p->kind && strchr("=#<l>g", p->kind);
}

/* The word is an object of that kind: "shm1.in" for segment_parse. */
static size_t names_object(const struct parser *p, size_t (*parse)(const char *, size_t))
{
	return p->kind == 'w' ? parse(p->text + p->pos, p->end - p->pos) : 0;
}

/* "shm1", "shm1.in", "shm1[2]", "sem1": the object, and the field behind it. */
static bool take_object_name(struct parser *p, struct node *n, size_t length)
{
	const char *rest = p->text + p->pos + length;
	size_t rest_n = p->end - p->pos - length;

	memcpy(n->object, p->text + p->pos, length);
	if (rest_n && *rest == '.') {
		rest++;
		rest_n--;
	}
	if (rest_n)
		n->text = strndup(rest, rest_n);
	return advance(p);
}

static bool take_segment(struct parser *p, struct node *n)
{
	size_t length = names_object(p, segment_parse);
	char buf[40];

	if (!length)
		return fail(p, "shared memory is wanted (shm1, shm1.in), not '%s'",
			shown(p, buf, sizeof buf));
	return take_object_name(p, n, length);
}

/* "P1 saw ..." */
static bool begins_saw(const struct parser *p)
{
	const char *next = p->text + p->end + strspn(p->text + p->end, " \t");
	u32 actor;

	return p->kind == 'w' && actor_parse(p->text + p->pos, p->end - p->pos, &actor) &&
	       strncmp(next, "saw", 3) == 0 && !is_word(next[3]);
}

static bool begins_value(const struct parser *p)
{
	u32 pipe;
	const char *dot;

	if (p->kind == 'n' || p->kind == '-' || is(p, "calls") || is(p, "result") ||
		is(p, "status"))
		return true;
	if (p->kind != 'w')
		return false;
	dot = memchr(p->text + p->pos, '.', p->end - p->pos);
	if (begins_saw(p) || names_object(p, segment_parse) || (dot && names_object(p, sync_parse)))
		return true;
	return dot && pipe_parse(p->text + p->pos, (size_t)(dot - p->text) - p->pos, &pipe);
}

/* [cmp] value, when there is one. */
static bool take_wanted(struct parser *p, struct node *n)
{
	n->cmp = CMP_EQ;
	if (!compares(p) && !begins_value(p))
		return true;
	if (compares(p) && !take_compare(p, &n->cmp))
		return false;
	n->right = parse_sum(p);
	return n->right != 0;
}

static bool take_name_or_any(struct parser *p, struct node *n, int (*by_name)(const char *),
	const char *what, const char *prefix)
{
	char buf[40];

	if (p->kind != 'w' || strncmp(p->text + p->pos, prefix, strlen(prefix)) != 0)
		return true;
	n->number = by_name(word(p, buf, sizeof buf));
	if (!n->number)
		return fail(p, "there is no %s %s", what, buf);
	return advance(p);
}

/* blocked, poised: in or before any call, a call, a call on a pipe. */
static bool take_where(struct parser *p, struct node *n)
{
	u32 pipe;

	if (p->kind != 'w' || is(p, "and") || is(p, "or"))
		return true;
	if (!take_call(p, &n->calls))
		return false;
	if (n->kind == NODE_BLOCKED && p->kind == 'w' &&
		pipe_parse(p->text + p->pos, p->end - p->pos, &pipe))
		return take_pipe(p, &n->pipe);
	if (names_object(p, segment_parse))
		return take_segment(p, n);
	if (names_object(p, sync_parse) == p->end - p->pos)
		return take_object_name(p, n, p->end - p->pos);
	return true;
}

static bool take_quoted(struct parser *p, struct node *n)
{
	if (p->kind != 's')
		return fail(p, "said what? The text is wanted in \"quotes\"");
	n->text = strndup(p->text + p->pos + 1, p->end - p->pos - 2);
	return advance(p);
}

/* What may follow the verb. */
static bool take_object(struct parser *p, struct node *n)
{
	switch (n->kind) {
	case NODE_RETURNED: return take_call(p, &n->calls) && take_wanted(p, n);
	case NODE_FAILED:
		return take_call(p, &n->calls) &&
		       take_name_or_any(p, n, errno_by_name, "error", "E");
	case NODE_BLOCKED:
	case NODE_POISED: return take_where(p, n);
	case NODE_EXITED: n->number = -1; return p->kind != 'n' || take_number(p, &n->number);
	case NODE_KILLED: return take_name_or_any(p, n, signal_by_name, "signal", "SIG");
	case NODE_SAID: return take_quoted(p, n);
	default: return true;
	}
}

static bool actor_fact(struct parser *p, struct node *n)
{
	/* clang-format off */
	static const struct {
		const char *word;
		enum node_kind kind;
	} facts[] = {
		{"returned", NODE_RETURNED}, {"failed", NODE_FAILED}, {"blocked", NODE_BLOCKED},
		{"poised", NODE_POISED}, {"running", NODE_RUNNING}, {"gone", NODE_GONE},
		{"alive", NODE_ALIVE}, {"stuck", NODE_STUCK}, {"exited", NODE_EXITED},
		{"killed", NODE_KILLED}, {"said", NODE_SAID}, {"spinning", NODE_SPINNING},
	};
	/* clang-format on */
	char buf[40];
	size_t i = 0;

	while (i < ARRAY_LEN(facts) && !is(p, facts[i].word))
		i++;
	if (i == ARRAY_LEN(facts))
		return fail(p,
			"'%s' is nothing a process does: returned, failed, blocked, poised, "
			"running, spinning, gone, alive, stuck, exited, killed, said, saw",
			shown(p, buf, sizeof buf));
	n->kind = facts[i].kind;
	return advance(p) && take_object(p, n);
}

static bool pipe_fact(struct parser *p, struct node *n)
{
	char buf[40];

	if (is(p, "full") || is(p, "empty")) {
		n->kind = is(p, "full") ? NODE_FULL : NODE_EMPTY;
		return advance(p);
	}
	if (!is(p, "holds"))
		return fail(p, "'%s' is nothing a pipe does: holds, full, empty",
			shown(p, buf, sizeof buf));
	n->kind = NODE_HOLDS;
	if (!advance(p) || !take_wanted(p, n))
		return false;
	return n->right || fail(p, "holds how many bytes?");
}

static bool holders_fact(struct parser *p, struct node *n)
{
	n->kind = NODE_HOLDERS;
	n->access = is(p, "writers") ? ACCESS_WRITE : ACCESS_READ;
	if (!advance(p) || !take_pipe(p, &n->pipe))
		return false;
	if (is(p, "nobody"))
		return advance(p);
	do {
		if (n->names_n == ARRAY_LEN(n->names))
			return fail(p, "too many processes");
		if (!take_actor(p, &n->names[n->names_n++]))
			return false;
	} while (p->kind == 'w' && !is(p, "and") && !is(p, "or"));
	return true;
}

/* mutex1 owner P1 */
static bool owner_fact(struct parser *p, struct node *n)
{
	char buf[40];

	n->kind = NODE_OWNER;
	if (!take_object_name(p, n, p->end - p->pos))
		return false;
	if (!is(p, "owner"))
		return fail(p, "'%s' is nothing to be said of %s: owner P1, owner nobody",
			shown(p, buf, sizeof buf), n->object);
	if (!advance(p))
		return false;
	if (is(p, "nobody"))
		return advance(p);
	n->names_n = 1;
	return take_actor(p, &n->names[0]);
}

static bool conflict_fact(struct parser *p, struct node *n)
{
	n->kind = NODE_CONFLICT;
	n->names_n = 2;
	return advance(p) && take_actor(p, &n->names[0]) && take_actor(p, &n->names[1]);
}

/* Numbers of shared memory and of what guards it: shm1.in, shm1.size, sem1.value, P1 saw shm1.in. */
static u32 memory_value(struct parser *p)
{
	struct node n = {.kind = NODE_FIELD};
	u32 from = p->pos;
	bool ok;

	if (begins_saw(p)) {
		n.kind = NODE_SAW;
		ok = take_actor(p, &n.actor) && advance(p) && take_segment(p, &n);
	} else if (names_object(p, segment_parse)) {
		ok = take_segment(p, &n);
	} else {
		n.kind = NODE_SYNC_VALUE;
		ok = take_object_name(p, &n, names_object(p, sync_parse));
	}
	if (ok && n.kind == NODE_FIELD && n.text && strcmp(n.text, "size") == 0)
		n.kind = NODE_SEGMENT_SIZE;
	if (ok && (!n.text || (n.kind == NODE_SYNC_VALUE && strcmp(n.text, "value") != 0)))
		ok = fail(p, "a field is wanted: %s", n.kind == NODE_SYNC_VALUE ? "sem1.value"
										: "shm1.in, shm1.size");
	if (ok)
		return add(p, n, from);
	free(n.text);
	return 0;
}

/* calls P1 write, calls P1 system, result P1 read */
static u32 calls_value(struct parser *p)
{
	struct node n = {.kind = is(p, "calls") ? NODE_CALLS : NODE_RESULT};
	u32 from = p->pos;

	if (!advance(p) || !take_actor(p, &n.actor))
		return 0;
	if (n.kind == NODE_CALLS && is(p, "system"))
		return n.kind = NODE_SYSTEM, advance(p) ? add(p, n, from) : 0;
	return take_call(p, &n.calls) ? add(p, n, from) : 0;
}

/* A number: literal, pipe1.capacity, calls P1 write, ... */
static u32 parse_value(struct parser *p)
{
	static const struct {
		const char *word;
		enum node_kind kind;
	} attributes[] = {
		{"capacity", NODE_CAPACITY},
		{"slots", NODE_SLOTS},
		{"used", NODE_USED},
		{"bytes", NODE_BYTES},
		{"room", NODE_ROOM},
		{"writers", NODE_WRITERS},
		{"readers", NODE_READERS},
	};
	struct node n = {0};
	u32 from = p->pos;
	char buf[40], *dot;

	if (p->kind == 'n')
		return n.kind = NODE_NUMBER, take_number(p, &n.number) ? add(p, n, from) : 0;
	if (is(p, "calls") || is(p, "result"))
		return calls_value(p);
	if (begins_saw(p) || names_object(p, segment_parse) || names_object(p, sync_parse))
		return memory_value(p);
	if (is(p, "status"))
		return n.kind = NODE_STATUS,
		       advance(p) && take_actor(p, &n.actor) ? add(p, n, from) : 0;
	word(p, buf, sizeof buf);
	dot = p->kind == 'w' ? strchr(buf, '.') : NULL;
	if (!dot || !pipe_parse(buf, (size_t)(dot - buf), &n.pipe))
		return fail(p,
			       "a number is wanted (42, pipe1.capacity, calls P1 write, ...), not "
			       "'%s'",
			       shown(p, buf, sizeof buf)),
		       0;
	for (size_t i = 0; i < ARRAY_LEN(attributes); i++)
		if (strcmp(dot + 1, attributes[i].word) == 0)
			return n.kind = attributes[i].kind, advance(p) ? add(p, n, from) : 0;
	return fail(p, "a pipe has no '%s': capacity, slots, used, bytes, room, writers, readers",
		       dot + 1),
	       0;
}

static u32 parse_sum(struct parser *p)
{
	u32 from = p->pos;
	u32 left;

	if (p->kind == '-') { /* a negative number */
		struct node zero = {.kind = NODE_NUMBER};

		left = add(p, zero, from);
	} else {
		left = parse_value(p);
	}
	while (left && (p->kind == '+' || p->kind == '-')) {
		struct node n = {.kind = p->kind == '+' ? NODE_ADD : NODE_SUB, .left = left};

		if (!advance(p))
			return 0;
		n.right = parse_value(p);
		left = n.right ? add(p, n, from) : 0;
	}
	return left;
}

static u32 parse_fact(struct parser *p)
{
	struct node n = {0};
	u32 from = p->pos;
	char buf[40];

	if (!begins_saw(p) && p->kind == 'w' &&
		actor_parse(p->text + p->pos, p->end - p->pos, &n.actor)) {
		if (advance(p) && actor_fact(p, &n))
			return add(p, n, from);
		free(n.text);
		return 0;
	}
	if (p->kind == 'w' && pipe_parse(p->text + p->pos, p->end - p->pos, &n.pipe))
		return advance(p) && pipe_fact(p, &n) ? add(p, n, from) : 0;
	if (is(p, "writers") || is(p, "readers"))
		return holders_fact(p, &n) ? add(p, n, from) : 0;
	if (is(p, "conflict"))
		return conflict_fact(p, &n) ? add(p, n, from) : 0;
	if (p->kind == 'w' && names_object(p, sync_parse) == p->end - p->pos)
		return owner_fact(p, &n) ? add(p, n, from) : (free(n.text), 0);
	if (!begins_value(p))
		return fail(p, "a fact is wanted (P2 blocked read, pipe1 holds 5, ...), not '%s'",
			       shown(p, buf, sizeof buf)),
		       0;
	n.kind = NODE_COMPARE;
	n.left = parse_sum(p);
	if (!n.left || !take_compare(p, &n.cmp))
		return 0;
	n.right = parse_sum(p);
	return n.right ? add(p, n, from) : 0;
}

static u32 parse_term(struct parser *p)
{
	u32 from = p->pos, inner;

	if (++p->depth > COND_DEPTH_MAX)
		return fail(p, "nested too deeply"), 0;
	if (is(p, "not")) {
		struct node n = {.kind = NODE_NOT};

		n.left = advance(p) ? parse_term(p) : 0;
		p->depth--;
		return n.left ? add(p, n, from) : 0;
	}
	if (p->kind == '(') {
		inner = advance(p) ? parse_or(p) : 0;
		if (inner && p->kind != ')')
			return fail(p, "')' is missing"), 0;
		p->depth--;
		return inner && advance(p) ? inner : 0;
	}
	p->depth--;
	return parse_fact(p);
}

static u32 parse_chain(
	struct parser *p, const char *joint, enum node_kind kind, u32 (*part)(struct parser *))
{
	u32 from = p->pos;
	u32 left = part(p);

	while (left && is(p, joint)) {
		struct node n = {.kind = kind, .left = left};

		if (!advance(p))
			return 0;
		n.right = part(p);
		left = n.right ? add(p, n, from) : 0;
	}
	return left;
}

static u32 parse_and(struct parser *p)
{
	return parse_chain(p, "and", NODE_AND, parse_term);
}

static u32 parse_or(struct parser *p)
{
	return parse_chain(p, "or", NODE_OR, parse_and);
}

static u32 parse_printed(struct parser *p)
{
	struct node n = {.kind = NODE_PRINTED};
	u32 from = p->pos;

	if (!is(p, "printed"))
		return parse_sum(p);
	return advance(p) && take_actor(p, &n.actor) ? add(p, n, from) : 0;
}

static struct cond *parse(const char *file, struct guide_mark at, const char *text,
	u32 (*top)(struct parser *), struct err *err)
{
	struct cond *c = xmalloc(sizeof *c);
	struct parser p = {.file = file, .at = at, .text = text, .err = err, .cond = c};
	char buf[40];

	c->source = xstrdup(text);
	*vec_push(&c->nodes) = (struct node){0};
	if (advance(&p))
		c->root = top(&p);
	if (c->root && p.kind) {
		fail(&p, "'%s' is one word too many", shown(&p, buf, sizeof buf));
		c->root = 0;
	}
	if (c->root)
		return c;
	cond_destroy(c);
	return NULL;
}

struct cond *cond_parse(const char *file, struct guide_mark at, const char *text, struct err *err)
{
	return parse(file, at, text, parse_or, err);
}

struct cond *cond_parse_value(
	const char *file, struct guide_mark at, const char *text, struct err *err)
{
	return parse(file, at, text, parse_printed, err);
}

void cond_destroy(struct cond *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->nodes.n; i++)
		free(c->nodes.at[i].text);
	free(c->nodes.at);
	free(c->source);
	free(c);
}

const char *cond_source(const struct cond *c)
{
	return c->source;
}
