/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "view/ladder.h"

/* A process that has that socket or queue open, 0: none. */
static u32 holder(const struct world *w, const struct w_flow *f)
{
	const struct w_socket *k = f->object_kind == OBJ_SOCKET ? world_socket(w, f->object) : NULL;
	const struct w_file *file = k ? world_file(w, k->file) : NULL;
	const struct w_fd *d;

	for (u32 i = file ? file->fd_first : 0; i && (d = world_fd(w, i)); i = d->same) {
		const struct w_fdt *t = world_fdt(w, d->fdt);

		if (t && t->procs)
			return t->procs;
	}
	return 0;
}

static struct rung *add(struct ladder *l, enum rung_kind kind, u32 from, u64 event)
{
	struct rung *r;

	if (l->list.n >= LADDER_RUNGS_MAX) {
		l->cut = true;
		return NULL;
	}
	r = vec_push(&l->list);
	*r = (struct rung){.kind = kind, .from = from, .sent = event};
	return r;
}

/* The oldest message of that flow that nobody has taken. */
static struct rung *oldest(struct ladder *l, u32 flow)
{
	for (size_t i = 0; i < l->list.n; i++) {
		struct rung *r = &l->list.at[i];

		if (r->kind == RUNG_MESSAGE && r->flow == flow && r->fate == RUNG_WAITS)
			return r;
	}
	return NULL;
}

static void sent(const struct scene *s, struct ladder *l, const struct world *w, const struct w_op *op, u32 proc, u64 length, u64 event)
{
	const struct w_flow *f = world_flow(w, op->flow);
	struct rung *r = f && f->kind == FLOW_MESSAGES ? add(l, RUNG_MESSAGE, proc, event) : NULL;

	if (!r)
		return;
	r->flow = op->flow;
	r->to = holder(w, f);
	r->length = length;
	bytes_of_write(s->log, op->pos, &r->bytes, &r->held);
}

static void taken(struct ladder *l, const struct w_op *op, u32 proc, u64 event)
{
	struct rung *r = oldest(l, op->flow);

	if (!r)
		return;
	r->to = proc;
	r->taken = event;
	r->fate = RUNG_TAKEN;
}

static bool is_poll(u32 call)
{
	return call == CALL_poll || call == CALL_ppoll || call == CALL_select || call == CALL_pselect6;
}

/* `op` as it was before the EXIT. */
static void exited(const struct scene *s, struct ladder *l, const struct world *w, const struct w_op *op, u32 proc, i64 ret, u64 passed,
	u64 event)
{
	struct rung *r;

	if (ret >= 0 && op->flow && op->flow_role == ACCESS_WRITE) {
		sent(s, l, w, op, proc, (u64)ret, event);
	} else if (ret >= 0 && op->flow && op->flow_role == ACCESS_READ) {
		taken(l, op, proc, event);
	} else if (ret == 0 && is_poll(op->call)) {
		r = add(l, RUNG_TIMEOUT, proc, event);
		if (r)
			r->ns = passed;
	}
}

static void lost(struct ladder *l, const struct world *w, u32 task, u64 length, u64 event)
{
	const struct w_task *t = world_task(w, task);
	struct rung *r = t ? add(l, RUNG_MESSAGE, t->proc, event) : NULL;

	if (!r)
		return;
	r->length = length;
	r->fate = RUNG_LOST;
}

/* ---- one that passes messages on ---- */

static bool same_bytes(const struct rung *a, const struct rung *b)
{
	return a->length == b->length && a->held == b->held && (!a->held || memcmp(a->bytes, b->bytes, a->held) == 0);
}

static bool passed_on(const struct ladder *l, const struct rung *m)
{
	for (size_t i = 0; i < l->list.n; i++) {
		const struct rung *r = &l->list.at[i];

		if (r->kind == RUNG_MESSAGE && r->from == m->to && m->taken && r->sent > m->taken && same_bytes(r, m))
			return true;
	}
	return false;
}

bool ladder_relays(const struct ladder *l, u32 proc)
{
	size_t n = 0;

	for (size_t i = 0; i < l->list.n; i++) {
		const struct rung *r = &l->list.at[i];
		bool got = false;

		if (r->kind != RUNG_MESSAGE || r->from != proc)
			continue;
		for (size_t k = 0; k < i && !got; k++)
			got = l->list.at[k].to == proc && l->list.at[k].taken && l->list.at[k].from != r->to &&
			      same_bytes(&l->list.at[k], r);
		if (!got)
			return false;
		n++;
	}
	return n > 0;
}

/* Is it in a call that sends, or about to make one? */
static bool is_sending(const struct world *w, u32 proc)
{
	for (u32 i = 1; i < world_tasks(w); i++) {
		const struct w_task *t = world_task(w, i);

		if (t && t->proc == proc && t->state != TASK_GONE)
			return t->op.call == CALL_sendto || t->op.call == CALL_sendmsg || t->op.call == CALL_write || t->state == TASK_RUNNING;
	}
	return false;
}

static void keep_back(struct ladder *l, const struct world *w)
{
	for (size_t i = 0; i < l->list.n; i++) {
		struct rung *r = &l->list.at[i];

		if (r->fate == RUNG_TAKEN && r->to && ladder_relays(l, r->to) && !passed_on(l, r) && !is_sending(w, r->to))
			r->fate = RUNG_KEPT_BACK;
		else if (r->kind == RUNG_MESSAGE && r->fate == RUNG_WAITS && world_flow(w, r->flow) && !holder(w, world_flow(w, r->flow)))
			r->fate = RUNG_LOST;
	}
}

/* ---- all of it ---- */

bool ladder_possible(const struct world *w)
{
	for (u32 i = 1; i < world_sockets(w); i++) {
		const struct w_socket *k = world_socket(w, i);
		const struct w_flow *f = k ? world_flow(w, k->in) : NULL;

		if (f && f->kind == FLOW_MESSAGES)
			return true;
	}
	return world_queues(w) > 1;
}

static void step(const struct scene *s, struct ladder *l, struct world *w, const struct rec *r, u64 pos, u64 *passed)
{
	const struct w_task *t = world_task(w, r->task);
	struct w_op op = t ? t->op : (struct w_op){0};
	u32 proc = t ? t->proc : 0;
	struct ev_exit e;
	struct ev_inject i;

	world_apply(w, r, pos);
	if (r->kind == REC_EXIT && proc) {
		memcpy(&e, rec_body(r), sizeof e);
		exited(s, l, w, &op, proc, e.ret, *passed, world_head(w)->events);
		*passed = 0;
	} else if (r->kind == REC_INJECT && proc) {
		memcpy(&i, rec_body(r), sizeof i);
		if (i.what == INJ_LOST)
			lost(l, w, r->task, i.a, world_head(w)->events);
		else if (i.what == INJ_TIMEOUT)
			*passed = i.a;
	}
}

void ladder_read(const struct scene *s, struct ladder *l)
{
	struct world *w = world_create();
	u64 last = world_head(s->world)->events, pos = LOG_DATA, passed = 0;
	const struct rec *r;

	l->cut = last > LADDER_EVENTS_MAX;
	while (s->log && !l->cut && world_head(w)->events < last && (r = log_reader_at(s->log, pos)) != NULL && r->len) {
		step(s, l, w, r, pos, &passed);
		pos += r->len;
	}
	keep_back(l, s->world);
	world_destroy(w);
}

void ladder_finish(struct ladder *l)
{
	free(l->list.at);
	*l = (struct ladder){0};
}

size_t ladder_newest(const struct ladder *l)
{
	size_t newest = 0;
	u64 when = 0;

	for (size_t i = 0; i < l->list.n; i++) {
		const struct rung *r = &l->list.at[i];
		u64 event = r->taken > r->sent ? r->taken : r->sent;

		if (r->kind == RUNG_MESSAGE && event >= when) {
			when = event;
			newest = i + 1;
		}
	}
	return newest;
}
