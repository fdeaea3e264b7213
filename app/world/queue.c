/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Message queues, POSIX and System V. A queue keeps its messages as spans in the order in which the kernel hands
 * them out: by priority, then age (POSIX), or by age (System V). What a receiver got is told by priority or type,
 * length and hash, so that the world knows which message it was. A send is open until it comes back: its
 * message may be received before (op.done). A message was "there all the while" when its send came back before
 * an operation began and nobody has received it yet; only another open receive may have it already.
 */
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>

#include "world/private.h"

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

static u64 sysv_id(i32 id, u32 space)
{
	return (u64)space << 32 | (u32)id;
}

static void touch(struct world *w, u32 queue)
{
	w->queue[queue].touched_seq = world_now(w);
	w->h->pub.last_object_kind = OBJ_MQ;
	w->h->pub.last_object = queue;
}

static void span_give(struct world *w, struct w_flow *f, u32 before)
{
	u32 *link = before ? &w->span[before].next : &f->span_first, span = *link;

	*link = w->span[span].next;
	if (f->span_last == span)
		f->span_last = before;
	pool_give(w, POOL_SPAN, span);
}

static void spans_drop(struct world *w, u32 queue)
{
	struct w_flow *f = &w->flow[w->queue[queue].flow];

	while (f->span_first)
		span_give(w, f, 0);
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
	spans_drop(w, oldest);
	flow_destroy(w, w->queue[oldest].flow);
	pool_give(w, POOL_QUEUE, oldest);
}

static u32 queue_new(struct world *w, u32 creator, bool sysv, u64 id)
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
	touch(w, index);
	return index;
}

static void queue_gone(struct world *w, u32 queue)
{
	w->queue[queue].gone = 1;
	spans_drop(w, queue);
	touch(w, queue);
}

/* ---- open files of POSIX queues ---- */

static void file_added(struct world *w, u32 file)
{
	struct w_queue *q = &w->queue[w->file[file].object];

	w->file[file].next = q->files;
	q->files = file;
}

static void check_gone(struct world *w, u32 queue)
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
	check_gone(w, queue);
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

/* ---- messages ---- */

struct message { /* as a receiver tells of it */
	bool any;  /* its priority is not known */
	bool cut;  /* MSG_NOERROR: it may have been longer */
	u64 rank;  /* priority or type */
	u64 size, hash;
};

static bool is_that(const struct message *m, u64 rank, u64 size, u64 hash)
{
	if (!m->any && m->rank != rank)
		return false;
	if (m->cut && size > m->size)
		return true;
	return size == m->size && (!size || hash == m->hash);
}

/* Would this receive take a message of that type? */
static bool wants(const struct w_op *op, u64 rank)
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

static bool is_receive(const struct w_op *op)
{
	return op->call == CALL_mq_timedreceive || op->call == CALL_msgrcv;
}

static u32 other_receives(const struct world *w, u32 queue, u32 task)
{
	u32 n = 0;

	for (u32 t = w->flow[w->queue[queue].flow].open_ops; t; t = w->task[t].op.flow_next)
		n += t != task && is_receive(&w->task[t].op);
	return n;
}

/* Messages that were there all the while, and that it should have taken rather than (rank, seq); rank NULL: than
 * nothing. Those of other open receives are left out. */
static bool passed_over(const struct world *w, u32 queue, u32 task, const u64 *rank, u64 seq)
{
	const struct w_flow *f = &w->flow[w->queue[queue].flow];
	const struct w_op *op = &w->task[task].op;
	u32 n = 0;

	for (u32 s = f->span_first; s; s = w->span[s].next) {
		const struct w_span *p = &w->span[s];
		bool before = !rank || ranks_before(op, p->off, *rank) ||
			      (!ranks_before(op, *rank, p->off) && came_back(p) < seq);

		n += wants(op, p->off) && came_back(p) < op->seq && before;
	}
	return n > other_receives(w, queue, task);
}

bool queue_is_sure(const struct world *w, u32 queue)
{
	const struct w_queue *q = &w->queue[queue];
	const struct w_flow *f = &w->flow[q->flow];

	return q->known && !q->outside && f->spans_sure && !q->ghost_put && !q->ghost_take;
}

/* Into its place: behind those that go before it or are as urgent. */
static void message_put(struct world *w, u32 queue, u32 task)
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
static bool message_take(struct world *w, u32 queue, u32 task, const struct message *m, u64 *size)
{
	struct w_flow *f = &w->flow[w->queue[queue].flow];
	u32 before = 0, found = 0, found_before = 0;

	/* Of several that it may have been, one whose turn it was. */
	for (u32 s = f->span_first; s; before = s, s = w->span[s].next) {
		const struct w_span *p = &w->span[s];

		if (!wants(&w->task[task].op, p->off) || !is_that(m, p->off, p->len, p->hash))
			continue;
		bool over = passed_over(w, queue, task, &p->off, p->seq);

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
		span_give(w, f, found_before);
		note_got(&w->queue[queue], p.task, task, p.pos, p.len, p.off);
		if (queue_is_sure(w, queue) && passed_over(w, queue, task, &p.off, p.seq))
			world_drift(w, "task %u received a message of %s%u at event %llu before its turn", task,
				w->queue[queue].sysv ? "msg" : "mq", w->queue[queue].name,
				(unsigned long long)world_now(w));
		return true;
	}
	for (u32 t = f->open_ops; t; t = w->task[t].op.flow_next) {
		struct w_op *op = &w->task[t].op;
		u64 rank = op->call == CALL_msgsnd ? op->arg : (u64)(u32)op->fd2;

		if (is_receive(op) || op->done || !wants(&w->task[task].op, rank) ||
			!is_that(m, rank, op->size, op->hash))
			continue;
		op->done = 1;
		*size = op->size;
		note_got(&w->queue[queue], t, task, op->pos, op->size, rank);
		if (queue_is_sure(w, queue) && passed_over(w, queue, task, &rank, op->seq))
			world_drift(w, "task %u received a message of %s%u at event %llu before its turn", task,
				w->queue[queue].sysv ? "msg" : "mq", w->queue[queue].name,
				(unsigned long long)world_now(w));
		return true;
	}
	return false;
}

/* ---- calls by descriptor: POSIX ---- */

static bool is_read_only_look(const struct w_op *op)
{
	return op->call == CALL_msgrcv && op->fd2 & MSG_COPY;
}

static void begin_on(struct world *w, u32 task, u32 queue)
{
	struct w_op *op = &w->task[task].op;
	const struct w_queue *q = &w->queue[queue];
	i64 most = !q->sysv ? 1 : is_receive(op) && op->fd2 & MSG_NOERROR ? (i64)RW_MAX : (i64)op->size;

	op->object = queue;
	touch(w, queue);
	if (!is_read_only_look(op))
		flow_op_begin(w, task, q->flow, is_receive(op) ? ACCESS_READ : ACCESS_WRITE, most < 0 ? (i64)RW_MAX : most);
}

static void mq_enter(struct world *w, u32 task, const struct ev_enter *ev)
{
	struct w_op *op = &w->task[task].op;
	u32 need = is_receive(op) ? ACCESS_READ : ACCESS_WRITE;
	const struct w_queue *q;

	(void)ev;
	op->file = call_hold_file(w, task, op->fd);
	if (!op->file || w->file[op->file].kind != OBJ_MQ)
		return;
	op->object = w->file[op->file].object;
	q = &w->queue[op->object];
	touch(w, op->object);
	if (!(w->file[op->file].access & need) || (q->size_most && (is_receive(op) ? op->size < q->size_most
										  : op->size > q->size_most)))
		return; /* EBADF, EMSGSIZE */
	begin_on(w, task, op->object);
}

static void cannot_be(struct world *w, u32 task, i64 ret, const char *because)
{
	const struct w_queue *q = &w->queue[w->task[task].op.object];

	world_drift(w, "%s of task %u returned %lld at event %llu, but %s%u %s", call_name(w->task[task].op.call), task,
		(long long)ret, (unsigned long long)world_now(w), q->sysv ? "msg" : "mq", q->name, because);
}

/* Told once: the process that asked gets its signal when a message comes to the empty queue and nobody waits. */
static void notify_due(struct world *w, u32 queue)
{
	struct w_queue *q = &w->queue[queue];

	if (q->notify && q->count == 1 && !other_receives(w, queue, 0))
		q->notify = 0;
}

static void sent(struct world *w, u32 task)
{
	struct w_op *op = &w->task[task].op;
	u32 queue = op->object;
	struct w_queue *q = &w->queue[queue];
	bool sure = queue_is_sure(w, queue), fits = !q->sysv || !q->most || op->flow_lo + (i64)op->size <= (i64)q->most;

	if (!op->flow) {
		if (sure)
			cannot_be(w, task, 0, "cannot take such a message");
		return;
	}
	q->count++;
	if (!op->done)
		message_put(w, queue, task);
	if (!flow_op_put(w, task, q->sysv ? (i64)op->size : 1) || !fits) {
		if (sure)
			cannot_be(w, task, 0, "was full all the while");
	}
	notify_due(w, queue);
	world_explain(w);
}

static void received(struct world *w, u32 task, const struct ev_exit *ev)
{
	struct w_op *op = &w->task[task].op;
	u32 queue = op->object;
	struct w_queue *q = &w->queue[queue];
	struct message m = {.any = ev->arg == OBS_UNKNOWN, .rank = ev->arg, .size = (u64)ev->ret, .hash = ev->arg2,
		.cut = q->sysv && op->fd2 & MSG_NOERROR && (u64)ev->ret == op->size};
	bool sure = queue_is_sure(w, queue);
	u64 size = (u64)ev->ret;

	if (!op->flow)
		return;
	if (!message_take(w, queue, task, &m, &size)) {
		if (sure)
			cannot_be(w, task, ev->ret, "holds no such message");
		w->flow[q->flow].spans_sure = 0; /* until it is seen empty */
		spans_drop(w, queue);
	}
	q->count--;
	flow_op_took(w, task, q->sysv ? (i64)size : 1);
	world_explain(w);
}

/* It came back with nothing. */
static void failed(struct world *w, u32 task, i64 ret)
{
	const struct w_op *op = &w->task[task].op;
	u32 queue = op->object;
	const struct w_queue *q = &w->queue[queue];
	bool sure = queue_is_sure(w, queue);

	switch (-ret) {
	case EAGAIN:
	case ETIMEDOUT:
	case ENOMSG:
		if (is_receive(op)) {
			if (sure && op->flow && passed_over(w, queue, task, NULL, 0))
				cannot_be(w, task, ret, "held a message all the while");
		} else if (!flow_op_full(w, task) && sure) {
			cannot_be(w, task, ret, "had room all the while");
		}
		break;
	case EMSGSIZE:
		if (op->flow && q->size_most && !q->sysv)
			cannot_be(w, task, ret, "takes messages of that size");
		break;
	case EIDRM:
		if (!q->gone && !q->removing && !q->outside)
			cannot_be(w, task, ret, "was not removed");
		break;
	case EBADF:
		if (op->flow && op->file && w->file[op->file].refs && !q->sysv)
			cannot_be(w, task, ret, "was open for that");
		break;
	default: break;
	}
	flow_op_nothing(w, task);
	world_explain(w);
}

static void transfer_exit_of(struct world *w, u32 task, const struct ev_exit *ev)
{
	const struct w_op *op = &w->task[task].op;

	if (!op->object)
		return;
	touch(w, op->object);
	if (ev->ret < 0)
		failed(w, task, ev->ret);
	else if (w->queue[op->object].gone && w->queue[op->object].sysv)
		flow_op_nothing(w, task); /* it had it before the queue was removed */
	else if (is_read_only_look(op))
		world_explain(w);
	else if (is_receive(op))
		received(w, task, ev);
	else
		sent(w, task);
}

/* A send whose message was received has done its work, whatever becomes of it. */
static void transfer_drop(struct world *w, u32 task)
{
	struct w_op *op = &w->task[task].op;

	if (!op->flow || !op->done)
		return;
	w->queue[op->object].count++;
	flow_op_put(w, task, w->queue[op->object].sysv ? (i64)op->size : 1);
}

static void transfer_lost(struct world *w, u32 task)
{
	struct w_op *op = &w->task[task].op;

	transfer_drop(w, task);
	if (!op->flow)
		return;
	if (is_receive(op))
		w->queue[op->object].ghost_take++;
	else
		w->queue[op->object].ghost_put++;
}

static enum outlook transfer_outlook(const struct world *w, u32 task);
static bool transfer_wait(const struct world *w, u32 task, struct ipc_wait *wait);

const struct ipc_rule queue_rule_mq = {.enter = mq_enter, .exit = transfer_exit_of, .drop = transfer_drop,
	.lost = transfer_lost, .outlook = transfer_outlook, .wait = transfer_wait};

/* ---- mq_open, mq_unlink, mq_notify, mq_setattr ---- */

static void name_found(struct world *w, u32 task, const struct ev_enter *ev)
{
	if (ev->held)
		w->task[task].op.text = text_add(w, (const char *)ev->contents, ev->held);
}

static void open_exit(struct world *w, u32 task, const struct ev_exit *ev)
{
	static const u8 access[4] = {ACCESS_READ, ACCESS_WRITE, ACCESS_READ | ACCESS_WRITE, 0};
	const struct w_op *op = &w->task[task].op;
	struct w_queue *q;
	u32 queue;

	if (ev->ret < 0 || ev->ret > INT32_MAX || !ev->arg)
		return;
	queue = queue_find(w, false, ev->arg);
	if (!queue)
		queue = queue_new(w, op->arg & O_CREAT ? task : 0, false, ev->arg);
	if (!queue)
		return;
	q = &w->queue[queue];
	q->most = (u32)ev->fd;
	q->size_most = (u32)ev->fd2;
	w->flow[q->flow].capacity = q->most;
	if (!q->title)
		q->title = op->text;
	result_make_room(w, task, (i32)ev->ret);
	result_give_fd(w, task, (i32)ev->ret,
		file_new(w, OBJ_MQ, queue, access[op->arg & O_ACCMODE], (u32)op->arg), FD_OPENED, true);
	touch(w, queue);
	world_explain(w);
}
const struct ipc_rule queue_rule_open = {.found = name_found, .exit = open_exit};

static u32 queue_called(const struct world *w, const char *name)
{
	for (u32 i = w->h->use[POOL_QUEUE].n; i-- > 1;) {
		const struct w_queue *q = &w->queue[i];

		if (q->used && !q->gone && !q->sysv && !q->unlinked && !strcmp(world_text(w, q->title), name))
			return i;
	}
	return 0;
}

static void unlink_exit(struct world *w, u32 task, const struct ev_exit *ev)
{
	const struct w_op *op = &w->task[task].op;
	u32 queue = op->text ? queue_called(w, world_text(w, op->text)) : 0;

	if (ev->ret != 0 || !queue)
		return;
	w->queue[queue].unlinked = 1;
	touch(w, queue);
	check_gone(w, queue);
	world_explain(w);
}
const struct ipc_rule queue_rule_unlink = {.found = name_found, .exit = unlink_exit};

static void attr_enter(struct world *w, u32 task, const struct ev_enter *ev)
{
	struct w_op *op = &w->task[task].op;

	(void)ev;
	op->file = call_hold_file(w, task, op->fd);
	if (!op->file || w->file[op->file].kind != OBJ_MQ)
		return;
	op->object = w->file[op->file].object;
	touch(w, op->object);
	if (op->call == CALL_mq_getsetattr && op->arg != TIME_NONE && op->arg & O_NONBLOCK)
		w->file[op->file].was_nonblock = 1;
}

static void attr_exit(struct world *w, u32 task, const struct ev_exit *ev)
{
	const struct w_op *op = &w->task[task].op;

	if (!op->object)
		return;
	touch(w, op->object);
	if (ev->ret == 0 && op->call == CALL_mq_notify)
		w->queue[op->object].notify = op->arg ? task : 0;
	if (ev->ret == 0 && op->call == CALL_mq_getsetattr && op->arg != TIME_NONE)
		w->file[op->file].flags = (w->file[op->file].flags & ~(u32)O_NONBLOCK) | ((u32)op->arg & O_NONBLOCK);
	world_explain(w);
}
const struct ipc_rule queue_rule_attr = {.enter = attr_enter, .exit = attr_exit};

/* ---- System V ---- */

static void msg_found(struct world *w, u32 task, const struct ev_enter *ev)
{
	w->task[task].op.object = queue_find(w, true, sysv_id(ev->fd, ev->space));
}

static void msg_enter(struct world *w, u32 task, const struct ev_enter *ev)
{
	struct w_op *op = &w->task[task].op;

	if (!op->object && ev->space && ev->fd >= 0) /* of a namespace that cannot be asked */
		op->object = queue_new(w, 0, true, sysv_id(ev->fd, ev->space));
	if (op->object)
		begin_on(w, task, op->object);
}
const struct ipc_rule queue_rule_msg = {.found = msg_found, .enter = msg_enter, .exit = transfer_exit_of,
	.drop = transfer_drop, .lost = transfer_lost, .outlook = transfer_outlook, .wait = transfer_wait};

static void get_enter(struct world *w, u32 task, const struct ev_enter *ev)
{
	w->task[task].op.off = ev->space;
}

static void get_exit(struct world *w, u32 task, const struct ev_exit *ev)
{
	const struct w_op *op = &w->task[task].op;
	u32 flags = (u32)(op->arg >> 32), key = (u32)op->arg, queue;
	bool made = key == IPC_PRIVATE || (flags & (IPC_CREAT | IPC_EXCL)) == (IPC_CREAT | IPC_EXCL);
	struct w_queue *q;

	if (ev->ret < 0 || ev->ret > INT32_MAX)
		return;
	queue = queue_find(w, true, sysv_id((i32)ev->ret, (u32)op->off));
	if (!queue && (queue = queue_new(w, made ? task : 0, true, sysv_id((i32)ev->ret, (u32)op->off))) && made) {
		w->queue[queue].known = 1;
		w->flow[w->queue[queue].flow].spans_sure = 1;
	}
	if (!queue)
		return;
	q = &w->queue[queue];
	q->key = key ? key : q->key;
	touch(w, queue);
	world_explain(w);
}
const struct ipc_rule queue_rule_get = {.enter = get_enter, .exit = get_exit};

static void control_enter(struct world *w, u32 task, const struct ev_enter *ev)
{
	struct w_op *op = &w->task[task].op;

	(void)ev;
	if (!op->object || op->arg != IPC_RMID)
		return;
	w->queue[op->object].removing++;
	touch(w, op->object);
}

static void control_drop(struct world *w, u32 task)
{
	struct w_op *op = &w->task[task].op;

	if (op->object && op->arg == IPC_RMID)
		w->queue[op->object].removing--;
}

static void control_exit(struct world *w, u32 task, const struct ev_exit *ev)
{
	struct w_op *op = &w->task[task].op;
	struct w_queue *q = &w->queue[op->object];

	control_drop(w, task);
	if (!op->object)
		return;
	if (op->arg == IPC_RMID && ev->ret == 0)
		queue_gone(w, op->object);
	if (op->arg == IPC_SET && ev->ret == 0) {
		q->most = op->size;
		w->flow[q->flow].capacity = q->most;
		touch(w, op->object);
	}
	world_explain(w);
}
const struct ipc_rule queue_rule_control = {.found = msg_found, .enter = control_enter, .exit = control_exit,
	.drop = control_drop};

/* ---- world against kernel ---- */

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
		spans_drop(w, queue);
	q->ghost_put = q->ghost_take = 0;
	q->known = 1;
}

static bool would_go(const struct world *w, u32 queue, const struct w_op *op)
{
	const struct w_queue *q = &w->queue[queue];
	const struct w_flow *f = &w->flow[q->flow];

	if (is_receive(op)) {
		for (u32 s = f->span_first; s; s = w->span[s].next)
			if (wants(op, w->span[s].off))
				return true;
		return false;
	}
	if (!q->sysv)
		return q->count < (i64)q->most;
	return !q->most || (f->fill + (i64)op->size <= (i64)q->most && q->count < (i64)q->most);
}

static void check_sleepers(struct world *w, u32 queue)
{
	u32 flow = w->queue[queue].flow;

	for (u32 t = w->flow[flow].open_ops; t; t = w->task[t].op.flow_next)
		if (would_go(w, queue, &w->task[t].op))
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

/* ---- what it would do, and who could end its wait ---- */

static u32 queue_of(const struct world *w, const struct w_task *t)
{
	const struct w_file *f;

	if (t->op.object)
		return t->op.object;
	f = t->op.call == CALL_msgsnd || t->op.call == CALL_msgrcv ? NULL : outlook_file(w, t);
	return f && f->kind == OBJ_MQ ? f->object : 0;
}

u32 world_op_queue(const struct world *w, u32 task)
{
	const struct w_task *t = world_task(w, task);

	return t && t->state < TASK_ZOMBIE && ipc_is_queue_call(t->op.call) ? queue_of(w, t) : 0;
}

static bool never_waits(const struct world *w, const struct w_task *t, const struct w_queue *q)
{
	const struct w_op *op = &t->op;
	const struct w_file *f = q->sysv ? NULL : outlook_file(w, t);

	if (q->sysv)
		return op->fd2 & IPC_NOWAIT || is_read_only_look(op) || q->gone || (!is_receive(op) && (i64)op->arg < 1);
	return !f || f->flags & O_NONBLOCK || op->arg == 0 || !(f->access & (is_receive(op) ? ACCESS_READ : ACCESS_WRITE)) ||
	       (is_receive(op) ? op->size < q->size_most : op->size > q->size_most);
}

static enum outlook transfer_outlook(const struct world *w, u32 task)
{
	const struct w_task *t = &w->task[task];
	u32 queue = queue_of(w, t);
	const struct w_queue *q = &w->queue[queue];
	bool others = false;

	if (!queue)
		return OUTLOOK_GOES; /* EBADF, EINVAL */
	if (never_waits(w, t, q))
		return OUTLOOK_GOES;
	if (!queue_is_sure(w, queue))
		return OUTLOOK_UNKNOWN;
	for (u32 o = w->flow[q->flow].open_ops; o; o = w->task[o].op.flow_next)
		others |= o != task && w->task[o].state != TASK_BLOCKED;
	if (others)
		return OUTLOOK_UNKNOWN;
	return would_go(w, queue, &t->op) ? OUTLOOK_GOES : OUTLOOK_BLOCKS;
}

/* What our own processes made and no other was seen to use is taken for theirs alone, as named memory is: those of them
 * that live could come to it by its name, its key or a copied id. */
static bool transfer_wait(const struct world *w, u32 task, struct ipc_wait *wait)
{
	const struct w_task *t = &w->task[task];
	u32 queue = queue_of(w, t);
	const struct w_queue *q = &w->queue[queue];
	bool sure, goes;

	if (!queue)
		return false;
	wait->reason = is_receive(&t->op) ? WHY_EMPTY : WHY_FULL;
	wait->access = is_receive(&t->op) ? ACCESS_WRITE : ACCESS_READ;
	wait->kind = OBJ_MQ;
	wait->object = queue;
	wait->timeout = q->sysv ? TIME_NONE : t->op.arg;
	wait->outside = (!q->creator && !q->enclosed) || q->outside;
	/* Of a POSIX queue the count says all: what lies in it need not be known. */
	sure = q->known && !q->outside && !q->ghost_put && !q->ghost_take && (!q->sysv || w->flow[q->flow].spans_sure);
	goes = !q->sysv && is_receive(&t->op) ? q->count > 0 : would_go(w, queue, &t->op);
	wait->open_ended = wait->outside || wait->timeout != TIME_NONE || !sure || goes;
	wait->anybody = q->sysv || !q->unlinked;
	wait->files = q->files;
	return true;
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
		done += w->task[t].op.done && !is_receive(&w->task[t].op);
	if (last != f->span_last || (f->spans_sure && q->known && !q->gone && !q->outside && n - done != q->count &&
				     !q->ghost_put && !q->ghost_take)) {
		str_addf(where, "queue %u counts %lld messages, has %lld, of which %lld are out already", queue,
			(long long)q->count, (long long)n, (long long)done);
		return false;
	}
	return true;
}
