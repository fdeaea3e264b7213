/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Messages of queues: put into their place, and taken off by what a receiver tells of the one it got. A message was
 * "there all the while" when its send came back before an operation began and nobody has received it yet; only
 * another open receive may have it already.
 */
#include <string.h>
#include <sys/msg.h>

#include "world/queue.h"

static bool is_that(const struct queue_message *m, u64 rank, u64 size, u64 hash)
{
	if (!m->any && m->rank != rank)
		return false;
	if (m->cut && size > m->size)
		return true;
	return size == m->size && (!size || hash == m->hash);
}

/* Would this receive take a message of that type? */
bool queue_wants(const struct w_op *op, u64 rank)
{
	i64 type = (i64)op->arg;

	if (op->call != CALL_msgrcv || type == 0)
		return true;
	if (type > 0)
		return op->fd2 & MSG_EXCEPT ? (i64)rank != type : (i64)rank == type;
	return type == INT64_MIN || (i64)rank <= -type;
}

/* Does the one rank come before the other for this receive? */
static bool ranks_before(const struct w_op *op, u64 a, u64 b)
{
	if (op->call == CALL_mq_timedreceive)
		return a > b;
	return (i64)op->arg < 0 && (i64)a < (i64)b;
}

static u64 came_back(const struct w_span *s)
{
	return s->seq + s->pad;
}

bool queue_is_receive(const struct w_op *op)
{
	return op->call == CALL_mq_timedreceive || op->call == CALL_msgrcv;
}

u32 queue_other_receives(const struct world *w, u32 queue, u32 task)
{
	u32 n = 0;

	for (u32 t = w->flow[w->queue[queue].flow].open_ops; t; t = w->task[t].op.flow_next)
		n += t != task && queue_is_receive(&w->task[t].op);
	return n;
}

/* Messages that were there all the while, and that it should have taken rather than (rank, seq); rank NULL: than
 * nothing. Those of other open receives are left out. */
bool queue_passed_over(const struct world *w, u32 queue, u32 task, const u64 *rank, u64 seq)
{
	const struct w_flow *f = &w->flow[w->queue[queue].flow];
	const struct w_op *op = &w->task[task].op;
	u32 n = 0;

	for (u32 s = f->span_first; s; s = w->span[s].next) {
		const struct w_span *p = &w->span[s];
		bool before = !rank || ranks_before(op, p->off, *rank) ||
			      (!ranks_before(op, *rank, p->off) && came_back(p) < seq);

		n += queue_wants(op, p->off) && came_back(p) < op->seq && before;
	}
	return n > queue_other_receives(w, queue, task);
}

bool queue_is_sure(const struct world *w, u32 queue)
{
	const struct w_queue *q = &w->queue[queue];
	const struct w_flow *f = &w->flow[q->flow];

	return q->known && !q->outside && f->spans_sure && !q->ghost_put && !q->ghost_take;
}

/* Into its place: behind those that go before it or are as urgent. */
void queue_message_put(struct world *w, u32 queue, u32 task)
{
	struct w_queue *q = &w->queue[queue];
	struct w_flow *f = &w->flow[q->flow];
	const struct w_op *op = &w->task[task].op;
	u32 span = pool_take(w, POOL_SPAN), before = 0;
	u64 age = world_now(w) - op->seq, rank = q->sysv ? op->arg : (u64)(u32)op->fd2;

	if (!span)
		return;
	w->span[span] = (struct w_span){.used = 1, .task = task, .pos = op->pos, .off = rank, .len = op->size,
		.seq = op->seq, .hash = op->hash, .pad = age > UINT32_MAX ? UINT32_MAX : (u32)age};
	if (f->span_last && (q->sysv || w->span[f->span_last].off >= rank))
		before = f->span_last;
	else
		for (u32 s = f->span_first; s && !q->sysv && w->span[s].off >= rank; s = w->span[s].next)
			before = s;
	w->span[span].next = before ? w->span[before].next : f->span_first;
	if (before)
		w->span[before].next = span;
	else
		f->span_first = span;
	if (!w->span[span].next)
		f->span_last = span;
}

static void note_got(struct w_queue *q, u32 sender, u32 taker, u64 pos, u64 size, u64 rank)
{
	memmove(&q->got[1], &q->got[0], sizeof q->got - sizeof q->got[0]);
	q->got[0] = (struct w_got){.sender = sender, .taker = taker, .pos = pos, .size = size, .rank = rank};
}

/* Takes it off: from the messages, or from a send that has not come back. *size: its length. */
bool queue_message_take(struct world *w, u32 queue, u32 task, const struct queue_message *m, u64 *size)
{
	struct w_flow *f = &w->flow[w->queue[queue].flow];
	u32 before = 0, found = 0, found_before = 0;

	/* Of several that it may have been, one whose turn it was. */
	for (u32 s = f->span_first; s; before = s, s = w->span[s].next) {
		const struct w_span *p = &w->span[s];

		if (!queue_wants(&w->task[task].op, p->off) || !is_that(m, p->off, p->len, p->hash))
			continue;
		bool over = queue_passed_over(w, queue, task, &p->off, p->seq);

		if (found && over)
			continue;
		found = s;
		found_before = before;
		if (!over)
			break;
	}
	if (found) {
		const struct w_span p = w->span[found];

		*size = p.len;
		queue_span_give(w, f, found_before);
		note_got(&w->queue[queue], p.task, task, p.pos, p.len, p.off);
		if (queue_is_sure(w, queue) && queue_passed_over(w, queue, task, &p.off, p.seq))
			world_drift(w, "task %u received a message of %s%u at event %llu before its turn", task,
				w->queue[queue].sysv ? "msg" : "mq", w->queue[queue].name,
				(unsigned long long)world_now(w));
		return true;
	}
	for (u32 t = f->open_ops; t; t = w->task[t].op.flow_next) {
		struct w_op *op = &w->task[t].op;
		u64 rank = op->call == CALL_msgsnd ? op->arg : (u64)(u32)op->fd2;

		if (queue_is_receive(op) || op->done || !queue_wants(&w->task[task].op, rank) ||
			!is_that(m, rank, op->size, op->hash))
			continue;
		op->done = 1;
		*size = op->size;
		note_got(&w->queue[queue], t, task, op->pos, op->size, rank);
		if (queue_is_sure(w, queue) && queue_passed_over(w, queue, task, &rank, op->seq))
			world_drift(w, "task %u received a message of %s%u at event %llu before its turn", task,
				w->queue[queue].sysv ? "msg" : "mq", w->queue[queue].name,
				(unsigned long long)world_now(w));
		return true;
	}
	return false;
}
