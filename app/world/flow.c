/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Flows: bytes of a stream, messages of a queue, a count, between those who put and those who take, where the
 * kernel keeps no page slots that the world could follow. As on a pipe, an operation is an interval: while
 * it is open, `op.flow_lo` and `op.flow_hi` collect the least and the most the flow may have held, its own share left
 * out. A result is explained when some moment of that interval allows it.
 */
#include "world/private.h"

static i64 open_sum(const struct world *w, u32 flow, u32 role)
{
	i64 sum = 0;

	for (u32 t = w->flow[flow].open_ops; t; t = w->task[t].op.flow_next)
		sum += w->task[t].op.flow_role == role ? w->task[t].op.flow_most : 0;
	return sum;
}

/* Whoever has an operation open sees what the flow may hold now. Called at every change. */
static void widen(struct world *w, u32 flow)
{
	const struct w_flow *f = &w->flow[flow];
	i64 least = f->fill - f->ghost_take - open_sum(w, flow, ACCESS_READ);
	i64 most = f->fill + f->ghost_put + open_sum(w, flow, ACCESS_WRITE);

	for (u32 t = f->open_ops; t; t = w->task[t].op.flow_next) {
		struct w_op *op = &w->task[t].op;
		i64 lo = least + (op->flow_role == ACCESS_READ ? op->flow_most : 0);
		i64 hi = most - (op->flow_role == ACCESS_WRITE ? op->flow_most : 0);

		lo = lo < 0 ? 0 : lo;
		op->flow_lo = lo < op->flow_lo ? lo : op->flow_lo;
		op->flow_hi = hi > op->flow_hi ? hi : op->flow_hi;
	}
}

u32 flow_new(struct world *w, u32 kind, u32 object_kind, u32 object, u64 capacity)
{
	u32 index = pool_take(w, POOL_FLOW);
	struct w_flow *f = &w->flow[index];

	if (!index)
		return 0;
	f->kind = kind;
	f->object_kind = object_kind;
	f->object = object;
	f->capacity = capacity;
	f->seen = -1;
	flow_touch(w, index);
	return index;
}

void flow_touch(struct world *w, u32 flow)
{
	w->flow[flow].touched_seq = world_now(w);
}

static void unlink_op(struct world *w, u32 task)
{
	struct w_op *op = &w->task[task].op;
	u32 *link = &w->flow[op->flow].open_ops;

	while (*link != task)
		link = &w->task[*link].op.flow_next;
	*link = op->flow_next;
	flow_touch(w, op->flow);
	op->flow = op->flow_next = 0;
}

void flow_destroy(struct world *w, u32 flow)
{
	if (!flow)
		return;
	while (w->flow[flow].open_ops)
		unlink_op(w, w->flow[flow].open_ops);
	while (w->flow[flow].span_first) {
		u32 span = w->flow[flow].span_first;
		w->flow[flow].span_first = w->span[span].next;
		pool_give(w, POOL_SPAN, span);
	}
	pool_give(w, POOL_FLOW, flow);
}

void flow_op_begin(struct world *w, u32 task, u32 flow, u32 role, i64 most)
{
	struct w_op *op = &w->task[task].op;

	op->flow = flow;
	op->flow_role = (u16)role;
	op->flow_most = most < 0 ? 0 : most > (i64)RW_MAX ? (i64)RW_MAX : most;
	op->flow_lo = INT64_MAX;
	op->flow_hi = INT64_MIN;
	op->flow_alone = 1;
	for (u32 t = w->flow[flow].open_ops; t; t = w->task[t].op.flow_next)
		if (w->task[t].op.flow_role == role)
			op->flow_alone = w->task[t].op.flow_alone = 0;
	op->flow_next = w->flow[flow].open_ops;
	w->flow[flow].open_ops = task;
	widen(w, flow);
	flow_touch(w, flow);
}

bool flow_op_took(struct world *w, u32 task, i64 n)
{
	struct w_op *op = &w->task[task].op;
	struct w_flow *f = &w->flow[op->flow];
	u32 flow = op->flow;
	bool ok;

	if (!flow)
		return true; /* its object was gone before it came back */
	ok = n <= op->flow_most && n <= op->flow_hi;
	unlink_op(w, task);
	f->fill -= n;
	f->taken += (u64)n;
	if (f->fill + f->ghost_put + open_sum(w, flow, ACCESS_WRITE) < 0)
		f->fill = -f->ghost_put - open_sum(w, flow, ACCESS_WRITE); /* an account that cannot be: mended */
	widen(w, flow);
	return ok;
}

bool flow_op_put(struct world *w, u32 task, i64 n)
{
	struct w_op *op = &w->task[task].op;
	struct w_flow *f = &w->flow[op->flow];
	u32 flow = op->flow;
	bool ok;

	if (!flow)
		return true;
	ok = n <= op->flow_most && (!f->capacity || op->flow_lo + n <= (i64)f->capacity || f->kind == FLOW_BYTES);
	unlink_op(w, task);
	f->fill += n;
	f->written += (u64)n;
	widen(w, flow);
	return ok;
}

void flow_op_nothing(struct world *w, u32 task)
{
	u32 flow = w->task[task].op.flow;

	if (!flow)
		return;
	unlink_op(w, task);
	widen(w, flow);
}

bool flow_op_saw(struct world *w, u32 task, i64 n)
{
	bool ok = !w->task[task].op.flow || n <= w->task[task].op.flow_hi;

	flow_op_nothing(w, task);
	return ok;
}

bool flow_op_empty(struct world *w, u32 task)
{
	u32 flow = w->task[task].op.flow;
	i64 least = flow ? w->task[task].op.flow_lo : 0;
	bool ok = least <= 0 || w->flow[flow].lossy;

	flow_op_nothing(w, task);
	if (ok && least > 0)
		flow_lost(w, flow, least); /* as many must have been dropped, which the next settled point shows */
	return ok;
}

bool flow_op_full(struct world *w, u32 task)
{
	const struct w_op *op = &w->task[task].op;
	const struct w_flow *f = &w->flow[op->flow];
	bool ok = !op->flow || !f->capacity || op->flow_hi + op->flow_most > (i64)f->capacity;

	flow_op_nothing(w, task);
	return ok;
}

bool flow_op_ended(struct world *w, u32 task)
{
	const struct w_op *op = &w->task[task].op;
	const struct w_flow *f = &w->flow[op->flow];
	bool ok = !op->flow || (op->flow_lo <= 0 && (f->put_shut || f->put_shut_open));

	flow_op_nothing(w, task);
	return ok;
}

bool flow_op_broken(struct world *w, u32 task)
{
	const struct w_flow *f = &w->flow[w->task[task].op.flow];
	bool ok = !w->task[task].op.flow || f->take_shut || f->take_shut_open || f->put_shut || f->put_shut_open;

	flow_op_nothing(w, task);
	return ok;
}

void flow_op_lost(struct world *w, u32 task)
{
	struct w_op *op = &w->task[task].op;
	u32 flow = op->flow;

	if (!flow)
		return;
	if (op->flow_role == ACCESS_READ)
		w->flow[flow].ghost_take += op->flow_most;
	else
		w->flow[flow].ghost_put += op->flow_most;
	unlink_op(w, task);
	widen(w, flow);
}

i64 flow_open_puts(const struct world *w, u32 flow)
{
	return open_sum(w, flow, ACCESS_WRITE);
}

void flow_span_pop(struct world *w, u32 flow)
{
	struct w_flow *f = &w->flow[flow];
	u32 span = f->span_first;

	f->span_first = w->span[span].next;
	if (!f->span_first)
		f->span_last = 0;
	pool_give(w, POOL_SPAN, span);
}

void flow_came(struct world *w, u32 flow, i64 n)
{
	w->flow[flow].fill += n;
	w->flow[flow].written += (u64)n;
	widen(w, flow);
	flow_touch(w, flow);
}

i64 flow_puts(const struct world *w, u32 flow)
{
	return open_sum(w, flow, ACCESS_WRITE);
}

void flow_emptied(struct world *w, u32 flow)
{
	struct w_flow *f = &w->flow[flow];

	while (f->span_first)
		flow_span_pop(w, flow);
	if (f->fill > 0) {
		f->taken += (u64)f->fill;
		f->fill = 0;
	}
	widen(w, flow);
	flow_touch(w, flow);
}

void flow_may_gain(struct world *w, u32 flow, i64 n)
{
	w->flow[flow].ghost_put += n;
	while (w->flow[flow].span_first)
		flow_span_pop(w, flow);
	w->flow[flow].spans_sure = 0; /* their order is not known any more */
	widen(w, flow);
	flow_touch(w, flow);
}

void flow_may_lose(struct world *w, u32 flow, i64 n)
{
	w->flow[flow].ghost_take += n;
	widen(w, flow);
	flow_touch(w, flow);
}

void flow_lost(struct world *w, u32 flow, i64 n)
{
	i64 known = n < w->flow[flow].ghost_take ? n : w->flow[flow].ghost_take; /* the kernel has said so already */

	w->flow[flow].fill -= n;
	w->flow[flow].ghost_take -= known;
	w->flow[flow].owed += (u64)(n - known);
	widen(w, flow);
	flow_touch(w, flow);
}

/* What takes that sleep until they have all of it (op.loose) may have taken already. */
static i64 parts_taken(const struct world *w, u32 flow)
{
	i64 sum = 0;

	for (u32 t = w->flow[flow].open_ops; t; t = w->task[t].op.flow_next)
		if (w->task[t].op.flow_role == ACCESS_READ && w->task[t].op.loose)
			sum += w->task[t].op.flow_most;
	return sum;
}

bool flow_settle(struct world *w, u32 flow, i64 lo, i64 hi)
{
	struct w_flow *f = &w->flow[flow];
	/* Those that sleep: a take has taken nothing (one that wants all of it, a part), a put of bytes may have put a part. */
	i64 least = f->fill - f->ghost_take - (f->lossy ? f->fill : 0) - parts_taken(w, flow);
	i64 most = f->fill + f->ghost_put + open_sum(w, flow, ACCESS_WRITE);
	bool ok = lo <= most && hi >= least;

	f->seen = lo;
	f->seen_seq = world_now(w);
	if ((!open_sum(w, flow, ACCESS_WRITE) && !parts_taken(w, flow)) || !ok) {
		/* The kernel's figure is better than ours wherever calls were lost. */
		if (f->fill < lo || !ok)
			f->fill = lo;
		else if (f->fill > hi)
			f->fill = hi;
		f->ghost_put = f->ghost_take = 0;
	}
	widen(w, flow);
	return ok;
}
