/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Calls that make, name, set and remove queues: mq_open, mq_unlink, mq_notify, mq_getsetattr; msgget, msgctl. */
#include <fcntl.h>
#include <string.h>
#include <sys/ipc.h>

#include "world/queue.h"

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
	queue_touch(w, queue);
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
	queue_touch(w, queue);
	queue_check_gone(w, queue);
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
	queue_touch(w, op->object);
	if (op->call == CALL_mq_getsetattr && op->arg != TIME_NONE && op->arg & O_NONBLOCK)
		w->file[op->file].was_nonblock = 1;
}

static void attr_exit(struct world *w, u32 task, const struct ev_exit *ev)
{
	const struct w_op *op = &w->task[task].op;

	if (!op->object)
		return;
	queue_touch(w, op->object);
	if (ev->ret == 0 && op->call == CALL_mq_notify)
		w->queue[op->object].notify = op->arg ? task : 0;
	if (ev->ret == 0 && op->call == CALL_mq_getsetattr && op->arg != TIME_NONE)
		w->file[op->file].flags = (w->file[op->file].flags & ~(u32)O_NONBLOCK) | ((u32)op->arg & O_NONBLOCK);
	world_explain(w);
}
const struct ipc_rule queue_rule_attr = {.enter = attr_enter, .exit = attr_exit};

/* ---- System V ---- */
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
	queue = queue_find(w, true, queue_sysv_id((i32)ev->ret, (u32)op->off));
	if (!queue && (queue = queue_new(w, made ? task : 0, true, queue_sysv_id((i32)ev->ret, (u32)op->off))) && made) {
		w->queue[queue].known = 1;
		w->flow[w->queue[queue].flow].spans_sure = 1;
	}
	if (!queue)
		return;
	q = &w->queue[queue];
	q->key = key ? key : q->key;
	queue_touch(w, queue);
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
	queue_touch(w, op->object);
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
		queue_touch(w, op->object);
	}
	world_explain(w);
}
const struct ipc_rule queue_rule_control = {.found = queue_msg_found, .enter = control_enter, .exit = control_exit,
	.drop = control_drop};
