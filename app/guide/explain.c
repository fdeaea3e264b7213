/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Why a condition does not hold, and whether any world could make it true. The second is no proof
 * system: it knows which facts exclude each other (a process is blocked or gone, not both) and
 * tries every mixture of the facts in the condition. What it calls impossible is impossible.
 */
#include "guide/private.h"

#include <limits.h>
#include <string.h>

enum { FACTS_MAX = 12 };

static void add_source(const struct cond *c, const struct node *n, struct str *out)
{
	str_add_bytes(out, c->source + n->from, n->to - n->from);
}

/* ---- what is the case instead ---- */
static const char *const states[] = {
	[TASK_RUNNING] = "running",
	[TASK_POISED] = "poised before",
	[TASK_BLOCKED] = "blocked in",
	[TASK_SPINNING] = "spinning",
	[TASK_STOPPED] = "stopped",
	[TASK_HELD_EXIT] = "held at the end of",
	[TASK_ENDING] = "about to end",
	[TASK_ZOMBIE] = "gone",
	[TASK_GONE] = "gone",
};

static void explain_task(const struct node *n, const struct cond_view *v, struct str *out)
{
	const struct w_task *t = world_task(v->world, actor_task(v->world, n->actor));
	char name[24];

	actor_name(n->actor, name);
	if (!t) {
		str_addf(out, "there is no %s", name);
		return;
	}
	str_addf(out, "%s is %s", name,
		t->state < ARRAY_LEN(states) && states[t->state] ? states[t->state] : "?");
	if (t->state == TASK_POISED || t->state == TASK_BLOCKED || t->state == TASK_HELD_EXIT)
		str_addf(out, " %s", call_name(t->op.call));
	if (t->last_seq > v->since && t->last_call)
		str_addf(
			out, "; its %s gave %lld", call_name(t->last_call), (long long)t->last_ret);
}

static void explain_number(const struct cond *c, u32 at, const struct cond_view *v, struct str *out)
{
	struct cond part = *c;
	i64 value;

	part.root = at;
	if (cond_node(c, at)->kind == NODE_NUMBER)
		return;
	add_source(c, cond_node(c, at), out);
	if (cond_value(&part, v, &value))
		str_addf(out, " is %lld", (long long)value);
	else
		str_add(out, " is not known");
}

static void explain_pipe(const struct node *n, const struct cond_view *v, struct str *out)
{
	u32 pipe = node_pipe(v->world, n), k;
	const struct w_pipe *p = world_pipe(v->world, pipe);
	struct w_end ends[16];
	char name[24];

	if (!p) {
		str_addf(out, "there is no %s", pipe_named(n->pipe, name));
		return;
	}
	if (n->kind != NODE_HOLDERS) {
		str_addf(out, "%s holds %lld of %llu bytes in %u of %u slots", pipe_named(n->pipe, name),
			(long long)p->fill, (unsigned long long)p->capacity, p->slot_count,
			p->slots_max);
		return;
	}
	k = world_pipe_ends(v->world, pipe, n->access, ends, ARRAY_LEN(ends));
	str_add(out, k ? "it is" : "it is nobody");
	for (u32 i = 0; i < k && i < ARRAY_LEN(ends); i++)
		if (i == 0 || ends[i].proc != ends[i - 1].proc)
			str_addf(out, " %s", world_proc_name(v->world, ends[i].proc, name));
}

/* Who owns it; where those stand who do not collide. */
static void explain_names(const struct node *n, const struct cond_view *v, struct str *out)
{
	const struct w_sync *s = world_sync(v->world, world_sync_by_name(v->world, n->object));
	struct node one = {.kind = NODE_POISED};
	char name[24];

	if (n->kind == NODE_CONFLICT) {
		for (u32 i = 0; i < n->names_n; i++) {
			one.actor = n->names[i];
			str_add(out, i ? ", " : "");
			explain_task(&one, v, out);
		}
	} else if (!s) {
		str_addf(out, "there is no %s", n->object);
	} else {
		str_addf(out, "it is %s", s->owner ? world_task_name(v->world, s->owner, name) : "nobody");
	}
}

static void explain(const struct cond *c, u32 at, const struct cond_view *v, struct str *out)
{
	const struct node *n = cond_node(c, at);
	size_t had;

	if (n->kind == NODE_AND) {
		explain(c, node_holds(c, n->left, v) ? n->right : n->left, v, out);
		return;
	}
	add_source(c, n, out);
	str_add(out, " (");
	had = out->len;
	if (n->kind == NODE_COMPARE) {
		explain_number(c, n->left, v, out);
		if (out->len > had && cond_node(c, n->right)->kind != NODE_NUMBER)
			str_add(out, ", ");
		explain_number(c, n->right, v, out);
	} else if (n->kind == NODE_FD) {
		fd_explain(n, v, out);
	} else if (n->kind == NODE_RUNS) {
		runs_explain(n, v, out);
	} else if (n->kind == NODE_STATE) {
		state_explain(n, v, out);
	} else if (n->kind == NODE_OBJECT_HOLDS) {
		i64 there;

		str_addf(out, object_holds_value(n, v, &there) ? "it holds %lld" : "it is not there", (long long)there);
	} else if (n->actor) {
		explain_task(n, v, out);
	} else if (n->pipe) {
		explain_pipe(n, v, out);
	} else if (n->kind == NODE_CONFLICT || n->kind == NODE_OWNER) {
		explain_names(n, v, out);
	} else {
		str_add(out, n->kind == NODE_NOT ? "but it is so" : "neither is so");
	}
	str_add(out, ")");
}

void cond_explain(const struct cond *c, const struct cond_view *v, struct str *out)
{
	explain(c, c->root, v, out);
}

/* ---- can it be? ---- */
enum state_class {
	CLASS_NONE,
	CLASS_BLOCKED,
	CLASS_POISED,
	CLASS_SPINNING,
	CLASS_RUNNING,
	CLASS_GONE,
	CLASS_ALIVE
};

static enum state_class state_class(const struct node *n)
{
	switch (n->kind) {
	case NODE_BLOCKED:
	case NODE_STUCK: return CLASS_BLOCKED;
	case NODE_POISED: return CLASS_POISED;
	case NODE_SPINNING: return CLASS_SPINNING;
	case NODE_RUNNING: return CLASS_RUNNING;
	case NODE_GONE:
	case NODE_EXITED:
	case NODE_KILLED: return CLASS_GONE;
	case NODE_ALIVE: return CLASS_ALIVE;
	default: return CLASS_NONE;
	}
}

static bool calls_any(const struct node *n)
{
	return calls_empty(&n->calls);
}

static bool calls_meet(const struct node *a, const struct node *b)
{
	return calls_any(a) || calls_any(b) || calls_share(&a->calls, &b->calls);
}

/* Bytes a pipe fact allows. */
static bool bytes_range(const struct cond *c, const struct node *n, i64 *lo, i64 *hi)
{
	const struct node *r;

	*lo = 0;
	*hi = LLONG_MAX;
	if (n->kind == NODE_EMPTY)
		return *hi = 0, true;
	if (n->kind == NODE_FULL)
		return *lo = 1, true;
	r = n->kind == NODE_HOLDS ? cond_node(c, n->right) : NULL;
	if (!r || r->kind != NODE_NUMBER)
		return false;
	if (n->cmp == CMP_EQ)
		*lo = *hi = r->number;
	else if (n->cmp == CMP_LT || n->cmp == CMP_LE)
		*hi = r->number - (n->cmp == CMP_LT);
	else if (n->cmp == CMP_GT || n->cmp == CMP_GE)
		*lo = r->number + (n->cmp == CMP_GT);
	return true;
}

static bool same_names(const struct node *a, const struct node *b)
{
	for (u32 i = 0; i < a->names_n; i++) {
		u32 k = 0;

		while (k < b->names_n && b->names[k] != a->names[i])
			k++;
		if (k == b->names_n)
			return false;
	}
	return a->names_n == b->names_n;
}

static bool excludes_state(const struct node *a, const struct node *b)
{
	enum state_class ca = state_class(a), cb = state_class(b);

	if (!ca || !cb || a->actor != b->actor)
		return false;
	if (ca == CLASS_ALIVE || cb == CLASS_ALIVE)
		return ca == CLASS_GONE || cb == CLASS_GONE;
	if (ca != cb) /* who spins is held before its next look */
		return !(ca == CLASS_SPINNING && cb == CLASS_POISED) &&
		       !(ca == CLASS_POISED && cb == CLASS_SPINNING);
	if (ca == CLASS_GONE) {
		if (a->kind == NODE_GONE || b->kind == NODE_GONE)
			return false;
		if (a->kind != b->kind)
			return true;
		return a->number != b->number && a->number > 0 - (a->kind == NODE_EXITED) &&
		       b->number > 0 - (b->kind == NODE_EXITED);
	}
	return !calls_meet(a, b) || (a->pipe && b->pipe && a->pipe != b->pipe);
}

/* Never both. */
static bool excludes(const struct cond *c, const struct node *a, const struct node *b)
{
	i64 alo, ahi, blo, bhi;

	if (excludes_state(a, b))
		return true;
	if (a->kind == NODE_HOLDERS && b->kind == NODE_HOLDERS)
		return a->pipe == b->pipe && a->access == b->access && !same_names(a, b);
	return a->pipe == b->pipe && bytes_range(c, a, &alo, &ahi) &&
	       bytes_range(c, b, &blo, &bhi) && (alo > bhi || blo > ahi);
}

/* Where a is so, b is so. */
static bool implies(const struct node *a, const struct node *b)
{
	enum state_class ca = state_class(a);

	if (a->actor != b->actor || !ca)
		return false;
	if (b->kind == NODE_GONE)
		return ca == CLASS_GONE;
	if (b->kind == NODE_ALIVE)
		return ca != CLASS_GONE;
	if (a->kind != b->kind || (a->kind != NODE_BLOCKED && a->kind != NODE_POISED))
		return false;
	return (calls_any(b) || calls_same(&a->calls, &b->calls)) &&
	       (!b->pipe || a->pipe == b->pipe) && !*b->object;
}

static bool same_node(const struct cond *ca, u32 a, const struct cond *cb, u32 b)
{
	const struct node *x = cond_node(ca, a), *y = cond_node(cb, b);

	if (!a || !b)
		return a == b;
	return x->kind == y->kind && x->cmp == y->cmp && x->actor == y->actor &&
	       x->pipe == y->pipe && calls_same(&x->calls, &y->calls) &&
	       x->access == y->access && x->number == y->number && same_names(x, y) &&
	       same_node(ca, x->left, cb, y->left) && same_node(ca, x->right, cb, y->right) &&
	       !strcmp(x->object, y->object) &&
	       !strcmp(x->text ? x->text : "", y->text ? y->text : "");
}

bool cond_same(const struct cond *a, const struct cond *b)
{
	return same_node(a, a->root, b, b->root);
}

struct facts {
	const struct cond *cond;
	u32 at[FACTS_MAX], n;
	u32 truth; /* bit a fact, as tried */
	bool too_many;
};

/* The number of that fact; made when it is new. */
static u32 fact_index(struct facts *f, u32 node)
{
	u32 i = 0;

	while (i < f->n && !same_node(f->cond, f->at[i], f->cond, node))
		i++;
	if (i == f->n) {
		if (f->n == FACTS_MAX) {
			f->too_many = true;
			return 0;
		}
		f->at[f->n++] = node;
	}
	return i;
}

/* The condition under the tried truths; with `collect`, only notes its facts. */
static bool try(struct facts *f, u32 at, bool collect)
{
	const struct node *n = cond_node(f->cond, at);
	bool left, right;
	u32 i;

	if (n->kind == NODE_NOT)
		return !try(f, n->left, collect);
	if (n->kind == NODE_AND || n->kind == NODE_OR) {
		left = try(f, n->left, collect);
		right = try(f, n->right, collect);
		return n->kind == NODE_AND ? left && right : left || right;
	}
	i = fact_index(f, at);
	return f->truth >> i & 1;
}

/* A fact that is so, or never so, in every world: 1, -1; else 0. */
static int fixed(const struct cond *c, u32 at)
{
	const struct node *n = cond_node(c, at), *r = n->right ? cond_node(c, n->right) : NULL;
	struct cond_view none = {.world = NULL};
	struct cond part = *c;
	i64 lo, hi;

	if (n->kind == NODE_COMPARE && cond_node(c, n->left)->kind == NODE_NUMBER &&
		r->kind == NODE_NUMBER) {
		part.root = at;
		return cond_holds(&part, &none) ? 1 : -1;
	}
	if (n->kind == NODE_RETURNED && r && r->kind == NODE_NUMBER && n->cmp == CMP_LT &&
		r->number <= 0)
		return -1;
	return bytes_range(c, n, &lo, &hi) && (lo > hi || hi < 0) ? -1 : 0;
}

static bool consistent(const struct facts *f)
{
	for (u32 i = 0; i < f->n; i++) {
		bool so = f->truth >> i & 1;
		int must = fixed(f->cond, f->at[i]);

		if ((must > 0 && !so) || (must < 0 && so))
			return false;
		for (u32 k = 0; so && k < f->n; k++) {
			const struct node *a = cond_node(f->cond, f->at[i]),
					  *b = cond_node(f->cond, f->at[k]);
			bool other = f->truth >> k & 1;

			if (k != i &&
				((other && excludes(f->cond, a, b)) || (!other && implies(a, b))))
				return false;
		}
	}
	return true;
}

bool cond_possible(const struct cond *c, struct str *why)
{
	struct facts f = {.cond = c};

	try(&f, c->root, true);
	if (f.too_many)
		return true;
	for (f.truth = 0; f.truth < 1u << f.n; f.truth++)
		if (try(&f, c->root, false) && consistent(&f))
			return true;
	str_add(why, "no world can make this true: ");
	str_add(why, c->source);
	return false;
}
