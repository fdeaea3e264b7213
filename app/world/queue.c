/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Message queues, POSIX and System V: find, make, forget; the open files of POSIX queues; names, and what must hold. */
#include "world/queue.h"

/* ---- find, make, forget ---- */

u32 queue_find(const struct world *w, bool sysv, u64 id)
{
	for (u32 i = w->h->use[POOL_QUEUE].n; i-- > 1;) {
		const struct w_queue *q = &w->queue[i];

		if (q->used && !q->gone && !!q->sysv == sysv && q->id == id)
			return i;
	}
	return 0;
}

u64 queue_sysv_id(i32 id, u32 space)
{
	return (u64)space << 32 | (u32)id;
}

void queue_touch(struct world *w, u32 queue)
{
	w->queue[queue].touched_seq = world_now(w);
	w->h->pub.last_object_kind = OBJ_MQ;
	w->h->pub.last_object = queue;
}

void queue_span_give(struct world *w, struct w_flow *f, u32 before)
{
	u32 *link = before ? &w->span[before].next : &f->span_first, span = *link;

	*link = w->span[span].next;
	if (f->span_last == span)
		f->span_last = before;
	pool_give(w, POOL_SPAN, span);
}

void queue_spans_drop(struct world *w, u32 queue)
{
	struct w_flow *f = &w->flow[w->queue[queue].flow];

	while (f->span_first)
		queue_span_give(w, f, 0);
}

static bool in_use(const struct world *w, u32 queue)
{
	for (u32 t = 1; t < w->h->use[POOL_TASK].n; t++)
		if (w->task[t].op.call && w->task[t].op.object == queue && ipc_is_queue_call(w->task[t].op.call))
			return true;
	return false;
}

/* Of queues that are gone the latest are kept, to be looked at. */
static void forget_oldest(struct world *w)
{
	u32 gone = 0, oldest = 0;

	for (u32 i = 1; i < w->h->use[POOL_QUEUE].n; i++) {
		const struct w_queue *q = &w->queue[i];

		if (!q->used || !q->gone || q->files)
			continue;
		gone++;
		if ((!oldest || q->touched_seq < w->queue[oldest].touched_seq) && !in_use(w, i))
			oldest = i;
	}
	if (gone <= GONE_OBJECTS_KEPT || !oldest)
		return;
	queue_spans_drop(w, oldest);
	flow_destroy(w, w->queue[oldest].flow);
	pool_give(w, POOL_QUEUE, oldest);
}

u32 queue_new(struct world *w, u32 creator, bool sysv, u64 id)
{
	u32 kind = sysv ? NAMED_MSG : OBJ_MQ, index, flow;
	struct w_queue *q;

	forget_oldest(w);
	index = pool_take(w, POOL_QUEUE);
	flow = index ? flow_new(w, sysv ? FLOW_BYTES : FLOW_MESSAGES, OBJ_MQ, index, 0) : 0;
	if (!flow)
		return 0;
	q = &w->queue[index];
	q->name = ++w->h->pub.objects_named[kind];
	q->creator = creator;
	q->nth = creator ? ++w->task[creator].made_objects[kind] : ++w->h->outside_queues;
	q->sysv = sysv;
	q->id = id;
	q->flow = flow;
	q->site = creator ? w->task[creator].op.site : 0;
	q->made_seq = world_now(w);
	queue_touch(w, index);
	return index;
}

void queue_gone(struct world *w, u32 queue)
{
	w->queue[queue].gone = 1;
	queue_spans_drop(w, queue);
	queue_touch(w, queue);
}

/* ---- open files of POSIX queues ---- */

static void file_added(struct world *w, u32 file)
{
	struct w_queue *q = &w->queue[w->file[file].object];

	w->file[file].next = q->files;
	q->files = file;
}

void queue_check_gone(struct world *w, u32 queue)
{
	struct w_queue *q = &w->queue[queue];

	if (!q->sysv && q->unlinked && !q->files && !q->gone)
		queue_gone(w, queue);
}

static void file_gone(struct world *w, u32 file)
{
	u32 queue = w->file[file].object, *link = &w->queue[queue].files;

	while (*link != file)
		link = &w->file[*link].next;
	*link = w->file[file].next;
	if (!w->queue[queue].files)
		w->queue[queue].notify = 0;
	queue_check_gone(w, queue);
}
const struct ipc_file_rule queue_file_rule = {.added = file_added, .gone = file_gone};

u32 queue_adopt(struct world *w, const struct ev_observe *ev)
{
	u32 queue = queue_find(w, false, ev->b);

	if (!queue && (queue = queue_new(w, 0, false, ev->b)))
		w->queue[queue].outside = 1;
	return queue ? file_new(w, OBJ_MQ, queue, ev->a >> 32 & 3, (u32)ev->c) : 0;
}

bool queue_named(struct world *w, const struct ev_name *ev)
{
	u32 queue = ev->what == NAMED_PATH ? queue_find(w, false, ev->ino) : 0;

	if (queue && !w->queue[queue].title)
		w->queue[queue].title = text_add(w, ev->text, ev->len);
	return queue != 0;
}

void queue_identity(const struct world *w, u32 queue, struct str *out)
{
	const struct w_queue *q = &w->queue[queue];

	str_add(out, q->sysv ? "msg " : "mq ");
	if (q->title)
		str_add(out, world_text(w, q->title));
	else if (q->key)
		str_addf(out, "key 0x%x", q->key);
	else
		identity_made_by(w, q->creator, q->nth, out);
}

bool queue_holds(const struct world *w, u32 queue, struct str *where)
{
	const struct w_queue *q = &w->queue[queue];
	const struct w_flow *f = &w->flow[q->flow];
	i64 n = 0, done = 0;
	u32 last = 0;

	for (u32 s = f->span_first; s; last = s, s = w->span[s].next, n++)
		if (!w->span[s].used || (last && !q->sysv && w->span[last].off < w->span[s].off)) {
			str_addf(where, "messages of queue %u are out of order", queue);
			return false;
		}
	for (u32 t = f->open_ops; t; t = w->task[t].op.flow_next)
		done += w->task[t].op.done && !queue_is_receive(&w->task[t].op);
	if (last != f->span_last || (f->spans_sure && q->known && !q->gone && !q->outside && n - done != q->count &&
				     !q->ghost_put && !q->ghost_take)) {
		str_addf(where, "queue %u counts %lld messages, has %lld, of which %lld are out already", queue,
			(long long)q->count, (long long)n, (long long)done);
		return false;
	}
	return true;
}
