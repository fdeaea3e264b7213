/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Queues: world against kernel, at settled points. The kernel's figures are adopted; where they differ it is drift. */
#include "world/queue.h"

static bool all_asleep(const struct world *w, u32 flow)
{
	for (u32 t = w->flow[flow].open_ops; t; t = w->task[t].op.flow_next)
		if (w->task[t].state != TASK_BLOCKED)
			return false;
	return true;
}

static u64 bytes_of(const struct world *w, u32 queue)
{
	u64 sum = 0;

	for (u32 s = w->flow[w->queue[queue].flow].span_first; s; s = w->span[s].next)
		sum += w->span[s].len;
	return sum;
}

/* The kernel's figures are adopted. Which messages they are is only known when there are none, or all agrees. */
static void adopt(struct world *w, u32 queue, const struct ev_observe *ev)
{
	struct w_queue *q = &w->queue[queue];
	struct w_flow *f = &w->flow[q->flow];
	bool same = q->known && q->count == (i64)ev->c && f->spans_sure;

	q->count = (i64)ev->c;
	f->fill = q->sysv ? (i64)ev->d : (i64)ev->c;
	f->ghost_put = f->ghost_take = 0;
	f->spans_sure = ev->c == 0 || same;
	if (!f->spans_sure || ev->c == 0)
		queue_spans_drop(w, queue);
	q->ghost_put = q->ghost_take = 0;
	q->known = 1;
}

static void check_sleepers(struct world *w, u32 queue)
{
	u32 flow = w->queue[queue].flow;

	for (u32 t = w->flow[flow].open_ops; t; t = w->task[t].op.flow_next)
		if (queue_would_go(w, queue, &w->task[t].op))
			world_drift(w, "%s of task %u sleeps at event %llu, but %s%u holds %lld messages",
				call_name(w->task[t].op.call), t, (unsigned long long)world_now(w),
				w->queue[queue].sysv ? "msg" : "mq", w->queue[queue].name,
				(long long)w->queue[queue].count);
}

static void compare(struct world *w, u32 queue, const struct ev_observe *ev)
{
	struct w_queue *q = &w->queue[queue];
	i64 seen = (i64)ev->c;
	bool outside = q->outside || (!q->sysv && !q->files);

	if (!outside && (seen < q->count - q->ghost_take || seen > q->count + q->ghost_put))
		world_drift(w, "%s%u holds %lld messages at event %llu, the world says %lld", q->sysv ? "msg" : "mq",
			q->name, (long long)seen, (unsigned long long)world_now(w), (long long)q->count);
	else if (queue_is_sure(w, queue) && ev->d != OBS_UNKNOWN && ev->d != bytes_of(w, queue))
		world_drift(w, "%s%u holds %llu bytes at event %llu, the world says %llu", q->sysv ? "msg" : "mq", q->name,
			(unsigned long long)ev->d, (unsigned long long)world_now(w),
			(unsigned long long)bytes_of(w, queue));
	adopt(w, queue, ev);
	for (u32 t = w->flow[q->flow].open_ops; t; t = w->task[t].op.flow_next)
		w->task[t].op.flow_lo = w->task[t].op.flow_hi = w->flow[q->flow].fill;
	if (queue_is_sure(w, queue))
		check_sleepers(w, queue);
}

void queue_observe(struct world *w, u32 task, const struct ev_observe *ev)
{
	bool sysv = (ev->b & UINT32_MAX) == 2, fresh;
	u32 queue = queue_find(w, sysv, ev->a);
	const struct w_op *op = &w->task[task].op;
	bool makes = task && op->open && (op->call == CALL_mq_open || op->call == CALL_msgget);
	struct w_queue *q;

	if (!queue && ev->c == OBS_UNKNOWN)
		return;
	if (ev->c != OBS_UNKNOWN && (ev->c > INT32_MAX || (sysv && ev->d > INT64_MAX)))
		return;
	if (!queue && !(queue = queue_new(w, makes && ev->c == 0 ? task : 0, sysv, ev->a)))
		return;
	q = &w->queue[queue];
	if (ev->c == OBS_UNKNOWN) { /* somebody else has removed it */
		q->outside = 1;
		queue_gone(w, queue);
		return;
	}
	fresh = !q->known;
	q->most = sysv ? ev->e : ev->e & UINT32_MAX;
	q->size_most = sysv ? 0 : ev->e >> 32;
	w->flow[q->flow].capacity = q->most;
	q->outside |= !!(ev->b & OBS_OUTSIDE);
	q->seen = (i64)ev->c;
	if (fresh)
		adopt(w, queue, ev);
	else if (all_asleep(w, q->flow))
		compare(w, queue, ev);
}
