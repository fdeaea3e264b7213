/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A condition against a world and the events since a question. */
#include "guide/private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

u32 actor_task(const struct world *w, u32 actor)
{
	char name[24];

	return world_task_by_name(w, actor_name(actor, name));
}

u32 node_pipe(const struct world *w, const struct node *n)
{
	char name[24];

	return world_pipe_by_name(w, pipe_named(n->pipe, name));
}

static const struct w_task *node_task(const struct cond_view *v, const struct node *n)
{
	return world_task(v->world, actor_task(v->world, n->actor));
}

static bool compare(i64 a, enum compare cmp, i64 b)
{
	switch (cmp) {
	case CMP_EQ: return a == b;
	case CMP_NE: return a != b;
	case CMP_LT: return a < b;
	case CMP_LE: return a <= b;
	case CMP_GT: return a > b;
	case CMP_GE: return a >= b;
	}
	return false;
}

/* ---- what happened since the question ---- */
/* The next EXIT of that actor and those calls after event *at; NULL: none. *at becomes its number. */
static const struct ev_exit *next_exit(const struct cond_view *v, const struct node *n, u64 *at)
{
	u32 task = actor_task(v->world, n->actor);
	const struct rec *r;

	if (!task || !v->timeline)
		return NULL;
	while (*at < v->until) {
		r = timeline_event(v->timeline, ++*at, NULL);
		if (r && r->kind == REC_EXIT && r->task == task && !(r->flags & EVF_RESTART) &&
			node_has_call(n, r->call))
			return rec_body(r);
	}
	return NULL;
}

/* What the call gave: of a load, a store, an update the value that stands there. */
static i64 exit_value(const struct node *n, const struct ev_exit *x)
{
	bool access = calls_has(&n->calls, CALL_load) || calls_has(&n->calls, CALL_store) ||
		      calls_has(&n->calls, CALL_update);

	return access && x->ret >= 0 ? (i64)x->arg : x->ret;
}

static bool returned(const struct cond *c, const struct node *n, const struct cond_view *v)
{
	const struct ev_exit *x;
	i64 wanted = 0;
	u64 at = v->since;

	if (n->right) {
		struct cond part = *c;

		part.root = n->right;
		if (!cond_value(&part, v, &wanted))
			return false;
	}
	while ((x = next_exit(v, n, &at))) {
		if (n->kind == NODE_FAILED
				? x->ret < 0 && (!n->number || x->ret == -n->number)
				: x->ret >= 0 && (!n->right || compare(exit_value(n, x), n->cmp,
								       wanted)))
			return true;
	}
	return false;
}

/* Calls fn for every write of that actor to fd 1 or 2 since the question. */
static void each_said(const struct cond_view *v, const struct node *n,
	void (*fn)(void *, const u8 *, u32), void *arg)
{
	u32 task = actor_task(v->world, n->actor);

	if (!task || !v->timeline)
		return;
	for (u64 at = v->since + 1; at <= v->until; at++) {
		const struct rec *r = timeline_event(v->timeline, at, NULL);
		const struct ev_enter *e;

		if (!r || r->kind != REC_ENTER || r->task != task ||
			(r->call != CALL_write && r->call != CALL_writev))
			continue;
		e = rec_body(r);
		if (e->fd == 1 || e->fd == 2)
			fn(arg, e->contents, e->held);
	}
}

static void add_said(void *arg, const u8 *bytes, u32 n)
{
	str_add_bytes(arg, bytes, n);
}

static bool said(const struct cond_view *v, const struct node *n)
{
	struct str all = {0};
	bool found;

	each_said(v, n, add_said, &all);
	found = all.len && memmem(all.s, all.len, n->text, strlen(n->text));
	str_finish(&all);
	return found;
}

/* Calls of the kernel that it began: neither accesses nor calls of the C library. */
static i64 system_calls(const struct cond_view *v, const struct node *n)
{
	u32 task = actor_task(v->world, n->actor);
	i64 count = 0;

	for (u64 at = v->since + 1; task && v->timeline && at <= v->until; at++) {
		const struct rec *r = timeline_event(v->timeline, at, NULL);

		count += r && r->kind == REC_ENTER && r->task == task && r->call != CALL_load &&
			 r->call != CALL_store && r->call != CALL_update &&
			 !(r->flags & (EVF_TOLD | EVF_RESTART));
	}
	return count;
}

/* ---- shared memory ---- */
static bool find_field(
	const struct cond_view *v, const struct node *n, u32 *segment, struct guide_field *f)
{
	*segment = v->world ? world_segment_by_name(v->world, n->object) : 0;
	return *segment && v->field && v->field(v->field_arg, *segment, n->text, f);
}

static i64 field_number(const struct guide_field *f, u64 bits)
{
	if (f->size >= 8)
		return (i64)bits;
	bits &= (1ull << 8 * f->size) - 1;
	if (f->is_signed && f->size && bits >> (8 * f->size - 1))
		bits |= ~0ull << 8 * f->size;
	return (i64)bits;
}

static bool field_value(const struct node *n, const struct cond_view *v, i64 *value)
{
	struct guide_field f;
	u8 bytes[8];
	u64 word = 0;
	u32 segment;

	if (!find_field(v, n, &segment, &f) || !f.size || f.size > sizeof bytes ||
		world_memory(v->world, segment, f.off, bytes, NULL, f.size) != f.size)
		return false;
	for (u32 i = f.size; i-- > 0;)
		word = word << 8 | bytes[i];
	*value = field_number(&f, word);
	return true;
}

static bool saw_value(const struct node *n, const struct cond_view *v, i64 *value)
{
	struct guide_field f;
	const struct w_load *l;
	u32 segment, task = actor_task(v->world, n->actor);

	if (!task || !find_field(v, n, &segment, &f))
		return false;
	l = world_saw(v->world, task, segment, f.off, f.size);
	if (!l || f.off < l->off || f.off - l->off + f.size > sizeof l->value)
		return false;
	*value = field_number(&f, l->value >> 8 * (f.off - l->off));
	return true;
}

static bool memory_value(const struct node *n, const struct cond_view *v, i64 *value)
{
	const struct w_segment *segment;
	const struct w_sync *sync;

	switch (n->kind) {
	case NODE_FIELD: return field_value(n, v, value);
	case NODE_SAW: return saw_value(n, v, value);
	case NODE_SEGMENT_SIZE:
		segment = world_segment(v->world, world_segment_by_name(v->world, n->object));
		*value = segment ? (i64)segment->size : 0;
		return segment != NULL;
	default:
		sync = world_sync(v->world, world_sync_by_name(v->world, n->object));
		*value = sync ? sync->value : 0;
		return sync && sync->value_sure;
	}
}

/* Is the task's operation about the object that the condition names, or a part of it? */
static bool about(const struct node *n, const struct cond_view *v, const struct w_task *t)
{
	struct guide_field f;
	u32 segment;

	if (!*n->object)
		return true;
	if (!segment_parse(n->object, strlen(n->object)))
		return t->op.sync && t->op.sync == world_sync_by_name(v->world, n->object);
	if (!n->text)
		return t->op.segment && t->op.segment == world_segment_by_name(v->world, n->object);
	return find_field(v, n, &segment, &f) && t->op.segment == segment &&
	       t->op.off < f.off + f.size && f.off < t->op.off + t->op.size;
}

static bool is_access(const struct w_task *t)
{
	return t && t->state != TASK_RUNNING && !t->op.open && t->op.segment &&
	       (t->op.call == CALL_load || t->op.call == CALL_store || t->op.call == CALL_update);
}

static bool conflict(const struct node *n, const struct cond_view *v)
{
	const struct w_task *a = world_task(v->world, actor_task(v->world, n->names[0]));
	const struct w_task *b = world_task(v->world, actor_task(v->world, n->names[1]));

	return a != b && is_access(a) && is_access(b) && a->op.segment == b->op.segment &&
	       (a->op.call != CALL_load || b->op.call != CALL_load) &&
	       a->op.off < b->op.off + b->op.size && b->op.off < a->op.off + a->op.size;
}

static bool owner(const struct node *n, const struct cond_view *v)
{
	const struct w_sync *s =
		world_sync(v->world, world_sync_by_name(v->world, n->object));

	return s && s->owner == (n->names_n ? actor_task(v->world, n->names[0]) : 0) &&
	       (!n->names_n || s->owner);
}

/* ---- the world as it stands ---- */
static bool gone(const struct w_task *t)
{
	return t->state == TASK_GONE || t->state == TASK_ZOMBIE;
}

static bool task_fact(const struct node *n, const struct cond_view *v)
{
	const struct w_task *t = node_task(v, n);
	const struct w_proc *p = t ? world_proc(v->world, t->proc) : NULL;
	struct why why;

	if (!t)
		return false;
	switch (n->kind) {
	case NODE_BLOCKED:
		return t->state == TASK_BLOCKED && node_has_call(n, t->op.call) && about(n, v, t) &&
		       (!n->pipe ||
			       (node_pipe(v->world, n) &&
				       world_op_pipe(v->world, actor_task(v->world, n->actor)) ==
					       node_pipe(v->world, n)));
	case NODE_POISED: /* one that spins is held before its next look all the same */
		return (t->state == TASK_POISED || t->state == TASK_SPINNING) &&
		       node_has_call(n, t->op.call) && about(n, v, t);
	case NODE_ZOMBIE: return t->state == TASK_ZOMBIE;
	case NODE_SPINNING: return t->state == TASK_SPINNING;
	case NODE_RUNNING: return t->state == TASK_RUNNING;
	case NODE_GONE: return gone(t);
	case NODE_ALIVE: return !gone(t);
	case NODE_STUCK:
		return t->state == TASK_BLOCKED &&
		       world_why(v->world, actor_task(v->world, n->actor), &why) && why.cycle_n > 0;
	case NODE_EXITED:
		return p && p->ended && WIFEXITED(p->status) &&
		       (n->number < 0 || WEXITSTATUS(p->status) == n->number);
	case NODE_KILLED:
		return p && p->ended && WIFSIGNALED(p->status) &&
		       (!n->number || WTERMSIG(p->status) == n->number);
	default: return false;
	}
}

/* The processes, once each, that can write to or read from a pipe. */
static u32 holders(const struct cond_view *v, u32 pipe, u32 access, u32 *procs, u32 max)
{
	struct w_end ends[64];
	u32 n = world_pipe_ends(v->world, pipe, access, ends, ARRAY_LEN(ends)), found = 0;

	for (u32 i = 0; i < n && i < ARRAY_LEN(ends); i++) {
		u32 k = 0;

		while (k < found && procs[k] != ends[i].proc)
			k++;
		if (k == found && found < max)
			procs[found++] = ends[i].proc;
	}
	return found;
}

static bool holders_fact(const struct node *n, const struct cond_view *v)
{
	u32 pipe = node_pipe(v->world, n), procs[64], found;

	if (!pipe)
		return false;
	found = holders(v, pipe, n->access, procs, ARRAY_LEN(procs));
	if (found != n->names_n)
		return false;
	for (u32 i = 0; i < n->names_n; i++) {
		const struct w_task *t = world_task(v->world, actor_task(v->world, n->names[i]));
		u32 k = 0;

		while (k < found && (!t || procs[k] != t->proc))
			k++;
		if (k == found)
			return false;
	}
	return true;
}

static bool pipe_fact(const struct cond *c, const struct node *n, const struct cond_view *v)
{
	const struct w_pipe *p = world_pipe(v->world, node_pipe(v->world, n));
	struct cond part = *c;
	i64 wanted;

	if (!p)
		return false;
	switch (n->kind) {
	case NODE_FULL: return p->slot_count >= p->slots_max;
	case NODE_EMPTY: return p->fill == 0;
	default:
		part.root = n->right;
		return cond_value(&part, v, &wanted) && compare(p->fill, n->cmp, wanted);
	}
}

static bool node_compare(const struct cond *c, const struct node *n, const struct cond_view *v)
{
	struct cond left = *c, right = *c;
	i64 a, b;

	left.root = n->left;
	right.root = n->right;
	return cond_value(&left, v, &a) && cond_value(&right, v, &b) && compare(a, n->cmp, b);
}

static bool object_holds(const struct cond *c, const struct node *n, const struct cond_view *v)
{
	struct cond part = *c;
	i64 there, wanted;

	part.root = n->right;
	return object_holds_value(n, v, &there) && cond_value(&part, v, &wanted) && compare(there, n->cmp, wanted);
}

bool node_holds(const struct cond *c, u32 at, const struct cond_view *v)
{
	const struct node *n = cond_node(c, at);

	switch (n->kind) {
	case NODE_OR: return node_holds(c, n->left, v) || node_holds(c, n->right, v);
	case NODE_AND: return node_holds(c, n->left, v) && node_holds(c, n->right, v);
	case NODE_NOT: return !node_holds(c, n->left, v);
	case NODE_COMPARE: return node_compare(c, n, v);
	case NODE_RETURNED:
	case NODE_FAILED: return returned(c, n, v);
	case NODE_SAID: return said(v, n);
	case NODE_HOLDS:
	case NODE_FULL:
	case NODE_EMPTY: return pipe_fact(c, n, v);
	case NODE_HOLDERS: return holders_fact(n, v);
	case NODE_OWNER: return owner(n, v);
	case NODE_CONFLICT: return conflict(n, v);
	case NODE_FD: return fd_holds(n, v);
	case NODE_RUNS: return runs_holds(n, v);
	case NODE_OBJECT_HOLDS: return object_holds(c, n, v);
	case NODE_STATE: return state_holds(n, v);
	default: return task_fact(n, v);
	}
}

bool cond_holds(const struct cond *c, const struct cond_view *v)
{
	return node_holds(c, c->root, v);
}

/* ---- numbers ---- */
static bool pipe_value(const struct node *n, const struct cond_view *v, i64 *value)
{
	u32 pipe = node_pipe(v->world, n), procs[64];
	const struct w_pipe *p = world_pipe(v->world, pipe);

	if (!p)
		return false;
	switch (n->kind) {
	case NODE_CAPACITY: *value = (i64)p->capacity; break;
	case NODE_SLOTS: *value = p->slots_max; break;
	case NODE_USED: *value = p->slot_count; break;
	case NODE_BYTES: *value = p->fill; break;
	case NODE_ROOM: *value = (i64)p->capacity - p->fill; break;
	case NODE_WRITERS: *value = holders(v, pipe, ACCESS_WRITE, procs, ARRAY_LEN(procs)); break;
	case NODE_READERS: *value = holders(v, pipe, ACCESS_READ, procs, ARRAY_LEN(procs)); break;
	default: return false;
	}
	return true;
}

/* An exec that succeeds does not come back. */
static i64 execs(const struct cond_view *v, const struct node *n)
{
	u32 task = actor_task(v->world, n->actor);
	i64 count = 0;

	for (u64 at = v->since + 1; task && v->timeline && at <= v->until; at++) {
		const struct rec *r = timeline_event(v->timeline, at, NULL);

		count += r && r->kind == REC_EXEC && r->task == task;
	}
	return count;
}

static bool call_value(const struct node *n, const struct cond_view *v, i64 *value)
{
	const struct ev_exit *x;
	u64 at = v->since;
	bool any = false;

	*value = 0;
	while ((x = next_exit(v, n, &at))) {
		any = true;
		if (n->kind == NODE_RESULT)
			*value = exit_value(n, x);
		else if (x->ret >= 0)
			++*value;
	}
	if (n->kind == NODE_CALLS && calls_has(&n->calls, CALL_execve))
		*value += execs(v, n);
	return n->kind == NODE_CALLS || any;
}

bool cond_value(const struct cond *c, const struct cond_view *v, i64 *value)
{
	const struct node *n = cond_node(c, c->root);
	struct cond part = *c;
	const struct w_task *t;
	const struct w_proc *p;
	i64 a, b;

	switch (n->kind) {
	case NODE_NUMBER: *value = n->number; return true;
	case NODE_ADD:
	case NODE_SUB:
		part.root = n->left;
		if (!cond_value(&part, v, &a))
			return false;
		part.root = n->right;
		if (!cond_value(&part, v, &b))
			return false;
		*value = n->kind == NODE_ADD ? a + b : a - b;
		return true;
	case NODE_CALLS:
	case NODE_RESULT: return call_value(n, v, value);
	case NODE_SYSTEM: return *value = system_calls(v, n), true;
	case NODE_FIELD:
	case NODE_SAW:
	case NODE_SEGMENT_SIZE:
	case NODE_SYNC_VALUE: return memory_value(n, v, value);
	case NODE_STATUS:
		t = node_task(v, n);
		p = t ? world_proc(v->world, t->proc) : NULL;
		if (!p || !p->ended || !WIFEXITED(p->status))
			return false;
		*value = WEXITSTATUS(p->status);
		return true;
	default: return pipe_value(n, v, value);
	}
}

bool cond_text(const struct cond *c, const struct cond_view *v, struct str *out)
{
	const struct node *n = cond_node(c, c->root);
	struct str all = {0};
	const char *from, *to;
	i64 value;

	if (n->kind != NODE_PRINTED) {
		if (!cond_value(c, v, &value))
			return false;
		str_addf(out, "%lld", (long long)value);
		return true;
	}
	each_said(v, n, add_said, &all);
	to = str_get(&all) + all.len;
	while (to > str_get(&all) && to[-1] == '\n')
		to--;
	from = to;
	while (from > str_get(&all) && from[-1] != '\n')
		from--;
	str_add_escaped(out, from, (size_t)(to - from));
	str_finish(&all);
	return from < to;
}
