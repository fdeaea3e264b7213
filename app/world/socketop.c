/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What goes through sockets: sends and receives in all their forms, read and write, splice and sendfile. Is the result one that
 * some order of the open operations explains? */
#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>

#include "world/private.h"

static bool is_stream(const struct w_socket *s)
{
	return (s->type & 0xf) == SOCK_STREAM;
}

static u32 flags_of(const struct w_op *op)
{
	switch (op->call) {
	case CALL_sendto:
	case CALL_sendmsg:
	case CALL_sendmmsg:
	case CALL_recvfrom:
	case CALL_recvmsg:
	case CALL_recvmmsg: return (u32)op->arg;
	default: return 0;
	}
}

static bool is_many(const struct w_op *op)
{
	return op->call == CALL_sendmmsg || op->call == CALL_recvmmsg;
}

/* Bytes asked for, or messages. */
static i64 amount(const struct w_op *op, const struct w_socket *s)
{
	u64 n = is_stream(s) ? (is_many(op) ? op->hash : op->size) : is_many(op) ? op->size : 1;

	return n > RW_MAX ? (i64)RW_MAX : (i64)n;
}

static bool may_be_nonblocking(const struct world *w, const struct w_op *op, const struct w_socket *s)
{
	return flags_of(op) & MSG_DONTWAIT || s->timeouts || !op->file || w->file[op->file].was_nonblock ||
	       w->file[op->file].flags & O_NONBLOCK;
}

static u32 begin(struct world *w, u32 task)
{
	struct w_op *op = &w->task[task].op;

	if (!op->file)
		op->file = call_hold_file(w, task, op->fd);
	op->object = socket_of_file(w, op->file);
	if (op->object)
		socket_touch(w, op->object);
	return op->object;
}

static void judge(struct world *w, u32 task, i64 ret, bool ok)
{
	const struct w_op *op = &w->task[task].op;

	if (ok || w->socket[op->object].outside)
		world_explain(w);
	else
		world_drift(w, "%s(%d) of task %u on sock%u gave %lld at event %llu, which nothing open explains", call_name(op->call),
			op->fd, task, w->socket[op->object].name, (long long)ret, (unsigned long long)world_now(w));
}

/* ---- contents, in order, where the order is certain ---- */

static void spans_lost(struct world *w, u32 flow)
{
	struct w_flow *f = &w->flow[flow];

	while (f->span_first) {
		u32 span = f->span_first;
		f->span_first = w->span[span].next;
		pool_give(w, POOL_SPAN, span);
	}
	f->span_last = 0;
	f->spans_sure = 0;
}

/* Certainly empty: what comes now is known in order. */
static void spans_begin(struct world *w, u32 flow)
{
	struct w_flow *f = &w->flow[flow];

	if (f->fill || f->ghost_put || f->ghost_take || f->spans_sure)
		return;
	spans_lost(w, flow);
	f->spans_sure = 1;
}

static void span_put(struct world *w, u32 flow, u32 task, u64 len)
{
	const struct w_op *op = &w->task[task].op;
	struct w_flow *f = &w->flow[flow];
	u32 span = f->spans_sure ? pool_take(w, POOL_SPAN) : 0;

	if (!span)
		return;
	w->span[span].task = task;
	w->span[span].pos = op->pos;
	w->span[span].len = len;
	w->span[span].seq = world_now(w);
	w->span[span].hash = op->hash;
	if (f->span_last)
		w->span[f->span_last].next = span;
	else
		f->span_first = span;
	f->span_last = span;
}

static void span_pop(struct world *w, u32 flow)
{
	struct w_flow *f = &w->flow[flow];
	u32 span = f->span_first;

	f->span_first = w->span[span].next;
	if (!f->span_first)
		f->span_last = 0;
	pool_give(w, POOL_SPAN, span);
}

static void bytes_taken(struct world *w, u32 flow, u64 n)
{
	struct w_flow *f = &w->flow[flow];

	while (n && f->span_first) {
		struct w_span *s = &w->span[f->span_first];
		u64 part = s->len < n ? s->len : n;

		s->off += part;
		s->len -= part;
		n -= part;
		if (!s->len)
			span_pop(w, flow);
	}
}

/* A message came out: is it as long as the first one? Unknown order: no question. */
static bool message_fits(struct world *w, u32 task, u32 flow, i64 ret)
{
	const struct w_op *op = &w->task[task].op;
	const struct w_span *s = &w->span[w->flow[flow].span_first];
	u64 room = op->size;

	if (!w->flow[flow].spans_sure || !w->flow[flow].span_first || is_many(op) || flags_of(op) & (MSG_TRUNC | MSG_OOB))
		return true;
	if (w->flow[flow].lossy)
		return inet_message_fits(w, flow, (u64)ret, room);
	return (u64)ret == (s->len < room ? s->len : room);
}

/* ---- taking ---- */

static void receive_enter(struct world *w, u32 task, const struct ev_enter *ev)
{
	struct w_op *op = &w->task[task].op;
	u32 socket = begin(w, task), flags = flags_of(op);
	const struct w_socket *s = &w->socket[socket];

	(void)ev;
	if (!socket || !s->in || s->state == SOCKET_LISTENING || flags & (MSG_OOB | MSG_ERRQUEUE))
		return;
	if (call_class(op->call) == CLASS_READ && !op->size)
		return; /* net/socket.c: nothing is looked at */
	op->loose = !!(flags & MSG_WAITALL) && is_stream(s);
	flow_op_begin(w, task, s->in, ACCESS_READ, flags & MSG_PEEK ? 0 : amount(op, s));
}

/* It moved n bytes, or messages. */
static bool took(struct world *w, u32 task, i64 ret, i64 n)
{
	const struct w_op *op = &w->task[task].op;
	u32 flow = op->flow;
	bool alone = op->flow_alone, ok = true;

	if (!flow)
		return true;
	if (flags_of(op) & MSG_PEEK)
		w->flow[flow].peeked_seq = world_now(w);
	if (flags_of(op) & MSG_PEEK)
		return flow_op_saw(w, task, w->flow[flow].kind == FLOW_BYTES ? (n < (i64)RW_MAX ? n : 0) : 1);
	if (!alone || w->flow[flow].fill < n)
		spans_lost(w, flow);
	if (w->flow[flow].kind == FLOW_BYTES)
		bytes_taken(w, flow, w->flow[flow].spans_sure ? (u64)n : 0);
	else
		ok = message_fits(w, task, flow, ret);
	for (i64 i = 0; i < n && w->flow[flow].kind != FLOW_BYTES && w->flow[flow].span_first; i++)
		span_pop(w, flow);
	return flow_op_took(w, task, n) && ok;
}

/* Where there may be a message, but need not: is it one of no length that came, and not the end? */
static bool is_empty_message(struct world *w, u32 task)
{
	const struct w_op *op = &w->task[task].op;
	const struct w_flow *f = &w->flow[op->flow];

	if ((w->socket[op->object].type & 0xf) == SOCK_DGRAM || !socket_peer_may_be_shut(w, op->object, ACCESS_READ, 0))
		return true;
	return f->spans_sure && f->span_first && !w->span[f->span_first].len;
}

/* Nothing came, and that is no error: the end, or a message of no length. */
static bool took_nothing(struct world *w, u32 task)
{
	struct w_op *op = &w->task[task].op;
	struct w_socket *s = &w->socket[op->object];

	if ((is_stream(s) || is_many(op)) && amount(op, s) == 0) { /* no bytes, no messages were asked for */
		flow_op_nothing(w, task);
		return true;
	}
	if (!op->flow)
		return true;
	if (!is_stream(s) && op->flow_hi > 0 && (op->flow_lo > 0 || is_empty_message(w, task)))
		return took(w, task, 0, 1);
	w->flow[op->flow].put_shut_open = socket_peer_may_be_shut(w, op->object, ACCESS_READ, task);
	if (inet_may_be_reset(w, op->object) && (w->flow[op->flow].put_shut || w->flow[op->flow].put_shut_open))
		op->flow_lo = 0;
	return flow_op_ended(w, task);
}

/* Nobody has the other end, or that name, any more. */
static bool was_refused(struct world *w, u32 task)
{
	struct w_op *op = &w->task[task].op;
	const struct w_socket *s = &w->socket[op->object];
	u32 to = op->flow ? w->flow[op->flow].object : 0;

	flow_op_nothing(w, task);
	if (socket_is_inet(s))
		return !is_stream(s) || inet_was_refused(w, op->object);
	if (to && !socket_may_be_gone(w, to, task))
		return false;
	if (to && to == s->peer)
		socket_disconnected(w, op->object);
	return true;
}

static bool receive_failed(struct world *w, u32 task, i64 ret)
{
	struct w_op *op = &w->task[task].op;
	struct w_socket *s = &w->socket[op->object];

	switch (ret) {
	case -EAGAIN:
		if (!may_be_nonblocking(w, op, s) && op->flow)
			return false;
		if (op->flow && inet_may_be_late(w, op->object))
			op->flow_lo = 0;
		return flow_op_empty(w, task);
	case -ECONNRESET:
	case -EPIPE:
		if (op->flow)
			w->flow[op->flow].put_shut_open = socket_peer_may_be_shut(w, op->object, ACCESS_READ, task);
		if (!flow_op_broken(w, task))
			return false;
		inet_was_reset(w, op->object);
		return true;
	case -ECONNREFUSED:
		return was_refused(w, task);
	default: flow_op_nothing(w, task); return true;
	}
}

/* Messages that recvmmsg got: at the end of a connection one without length comes as often as it is asked for. */
static i64 messages(struct world *w, u32 task, i64 n)
{
	const struct w_op *op = &w->task[task].op;

	if (!is_many(op))
		return 1;
	if (op->flow && n > op->flow_hi &&
		socket_peer_may_be_shut(w, op->object, ACCESS_READ, task))
		return op->flow_hi;
	return n;
}

static void receive_exit(struct world *w, u32 task, const struct ev_exit *ev)
{
	struct w_op *op = &w->task[task].op;
	struct w_socket *s = &w->socket[op->object];
	bool ok;

	if (!op->object)
		return;
	socket_touch(w, op->object);
	if (ev->ret > 0 && is_stream(s))
		ok = took(w, task, ev->ret, is_many(op) ? (i64)(ev->arg < RW_MAX ? ev->arg : RW_MAX) : ev->ret);
	else if (ev->ret > 0)
		ok = took(w, task, ev->ret, messages(w, task, ev->ret));
	else if (ev->ret == 0)
		ok = took_nothing(w, task);
	else
		ok = receive_failed(w, task, ev->ret);
	ok = ok || (ev->ret >= 0 && inet_from_outside(w, task, ev));
	judge(w, task, ev->ret, ok);
}
const struct ipc_rule socket_rule_receive = {
	.enter = receive_enter, .exit = receive_exit,
	.outlook = socket_receive_outlook,
	.wait = socket_receive_wait,
};

/* ---- putting ---- */

/* The flow that it goes into: a datagram's by its destination. */
static u32 destination(const struct world *w, const struct w_op *op, const struct w_socket *s)
{
	u32 to = (s->type & 0xf) == SOCK_DGRAM ? socket_by_ino(w, op->arg >> 32) : 0;

	if ((s->type & 0xf) == SOCK_DGRAM && op->arg >> 32 == UINT32_MAX)
		return 0; /* to a name outside */
	if ((s->type & 0xf) != SOCK_DGRAM || !to)
		return s->out;
	return w->socket[to].in;
}

static void send_enter(struct world *w, u32 task, const struct ev_enter *ev)
{
	struct w_op *op = &w->task[task].op;
	u32 socket = begin(w, task), flow;
	struct w_socket *s = &w->socket[socket];

	(void)ev;
	if (!socket)
		return;
	if (flags_of(op) & MSG_OOB) { /* the last byte is urgent, and with SO_OOBINLINE comes with the rest */
		if (s->out) {
			w->flow[s->out].urgent = 1;
			flow_may_gain(w, s->out, amount(op, s));
		}
		return;
	}
	if (s->state == SOCKET_CONNECTING && s->target && !s->peer && w->socket[s->target].state == SOCKET_LISTENING) {
		/* a connect that did not wait has come through meanwhile, or this fails */
		return;
	}
	flow = destination(w, op, s);
	if (flow) {
		op->object2 = w->flow[flow].object;
		flow_op_begin(w, task, flow, ACCESS_WRITE, amount(op, s));
	}
	inet_send_begins(w, task);
}

static bool put(struct world *w, u32 task, i64 bytes, i64 n)
{
	const struct w_op *op = &w->task[task].op;
	u32 flow = op->flow;
	struct w_flow *f = &w->flow[flow];
	u64 at = f->written;
	bool ok;

	if (!flow)
		return true;
	if (op->loose) { /* it may have missed it */
		flow_op_nothing(w, task);
		flow_may_gain(w, flow, n);
		return true;
	}
	if (op->flow_alone && f->fill >= 0)
		spans_begin(w, flow);
	else
		spans_lost(w, flow);
	if (f->kind == FLOW_BYTES)
		span_put(w, flow, task, (u64)bytes);
	else
		for (i64 i = 0; i < n; i++)
			span_put(w, flow, task, n > 1 ? 0 : (u64)bytes);
	if (n > 1 && f->kind != FLOW_BYTES)
		spans_lost(w, flow); /* how long each of them is nobody said */
	if (op->carries)
		carry_sent(w, task, f->object, at);
	ok = flow_op_put(w, task, n);
	/* What could not be put in order, if all of it is gone again, does not matter any more. */
	if (w->flow[flow].fill == 0)
		spans_begin(w, flow);
	return ok;
}

/* EPIPE: what is certain first, as the rest presumes that somebody died. A datagram's destination need not be the peer. */
static bool may_be_broken(struct world *w, u32 task)
{
	const struct w_op *op = &w->task[task].op;
	const struct w_socket *s = &w->socket[op->object];
	const struct w_flow *f = &w->flow[op->flow];

	if (s->shut & 2 || f->take_shut || f->put_shut)
		return true;
	if (f->object && f->object != s->peer)
		return w->socket[f->object].shutting[0] > 0;
	return socket_peer_may_be_shut(w, op->object, ACCESS_WRITE, task);
}

static bool send_failed(struct world *w, u32 task, i64 ret)
{
	struct w_op *op = &w->task[task].op;
	struct w_socket *s = &w->socket[op->object];

	switch (ret) {
	case -EAGAIN:
		if (!may_be_nonblocking(w, op, s) && op->flow)
			return false;
		return flow_op_full(w, task);
	case -EPIPE:
	case -ECONNRESET:
		if (op->flow)
			w->flow[op->flow].take_shut_open = may_be_broken(w, task);
		return flow_op_broken(w, task);
	case -ECONNREFUSED:
		return was_refused(w, task);
	default: flow_op_nothing(w, task); return true;
	}
}

static void send_exit(struct world *w, u32 task, const struct ev_exit *ev)
{
	struct w_op *op = &w->task[task].op;
	struct w_socket *s = &w->socket[op->object];
	bool ok = true;

	if (!op->object)
		return;
	socket_touch(w, op->object);
	inet_sent(w, task, ev);
	if (op->flow && op->object2)
		socket_touch(w, op->object2);
	if (ev->ret < 0)
		ok = send_failed(w, task, ev->ret);
	else if (is_stream(s))
		ok = put(w, task, is_many(op) ? (i64)ev->arg : ev->ret, is_many(op) ? (i64)(ev->arg < RW_MAX ? ev->arg : 0) : ev->ret);
	else
		ok = put(w, task, ev->ret, is_many(op) ? ev->ret : 1);
	if (ev->ret >= 0 && op->object2 && (s->type & 0xf) == SOCK_DGRAM)
		s->sent_to = w->socket[op->object2].ino;
	judge(w, task, ev->ret, ok);
}
const struct ipc_rule socket_rule_send = {
	.enter = send_enter, .exit = send_exit,
	.outlook = socket_send_outlook,
	.wait = socket_send_wait,
};

/* ---- splice, sendfile ---- */

void socket_splice_enter(struct world *w, u32 task)
{
	struct w_op *op = &w->task[task].op;
	u32 in = socket_of_file(w, op->file), out = socket_of_file(w, op->file2);

	if (in && w->socket[in].in) {
		op->object = in;
		flow_op_begin(w, task, w->socket[in].in, ACCESS_READ, (i64)(op->size < RW_MAX ? op->size : RW_MAX));
	} else if (out && w->socket[out].out) {
		op->object = out;
		bool bytes = w->flow[w->socket[out].out].kind == FLOW_BYTES;
		flow_op_begin(w, task, w->socket[out].out, ACCESS_WRITE,
			bytes ? (i64)(op->size < RW_MAX ? op->size : RW_MAX) : 1 + (i64)((op->size < RW_MAX ? op->size : RW_MAX) / 4096));
	}
}

void socket_splice_exit(struct world *w, u32 task, const struct ev_exit *ev)
{
	struct w_op *op = &w->task[task].op;
	u32 flow = op->flow;
	bool takes = op->flow_role == ACCESS_READ, ok = true, bytes = w->flow[flow].kind == FLOW_BYTES;

	socket_touch(w, op->object);
	if (ev->ret > 0)
		ok = takes ? took(w, task, ev->ret, bytes ? ev->ret : 1) : put(w, task, ev->ret, bytes ? ev->ret : 1);
	else
		flow_op_nothing(w, task);
	if (ev->ret > 4096 && !takes && !bytes) /* in how many messages it went nobody says */
		flow_may_gain(w, flow, ev->ret / 4096);
	judge(w, task, ev->ret, ok);
}
