/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A move of a do block as a learner reads it: "step P1 until it has made 3 calls of write". The
 * condition language is for authors; what has no words of its own is shown as it is written. */
#include "guide/private.h"

#include <string.h>

/* The one call that a condition names, or NULL: none, or several. */
static const char *only_call(const struct node *n)
{
	const char *name = calls_family(&n->calls);

	if (name)
		return name;
	for (unsigned call = 1; call < CALL_COUNT && call < 128; call++) {
		if (!calls_has(&n->calls, call))
			continue;
		/* glibc spells one call in several ways: the shortest name is the one in the source */
		if (!name || strlen(call_name(call)) < strlen(name))
			name = call_name(call);
	}
	return name;
}

static void place_words(const struct node *n, const char *preposition, struct str *out)
{
	if (*n->object)
		str_addf(out, "%s%s", preposition, n->text ? n->text : n->object);
}

static bool state_words(const struct cond *c, const struct node *n, const char *who, struct str *out)
{
	const char *call = only_call(n);
	const struct node *value = n->right ? cond_node(c, n->right) : NULL;

	switch (n->kind) {
	case NODE_BLOCKED:
		str_addf(out, "%s is blocked%s%s", who, call ? " in " : "", call ? call : "");
		place_words(n, " of ", out);
		return true;
	case NODE_POISED:
		str_addf(out, "%s is held%s%s", who, call ? " before " : "", call ? call : "");
		place_words(n, call && !strcmp(call, "store") ? " to " : " of ", out);
		return true;
	case NODE_RETURNED:
		if (!call || (value && (value->kind != NODE_NUMBER || n->cmp != CMP_EQ)))
			return false;
		str_addf(out, "%s has returned ", who);
		if (value)
			str_addf(out, "%lld ", (long long)value->number);
		str_addf(out, "from %s", call);
		return true;
	case NODE_FAILED:
		if (n->number || !call)
			return false;
		str_addf(out, "%s has failed in %s", who, call);
		return true;
	case NODE_SAID:
		str_addf(out, "%s has printed \"%s\"", who, n->text);
		return true;
	case NODE_SPINNING:
		str_addf(out, "%s spins", who);
		return true;
	case NODE_RUNNING:
		str_addf(out, "%s computes", who);
		return true;
	case NODE_ALIVE:
		str_addf(out, "%s is there", who);
		return true;
	case NODE_RUNS:
		str_addf(out, "%s runs %s", who, n->text);
		return true;
	case NODE_GONE:
	case NODE_EXITED:
		str_addf(out, "%s has ended", who);
		return true;
	default:
		return false;
	}
}

/* "in is 1" */
static bool field_words(const struct node *left, const struct node *right, struct str *out)
{
	if (left->kind != NODE_FIELD)
		return false;
	str_addf(out, "%s is %lld", left->text, (long long)right->number);
	return true;
}

static bool calls_words(const struct cond *c, const struct node *n, const char *moved, struct str *out)
{
	const struct node *left = cond_node(c, n->left), *right = cond_node(c, n->right);
	char name[24];

	if (n->cmp == CMP_EQ && right->kind == NODE_NUMBER && field_words(left, right, out))
		return true;
	if (n->cmp != CMP_EQ || left->kind != NODE_CALLS || right->kind != NODE_NUMBER || !only_call(left))
		return false;
	actor_name(left->actor, name);
	str_addf(out, "%s has made %lld call%s of %s", strcmp(name, moved) ? name : "it",
		(long long)right->number, right->number == 1 ? "" : "s", only_call(left));
	return true;
}

static bool node_words(const struct cond *c, u32 at, const char *moved, struct str *out)
{
	const struct node *n = cond_node(c, at);
	char name[24];

	if (n->kind == NODE_OR || n->kind == NODE_AND) {
		if (!node_words(c, n->left, moved, out))
			return false;
		str_add(out, n->kind == NODE_OR ? " or " : " and ");
		return node_words(c, n->right, moved, out);
	}
	if (n->kind == NODE_COMPARE)
		return calls_words(c, n, moved, out);
	if (!n->actor)
		return false;
	actor_name(n->actor, name);
	return state_words(c, n, strcmp(name, moved) ? name : "it", out);
}

void move_words(const struct guide_move *m, struct str *out)
{
	const char *until = m->until ? strstr(m->text, "until ") : NULL;
	struct str words = {0};

	if (until && node_words(m->until, m->until->root, m->actor, &words)) {
		str_add_bytes(out, m->text, (size_t)(until - m->text) + 6);
		str_add(out, str_get(&words));
	} else if (!m->until && m->times > 1 && (m->kind == MOVE_STEP || m->kind == MOVE_LINE)) {
		str_addf(out, "%s %s %u times", m->kind == MOVE_STEP ? "step" : "line", m->actor, m->times);
	} else if (m->kind == MOVE_EXPLORE) {
		str_add(out, "explore: look for an order that makes it fail");
	} else {
		str_add(out, m->text);
	}
	str_finish(&words);
}
