/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sends and receives on queues, by descriptor and by id: begin, come back, are broken off. Is the result one that the
 * messages, and the other open calls, explain? */
#include <errno.h>
#include <sys/msg.h>

#include "world/queue.h"

bool queue_is_look(const struct w_op *op)
{
	return op->call == CALL_msgrcv && op->fd2 & MSG_COPY;
}

static void begin_on(struct world *w, u32 task, u32 queue)
{
	struct w_op *op = &w->task[task].op;
	const struct w_queue *q = &w->queue[queue];
	i64 most = !q->sysv ? 1 : queue_is_receive(op) && op->fd2 & MSG_NOERROR ? (i64)RW_MAX : (i64)op->size;

	op->object = queue;
	queue_touch(w, queue);
	if (!queue_is_look(op))
		flow_op_begin(w, task, q->flow, queue_is_receive(op) ? ACCESS_READ : ACCESS_WRITE, most < 0 ? (i64)RW_MAX : most);
}

static void mq_enter(struct world *w, u32 task, const struct ev_enter *ev)
{
	struct w_op *op = &w->task[task].op;
	u32 need = queue_is_receive(op) ? ACCESS_READ : ACCESS_WRITE;
	const struct w_queue *q;

	(void)ev;
	op->file = call_hold_file(w, task, op->fd);
	if (!op->file || w->file[op->file].kind != OBJ_MQ)
		return;
	op->object = w->file[op->file].object;
	q = &w->queue[op->object];
	queue_touch(w, op->object);
	if (!(w->file[op->file].access & need) || (q->size_most && (queue_is_receive(op) ? op->size < q->size_most
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

	if (q->notify && q->count == 1 && !queue_other_receives(w, queue, 0))
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
		queue_message_put(w, queue, task);
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
	struct queue_message m = {.any = ev->arg == OBS_UNKNOWN, .rank = ev->arg, .size = (u64)ev->ret, .hash = ev->arg2,
		.cut = q->sysv && op->fd2 & MSG_NOERROR && (u64)ev->ret == op->size};
	bool sure = queue_is_sure(w, queue);
	u64 size = (u64)ev->ret;

	if (!op->flow)
		return;
	if (!queue_message_take(w, queue, task, &m, &size)) {
		if (sure)
			cannot_be(w, task, ev->ret, "holds no such message");
		w->flow[q->flow].spans_sure = 0; /* until it is seen empty */
		queue_spans_drop(w, queue);
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
		if (queue_is_receive(op)) {
			if (sure && op->flow && queue_passed_over(w, queue, task, NULL, 0))
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
	queue_touch(w, op->object);
	if (ev->ret < 0)
		failed(w, task, ev->ret);
	else if (w->queue[op->object].gone && w->queue[op->object].sysv)
		flow_op_nothing(w, task); /* it had it before the queue was removed */
	else if (queue_is_look(op))
		world_explain(w);
	else if (queue_is_receive(op))
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
	if (queue_is_receive(op))
		w->queue[op->object].ghost_take++;
	else
		w->queue[op->object].ghost_put++;
}

const struct ipc_rule queue_rule_mq = {.enter = mq_enter, .exit = transfer_exit_of, .drop = transfer_drop,
	.lost = transfer_lost, .outlook = queue_outlook, .wait = queue_wait};

void queue_msg_found(struct world *w, u32 task, const struct ev_enter *ev)
{
	w->task[task].op.object = queue_find(w, true, queue_sysv_id(ev->fd, ev->space));
}

static void msg_enter(struct world *w, u32 task, const struct ev_enter *ev)
{
	struct w_op *op = &w->task[task].op;

	if (!op->object && ev->space && ev->fd >= 0) /* of a namespace that cannot be asked */
		op->object = queue_new(w, 0, true, queue_sysv_id(ev->fd, ev->space));
	if (op->object)
		begin_on(w, task, op->object);
}
const struct ipc_rule queue_rule_msg = {.found = queue_msg_found, .enter = msg_enter, .exit = transfer_exit_of,
	.drop = transfer_drop, .lost = transfer_lost, .outlook = queue_outlook, .wait = queue_wait};
