/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sockets: connect and accept. Which comes back first nobody can say: a connection is made by the one of them that does. */
#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>

#include "world/private.h"

/* ---- connect ---- */

static void connect_enter(struct world *w, u32 task, const struct ev_enter *ev)
{
	struct w_op *op = &w->task[task].op;
	u32 socket = socket_begin(w, task);
	struct w_socket *s = &w->socket[socket];

	if (!socket)
		return;
	op->object2 = socket_by_ino(w, ev->arg);
	inet_renaming(w, socket, true);
	if (!socket_is_connected_kind(s))
		return;
	/* One that did not wait is asked again, and has its place in the queue since the first time. */
	if (s->state < SOCKET_CONNECTING || !s->connect_seq)
		s->connect_seq = world_now(w);
	op->loose = s->state < SOCKET_CONNECTING; /* the first of its kind */
	if (s->state < SOCKET_CONNECTING)
		s->state = SOCKET_CONNECTING;
	s->target = op->object2;
	if (op->object2 && w->socket[op->object2].in && w->socket[op->object2].state == SOCKET_LISTENING &&
		s->state == SOCKET_CONNECTING)
		flow_op_begin(w, task, w->socket[op->object2].in, ACCESS_WRITE, 1);
}

/* It is connected: to an embryo, unless accept has come back before. */
static void connect_made(struct world *w, u32 task, u32 socket, u32 to)
{
	struct w_socket *s = &w->socket[socket];
	bool had_flow = w->task[task].op.flow;

	s->connected_seq = world_now(w);
	if (had_flow)
		flow_op_put(w, task, 1);
	if (s->state == SOCKET_CONNECTED) {
		/* accepted already, and not counted when it began: listen(2) had not come back then */
		if (!had_flow && w->task[task].op.loose && s->target && w->socket[s->target].in && socket_is_inet(s))
			flow_came(w, w->socket[s->target].in, 1);
		return;
	}
	if (to && w->socket[to].state == SOCKET_LISTENING) {
		if (!had_flow && w->socket[to].in)
			flow_came(w, w->socket[to].in, 1);
		socket_embryo(w, to, socket);
		return;
	}
	s->state = SOCKET_CONNECTED; /* to somebody outside, or who is gone by now */
	s->outside = 1;
	socket_flow_in(w, socket);
}

void socket_disconnected(struct world *w, u32 socket)
{
	struct w_socket *s = &w->socket[socket];

	if (s->domain == AF_UNIX && s->in) { /* unix_dgram_disconnected() in af_unix.c */
		i64 under_way = flow_puts(w, s->in);

		flow_emptied(w, s->in);
		if (under_way)
			flow_may_lose(w, s->in, under_way);
		carry_drop(w, &s->carried);
	}
	s->peer = s->out = 0;
	socket_touch(w, socket);
}

static void connect_datagrams(struct world *w, u32 socket, u32 to)
{
	struct w_socket *s = &w->socket[socket];

	if (s->peer && s->peer != to)
		socket_disconnected(w, socket);
	s->peer = to;
	s->out = to ? w->socket[to].in : 0;
	s->outside = !to;
	s->refused = 0;
	s->state = SOCKET_CONNECTED;
	if (to)
		socket_touch(w, to);
}

/* Nobody is there to connect to: is that so, perhaps? */
static bool may_refuse(struct world *w, u32 task, u32 to)
{
	return !to || w->socket[to].state != SOCKET_LISTENING || w->socket[to].shutting[0] || w->socket[to].shut & 1 ||
	       socket_may_be_gone(w, to, task);
}

static void connect_exit(struct world *w, u32 task, const struct ev_exit *ev)
{
	struct w_op *op = &w->task[task].op;
	u32 socket = op->object, to = socket_by_ino(w, ev->arg);
	struct w_socket *s = &w->socket[socket];
	bool ok = true;

	if (!socket)
		return;
	inet_renaming(w, socket, false);
	socket_touch(w, socket);
	if (!to)
		to = op->object2;
	if (to && w->socket[to].state == SOCKET_CLOSED)
		to = 0;
	if (ev->ret == 0) {
		if (socket_is_connected_kind(s))
			connect_made(w, task, socket, to);
		else
			connect_datagrams(w, socket, to);
	} else if ((ev->ret == -EINPROGRESS || ev->ret == -EINTR) && socket_is_inet(s) && socket_is_stream(s)) {
		inet_connecting(w, task, socket, to);
	} else if (ev->ret != -EINPROGRESS && ev->ret != -EALREADY && ev->ret != -EISCONN) {
		if (ev->ret == -ECONNREFUSED && socket_is_connected_kind(s))
			ok = may_refuse(w, task, to);
		if (ev->ret == -EAGAIN && op->flow)
			ok = flow_op_full(w, task);
		if (s->state == SOCKET_CONNECTING)
			s->state = s->local ? SOCKET_BOUND : SOCKET_NEW;
	}
	if (ok)
		world_explain(w);
	else
		world_drift(w, "connect(%d) of task %u gave %lld at event %llu, but sock%u listens%s", op->fd, task,
			(long long)ev->ret, (unsigned long long)world_now(w), w->socket[to].name,
			ev->ret == -EAGAIN ? " and has room" : "");
}

static void connect_drop(struct world *w, u32 task)
{
	u32 socket = w->task[task].op.object;

	if (socket)
		inet_renaming(w, socket, false);
	if (socket && w->socket[socket].state == SOCKET_CONNECTING && w->socket[socket].domain == AF_UNIX)
		w->socket[socket].state = w->socket[socket].local ? SOCKET_BOUND : SOCKET_NEW;
}
const struct ipc_rule socket_rule_connect = {
	.enter = connect_enter, .exit = connect_exit, .drop = connect_drop,
	.outlook = socket_connect_outlook,
	.wait = socket_connect_wait,
};

/* ---- accept ---- */

static void accept_enter(struct world *w, u32 task, const struct ev_enter *ev)
{
	u32 socket = socket_begin(w, task);

	(void)ev;
	if (socket && w->socket[socket].in && w->socket[socket].state == SOCKET_LISTENING)
		flow_op_begin(w, task, w->socket[socket].in, ACCESS_READ, 1);
}

static bool is_connecting_to(const struct world *w, u32 client, u32 listener)
{
	return w->socket[client].state == SOCKET_CONNECTING &&
	       (!w->socket[client].target || w->socket[client].target == listener);
}

/* The embryo that was accepted, by who connected: 0 none yet. */
static u32 embryo_of(struct world *w, u32 listener, u32 client)
{
	u32 first = w->socket[listener].pending_first;

	if (client)
		return w->socket[client].peer && w->socket[w->socket[client].peer].embryo ? w->socket[client].peer : 0;
	for (u32 e = first; e; e = w->socket[e].pending_next) {
		u32 peer = w->socket[e].peer;
		if (!peer || w->socket[peer].state == SOCKET_CLOSED || socket_may_be_gone(w, peer, 0))
			return e;
	}
	return 0;
}

/* Connections are accepted in the order in which they were made. One whose client has closed may have been accepted
 * before: of such the kernel does not say whose it was, and the world took the first. */
static bool in_order(const struct world *w, u32 listener, u32 client)
{
	const struct w_flow *f = &w->flow[w->socket[listener].in];
	u32 takers = 0;

	for (u32 t = f->open_ops; t; t = w->task[t].op.flow_next)
		takers += w->task[t].op.flow_role == ACCESS_READ;
	for (u32 e = w->socket[listener].pending_first; e && client && takers <= 1; e = w->socket[e].pending_next) {
		const struct w_socket *other = &w->socket[w->socket[e].peer];
		if (w->socket[e].peer && w->socket[e].peer != client && other->connected_seq && other->state != SOCKET_CLOSED &&
			other->connected_seq < w->socket[client].connect_seq)
			return false;
	}
	return true;
}

/* A connection of a process that nobody watches. */
static u32 accepted_outside(struct world *w, u32 listener, u32 task, u64 ino)
{
	const struct w_socket *l = &w->socket[listener];
	u32 socket = socket_new(w, task, ino, l->domain, l->type, l->protocol);

	if (!socket)
		return 0;
	w->socket[socket].outside = 1;
	w->socket[socket].state = SOCKET_CONNECTED;
	socket_flow_in(w, socket);
	if (l->in)
		flow_came(w, l->in, 1);
	return socket;
}

static u32 accepted(struct world *w, u32 task, u32 listener, const struct ev_exit *ev, bool *ok)
{
	u32 client = socket_by_ino(w, ev->arg2), embryo = embryo_of(w, listener, client);

	*ok = in_order(w, listener, client);
	if (embryo) {
		socket_embryo_taken(w, listener, embryo);
		socket_give_ino(w, embryo, ev->arg);
		socket_give_name(w, embryo, task);
		return embryo;
	}
	if (client && is_connecting_to(w, client, listener)) {
		u32 socket = socket_new(w, task, ev->arg, w->socket[listener].domain, w->socket[listener].type,
			w->socket[listener].protocol);
		if (socket)
			socket_pair_up(w, client, socket);
		return socket;
	}
	if (client && !w->socket[client].outside)
		*ok = false; /* it never connected */
	return accepted_outside(w, listener, task, ev->arg);
}

static void accept_exit(struct world *w, u32 task, const struct ev_exit *ev)
{
	const struct w_op *op = &w->task[task].op;
	u32 listener = op->object, socket;
	bool ok = true;

	if (!listener)
		return;
	socket_touch(w, listener);
	if (ev->ret >= 0 && ev->ret <= INT32_MAX) {
		socket = accepted(w, task, listener, ev, &ok);
		if (socket) {
			w->socket[socket].target = listener;
			if (socket_is_inet(&w->socket[listener]))
				w->socket[socket].timeouts |= w->socket[listener].timeouts; /* tcp(7): handed down */
			w->socket[socket].local = w->socket[listener].local;
			socket_give(w, task, (i32)ev->ret, socket, (u32)op->arg & (SOCK_NONBLOCK | SOCK_CLOEXEC));
		}
		ok = flow_op_took(w, task, 1) && ok;
	} else if (ev->ret == -EAGAIN && !w->socket[listener].outside) {
		ok = (w->file[op->file].was_nonblock || w->file[op->file].flags & O_NONBLOCK || w->socket[listener].timeouts) &&
		     flow_op_empty(w, task);
	}
	if (ok)
		world_explain(w);
	else
		world_drift(w, "accept(%d) of task %u gave %lld at event %llu, which no connection to sock%u explains", op->fd, task,
			(long long)ev->ret, (unsigned long long)world_now(w), w->socket[listener].name);
}
const struct ipc_rule socket_rule_accept = {
	.enter = accept_enter, .exit = accept_exit,
	.outlook = socket_accept_outlook,
	.wait = socket_accept_wait,
};
