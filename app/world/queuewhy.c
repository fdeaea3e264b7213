/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a send or a receive on a queue would do now, and who could end the wait of one that sleeps. */
#include <fcntl.h>
#include <sys/ipc.h>

#include "world/queue.h"

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

bool queue_would_go(const struct world *w, u32 queue, const struct w_op *op)
{
	const struct w_queue *q = &w->queue[queue];
	const struct w_flow *f = &w->flow[q->flow];

	if (queue_is_receive(op)) {
		for (u32 s = f->span_first; s; s = w->span[s].next)
			if (queue_wants(op, w->span[s].off))
				return true;
		return false;
	}
	if (!q->sysv)
		return q->count < (i64)q->most;
	return !q->most || (f->fill + (i64)op->size <= (i64)q->most && q->count < (i64)q->most);
}

static bool never_waits(const struct world *w, const struct w_task *t, const struct w_queue *q)
{
	const struct w_op *op = &t->op;
	const struct w_file *f = q->sysv ? NULL : outlook_file(w, t);

	if (q->sysv)
		return op->fd2 & IPC_NOWAIT || queue_is_look(op) || q->gone || (!queue_is_receive(op) && (i64)op->arg < 1);
	return !f || f->flags & O_NONBLOCK || op->arg == 0 || !(f->access & (queue_is_receive(op) ? ACCESS_READ : ACCESS_WRITE)) ||
	       (queue_is_receive(op) ? op->size < q->size_most : op->size > q->size_most);
}

enum outlook queue_outlook(const struct world *w, u32 task)
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
	return queue_would_go(w, queue, &t->op) ? OUTLOOK_GOES : OUTLOOK_BLOCKS;
}

/* What our own processes made and no other was seen to use is taken for theirs alone, as named memory is: those of them
 * that live could come to it by its name, its key or a copied id. */
bool queue_wait(const struct world *w, u32 task, struct ipc_wait *wait)
{
	const struct w_task *t = &w->task[task];
	u32 queue = queue_of(w, t);
	const struct w_queue *q = &w->queue[queue];
	bool sure, goes;

	if (!queue)
		return false;
	wait->reason = queue_is_receive(&t->op) ? WHY_EMPTY : WHY_FULL;
	wait->access = queue_is_receive(&t->op) ? ACCESS_WRITE : ACCESS_READ;
	wait->kind = OBJ_MQ;
	wait->object = queue;
	wait->timeout = q->sysv ? TIME_NONE : t->op.arg;
	wait->outside = (!q->creator && !q->enclosed) || q->outside;
	/* Of a POSIX queue the count says all: what lies in it need not be known. */
	sure = q->known && !q->outside && !q->ghost_put && !q->ghost_take && (!q->sysv || w->flow[q->flow].spans_sure);
	goes = !q->sysv && queue_is_receive(&t->op) ? q->count > 0 : queue_would_go(w, queue, &t->op);
	wait->open_ended = wait->outside || wait->timeout != TIME_NONE || !sure || goes;
	wait->anybody = q->sysv || !q->unlinked;
	wait->files = q->files;
	return true;
}
