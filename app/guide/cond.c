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
 *     P2 zombie                 ended, and not yet waited for
 *     P1 fd 1 at pipe1          descriptors, and what a process runs: cond_fd.c has the list
 * Facts of a mutex: mutex1 owner P1 | mutex1 owner nobody
 * Facts of a pipe, or a FIFO (fifo1).
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
#include "guide/cond_token.h"

#include <stdlib.h>
#include <string.h>

/* ---- nodes ---- */
const struct node *cond_node(const struct cond *c, u32 n)
{
	return &c->nodes.at[n];
}

static u32 add(struct parser *p, struct node n, u32 from)
{
	if (p->cond->nodes.n >= COND_NODES_MAX) {
		token_fail(p, "the condition is too long");
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

/* [cmp] value, when there is one. */
static bool take_wanted(struct parser *p, struct node *n)
{
	n->cmp = CMP_EQ;
	if (!token_compares(p) && !begins_value(p))
		return true;
	if (token_compares(p) && !take_compare(p, &n->cmp))
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
	n->number = by_name(token_word(p, buf, sizeof buf));
	if (!n->number)
		return token_fail(p, "there is no %s %s", what, buf);
	return token_next(p);
}

/* blocked, poised: in or before any call, a call, a call on a pipe. */
static bool take_where(struct parser *p, struct node *n)
{
	u32 pipe;

	if (p->kind != 'w' || token_is(p, "and") || token_is(p, "or"))
		return true;
	if (!take_call(p, &n->calls))
		return false;
	if (n->kind == NODE_BLOCKED && p->kind == 'w' &&
		pipe_parse(p->text + p->pos, p->end - p->pos, &pipe))
		return take_pipe(p, &n->pipe);
	if (token_object(p, segment_parse))
		return take_segment(p, n);
	if (token_object(p, sync_parse) == p->end - p->pos)
		return take_object_name(p, n, p->end - p->pos);
	return true;
}

static bool take_quoted(struct parser *p, struct node *n)
{
	if (p->kind != 's')
		return token_fail(p, "said what? The text is wanted in \"quotes\"");
	n->text = strndup(p->text + p->pos + 1, p->end - p->pos - 2);
	return token_next(p);
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
	case NODE_FD: return fd_fact(p, n);
	case NODE_RUNS: return runs_fact(p, n);
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
		{"zombie", NODE_ZOMBIE}, {"fd", NODE_FD}, {"runs", NODE_RUNS},
	};
	/* clang-format on */
	char buf[40];
	size_t i = 0;

	while (i < ARRAY_LEN(facts) && !token_is(p, facts[i].word))
		i++;
	if (i == ARRAY_LEN(facts))
		return token_fail(p,
			"'%s' is nothing a process does: returned, failed, blocked, poised, "
			"running, spinning, gone, alive, stuck, exited, killed, said, saw, zombie, fd, runs",
			token_shown(p, buf, sizeof buf));
	n->kind = facts[i].kind;
	return token_next(p) && take_object(p, n);
}

static bool pipe_fact(struct parser *p, struct node *n)
{
	char buf[40];

	if (token_is(p, "full") || token_is(p, "empty")) {
		n->kind = token_is(p, "full") ? NODE_FULL : NODE_EMPTY;
		return token_next(p);
	}
	if (!token_is(p, "holds"))
		return token_fail(p, "'%s' is nothing a pipe does: holds, full, empty",
			token_shown(p, buf, sizeof buf));
	n->kind = NODE_HOLDS;
	if (!token_next(p) || !take_wanted(p, n))
		return false;
	return n->right || token_fail(p, "holds how many bytes?");
}

static bool holders_fact(struct parser *p, struct node *n)
{
	n->kind = NODE_HOLDERS;
	n->access = token_is(p, "writers") ? ACCESS_WRITE : ACCESS_READ;
	if (!token_next(p) || !take_pipe(p, &n->pipe))
		return false;
	if (token_is(p, "nobody"))
		return token_next(p);
	do {
		if (n->names_n == ARRAY_LEN(n->names))
			return token_fail(p, "too many processes");
		if (!take_actor(p, &n->names[n->names_n++]))
			return false;
	} while (p->kind == 'w' && !token_is(p, "and") && !token_is(p, "or"));
	return true;
}

/* mutex1 owner P1 */
static bool owner_fact(struct parser *p, struct node *n)
{
	char buf[40];

	n->kind = NODE_OWNER;
	if (!take_object_name(p, n, p->end - p->pos))
		return false;
	if (!token_is(p, "owner"))
		return token_fail(p, "'%s' is nothing to be said of %s: owner P1, owner nobody",
			token_shown(p, buf, sizeof buf), n->object);
	if (!token_next(p))
		return false;
	if (token_is(p, "nobody"))
		return token_next(p);
	n->names_n = 1;
	return take_actor(p, &n->names[0]);
}

/* sock1 holds 5 */
static bool object_fact(struct parser *p, struct node *n)
{
	char buf[40];

	n->kind = NODE_OBJECT_HOLDS;
	if (!take_object_name(p, n, p->end - p->pos))
		return false;
	if (token_is(p, "state"))
		return token_next(p) && state_fact(p, n);
	n->access = token_is(p, "pending"); /* connections, not bytes */
	if (!n->access && !token_is(p, "holds"))
		return token_fail(p, "'%s' is nothing to be said of %s: holds, pending, state",
			token_shown(p, buf, sizeof buf), n->object);
	return token_next(p) && take_wanted(p, n) && (n->right || token_fail(p, "holds how much?"));
}

static bool conflict_fact(struct parser *p, struct node *n)
{
	n->kind = NODE_CONFLICT;
	n->names_n = 2;
	return token_next(p) && take_actor(p, &n->names[0]) && take_actor(p, &n->names[1]);
}

/* Numbers of shared memory and of what guards it: shm1.in, shm1.size, sem1.value, P1 saw shm1.in. */
static u32 memory_value(struct parser *p)
{
	struct node n = {.kind = NODE_FIELD};
	u32 from = p->pos;
	bool ok;

	if (begins_saw(p)) {
		n.kind = NODE_SAW;
		ok = take_actor(p, &n.actor) && token_next(p) && take_segment(p, &n);
	} else if (token_object(p, segment_parse)) {
		ok = take_segment(p, &n);
	} else {
		n.kind = NODE_SYNC_VALUE;
		ok = take_object_name(p, &n, token_object(p, sync_parse));
	}
	if (ok && n.kind == NODE_FIELD && n.text && strcmp(n.text, "size") == 0)
		n.kind = NODE_SEGMENT_SIZE;
	if (ok && (!n.text || (n.kind == NODE_SYNC_VALUE && strcmp(n.text, "value") != 0)))
		ok = token_fail(p, "a field is wanted: %s", n.kind == NODE_SYNC_VALUE ? "sem1.value"
										: "shm1.in, shm1.size");
	if (ok)
		return add(p, n, from);
	free(n.text);
	return 0;
}

/* calls P1 write, calls P1 system, result P1 read */
static u32 calls_value(struct parser *p)
{
	struct node n = {.kind = token_is(p, "calls") ? NODE_CALLS : NODE_RESULT};
	u32 from = p->pos;

	if (!token_next(p) || !take_actor(p, &n.actor))
		return 0;
	if (n.kind == NODE_CALLS && token_is(p, "system"))
		return n.kind = NODE_SYSTEM, token_next(p) ? add(p, n, from) : 0;
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
	if (token_is(p, "calls") || token_is(p, "result"))
		return calls_value(p);
	if (begins_saw(p) || token_object(p, segment_parse) || token_object(p, sync_parse))
		return memory_value(p);
	if (token_is(p, "status"))
		return n.kind = NODE_STATUS,
		       token_next(p) && take_actor(p, &n.actor) ? add(p, n, from) : 0;
	token_word(p, buf, sizeof buf);
	dot = p->kind == 'w' ? strchr(buf, '.') : NULL;
	if (!dot || !pipe_parse(buf, (size_t)(dot - buf), &n.pipe))
		return token_fail(p,
			       "a number is wanted (42, pipe1.capacity, calls P1 write, ...), not "
			       "'%s'",
			       token_shown(p, buf, sizeof buf)),
		       0;
	for (size_t i = 0; i < ARRAY_LEN(attributes); i++)
		if (strcmp(dot + 1, attributes[i].word) == 0)
			return n.kind = attributes[i].kind, token_next(p) ? add(p, n, from) : 0;
	return token_fail(p, "a pipe has no '%s': capacity, slots, used, bytes, room, writers, readers",
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

		if (!token_next(p))
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
		if (token_next(p) && actor_fact(p, &n))
			return add(p, n, from);
		free(n.text);
		return 0;
	}
	if (p->kind == 'w' && pipe_parse(p->text + p->pos, p->end - p->pos, &n.pipe))
		return token_next(p) && pipe_fact(p, &n) ? add(p, n, from) : 0;
	if (token_is(p, "writers") || token_is(p, "readers"))
		return holders_fact(p, &n) ? add(p, n, from) : 0;
	if (token_is(p, "conflict"))
		return conflict_fact(p, &n) ? add(p, n, from) : 0;
	if (p->kind == 'w' && token_object(p, sync_parse) == p->end - p->pos)
		return owner_fact(p, &n) ? add(p, n, from) : (free(n.text), 0);
	if (p->kind == 'w' && token_object(p, flow_parse) == p->end - p->pos)
		return object_fact(p, &n) ? add(p, n, from) : (free(n.text), 0);
	if (!begins_value(p))
		return token_fail(p, "a fact is wanted (P2 blocked read, pipe1 holds 5, ...), not '%s'",
			       token_shown(p, buf, sizeof buf)),
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
		return token_fail(p, "nested too deeply"), 0;
	if (token_is(p, "not")) {
		struct node n = {.kind = NODE_NOT};

		n.left = token_next(p) ? parse_term(p) : 0;
		p->depth--;
		return n.left ? add(p, n, from) : 0;
	}
	if (p->kind == '(') {
		inner = token_next(p) ? parse_or(p) : 0;
		if (inner && p->kind != ')')
			return token_fail(p, "')' is missing"), 0;
		p->depth--;
		return inner && token_next(p) ? inner : 0;
	}
	p->depth--;
	return parse_fact(p);
}

static u32 parse_chain(
	struct parser *p, const char *joint, enum node_kind kind, u32 (*part)(struct parser *))
{
	u32 from = p->pos;
	u32 left = part(p);

	while (left && token_is(p, joint)) {
		struct node n = {.kind = kind, .left = left};

		if (!token_next(p))
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

	if (!token_is(p, "printed"))
		return parse_sum(p);
	return token_next(p) && take_actor(p, &n.actor) ? add(p, n, from) : 0;
}

static struct cond *parse(const char *file, struct guide_mark at, const char *text,
	u32 (*top)(struct parser *), struct err *err)
{
	struct cond *c = xmalloc(sizeof *c);
	struct parser p = {.file = file, .at = at, .text = text, .err = err, .cond = c};
	char buf[40];

	c->source = xstrdup(text);
	*vec_push(&c->nodes) = (struct node){0};
	if (token_next(&p))
		c->root = top(&p);
	if (c->root && p.kind) {
		token_fail(&p, "'%s' is one word too many", token_shown(&p, buf, sizeof buf));
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
