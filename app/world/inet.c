/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * TCP and UDP: what is theirs alone. A stream's bytes may be on their way: written - read lies between INQ + OUTQNSD and INQ +
 * OUTQ. A connect that does not wait is as good as made, on loopback, when it comes back. A reset throws away what was on
 * its way. Datagrams may be dropped, each of which the kernel counts; and strangers may send some, which shows where the socket
 * has no peer and the sender has no name that we know: then the world learns that the socket has an outside.
 */
#include <errno.h>
#include <sys/socket.h>

#include "world/private.h"

enum { STATE_CLOSE = 7, STATE_LISTEN = 10 }; /* net/tcp_states.h */

bool socket_is_inet(const struct w_socket *s)
{
	return s->domain == AF_INET || s->domain == AF_INET6;
}

static bool is_stream(const struct w_socket *s)
{
	return (s->type & 0xf) == SOCK_STREAM;
}

const char *world_tcp_state(u32 tcp)
{
	/* include/net/tcp_states.h */
	static const char *const states[] = {"", "ESTABLISHED", "SYN_SENT", "SYN_RECV", "FIN_WAIT1", "FIN_WAIT2", "TIME_WAIT",
		"CLOSE", "CLOSE_WAIT", "LAST_ACK", "LISTEN", "CLOSING"};

	return tcp < ARRAY_LEN(states) ? states[tcp] : "";
}

/* ---- connections ---- */

void inet_connecting(struct world *w, u32 task, u32 socket, u32 to)
{
	struct w_socket *s = &w->socket[socket];

	if (s->state == SOCKET_CONNECTED) {
		flow_op_put(w, task, 1); /* accepted already */
		return;
	}
	flow_op_nothing(w, task);
	if (!to || w->socket[to].state != SOCKET_LISTENING)
		return;
	if (w->socket[to].in)
		w->flow[w->socket[to].in].ghost_put++; /* unless the queue was full, and it tries again later */
	socket_embryo(w, to, socket);
}

bool inet_may_be_late(const struct world *w, u32 socket)
{
	const struct w_socket *s = &w->socket[socket];
	const struct w_flow *f = &w->flow[s->in];

	return socket_is_inet(s) && is_stream(s) && (f->seen <= 0 || f->seen_taken != f->taken);
}

bool inet_was_refused(struct world *w, u32 socket)
{
	const struct w_socket *s = &w->socket[socket];

	if (s->connected_seq || (s->peer && !w->socket[s->peer].embryo))
		return false; /* it was connected */
	if (s->in)
		w->flow[s->in].put_shut = 1;
	if (s->out)
		w->flow[s->out].take_shut = 1;
	return true;
}

/* Whoever closes with bytes unread, or is written to afterwards, sends a reset: what it had written itself and
 * was not sent yet is lost. */
bool inet_may_be_reset(const struct world *w, u32 socket)
{
	const struct w_socket *s = &w->socket[socket];
	const struct w_flow *f = &w->flow[s->out];

	if (!socket_is_inet(s) || !is_stream(s))
		return false;
	return !s->out || f->fill > 0 || f->ghost_put > 0 || f->open_ops || s->tcp == STATE_CLOSE;
}

void inet_was_reset(struct world *w, u32 socket)
{
	const struct w_socket *s = &w->socket[socket];

	if (!socket_is_inet(s) || !is_stream(s) || !s->in)
		return;
	w->flow[s->in].fill = 0; /* the error is told when all that came has been taken */
	w->flow[s->in].put_shut = 1;
}

/* ---- datagrams ---- */

void inet_may_reach(struct world *w, u32 task, const struct ev_observe *ev)
{
	const u64 inos[4] = {ev->b, ev->c, ev->d, ev->e};
	const struct w_op *op = &w->task[task].op;

	if (!op->open)
		return;
	for (u32 i = 0; i < ev->a && i < ARRAY_LEN(inos); i++) {
		u32 socket = socket_by_ino(w, inos[i]);
		if (!socket || !w->socket[socket].in || socket_by_ino(w, op->arg >> 32) == socket)
			continue;
		/* May be there from now on: the world waits for a receive, or for the next settled point. */
		flow_may_gain(w, w->socket[socket].in, op->call == CALL_sendmmsg && op->size < 1024 ? (i64)op->size : 1);
		socket_touch(w, socket);
	}
}

/* A send of that socket is open whose destination was not there when it began. */
static bool is_sending(const struct world *w, u32 socket)
{
	for (u32 t = 1; t < w->h->use[POOL_TASK].n; t++) {
		const struct w_op *op = &w->task[t].op;
		if (op->open && op->object == socket && !op->flow && op->arg >> 32 &&
			(op->call == CALL_sendto || op->call == CALL_sendmsg || op->call == CALL_sendmmsg))
			return true;
	}
	return false;
}

static bool is_send(const struct w_op *op)
{
	return op->open && (op->call == CALL_sendto || op->call == CALL_sendmsg || op->call == CALL_sendmmsg ||
				   call_class(op->call) == CLASS_WRITE);
}

static bool is_datagrams(const struct w_socket *s)
{
	return s->used && socket_is_inet(s) && !is_stream(s) && s->in;
}

/* The send and the bind or connect are open at once: it may reach that socket, and may miss it. */
static void may_miss(struct world *w, u32 task, u32 socket)
{
	struct w_op *op = &w->task[task].op;

	if (op->flow == w->socket[socket].in)
		op->loose = 1;
	else
		flow_may_gain(w, w->socket[socket].in, op->call == CALL_sendmmsg && op->size < 1024 ? (i64)op->size : 1);
}

void inet_renaming(struct world *w, u32 socket, bool begins)
{
	struct w_socket *s = &w->socket[socket];

	if (!is_datagrams(s) || (!begins && !s->renaming))
		return;
	s->renaming += begins ? 1 : UINT32_MAX;
	w->h->renaming += begins ? 1 : UINT32_MAX;
	for (u32 t = 1; begins && t < w->h->use[POOL_TASK].n; t++) {
		const struct w_op *op = &w->task[t].op;
		if (is_send(op) && op->object && op->object < w->h->use[POOL_SOCKET].n && op->file &&
			w->file[op->file].kind == OBJ_SOCKET && is_datagrams(&w->socket[op->object]))
			may_miss(w, t, socket);
	}
}

void inet_send_begins(struct world *w, u32 task)
{
	if (!w->h->renaming || !is_datagrams(&w->socket[w->task[task].op.object]))
		return;
	for (u32 i = 1; i < w->h->use[POOL_SOCKET].n; i++)
		if (w->socket[i].used && w->socket[i].renaming)
			may_miss(w, task, i);
}

bool inet_from_outside(struct world *w, u32 task, const struct ev_exit *ev)
{
	struct w_socket *s = &w->socket[w->task[task].op.object];
	u32 sender = socket_by_ino(w, ev->arg);

	if (!socket_is_inet(s) || is_stream(s))
		return false;
	if (sender)
		return is_sending(w, sender);
	if (s->peer && !s->outside)
		return false;
	s->outside = 1;
	return true;
}

/* Whom a connect of that socket means that has not come back, and may have had its effect. */
static u32 being_connected_to(const struct world *w, u32 socket)
{
	for (u32 t = 1; w->socket[socket].renaming && t < w->h->use[POOL_TASK].n; t++) {
		const struct w_op *op = &w->task[t].op;
		if (op->open && op->call == CALL_connect && op->object == socket)
			return op->object2;
	}
	return 0;
}

void inet_sent(struct world *w, u32 task, const struct ev_exit *ev)
{
	const struct w_op *op = &w->task[task].op;
	u32 to = socket_by_ino(w, op->call == CALL_sendmmsg ? ev->arg2 : ev->arg);

	if (!to && !(op->arg >> 32))
		to = being_connected_to(w, op->object);
	if (op->flow || ev->ret <= 0 || !to || !w->socket[to].in || is_stream(&w->socket[to]))
		return;
	flow_may_gain(w, w->socket[to].in, op->call == CALL_sendmmsg ? ev->ret : 1);
	socket_touch(w, to);
}

bool inet_message_fits(struct world *w, u32 flow, u64 got, u64 room)
{
	const struct w_flow *f = &w->flow[flow];
	i64 dropped = 0;
	u32 span = f->span_first;

	for (; span; span = w->span[span].next, dropped++)
		if ((w->span[span].len < room ? w->span[span].len : room) == got)
			break;
	if (!span)
		return false;
	for (i64 i = 0; i < dropped; i++)
		flow_span_pop(w, flow);
	if (dropped)
		flow_lost(w, flow, dropped);
	return true;
}

/* ---- against the kernel ---- */

static void settle_stream(struct world *w, u32 socket, const struct ev_observe *ev)
{
	const struct w_socket *s = &w->socket[socket];
	i64 in = (i64)ev->d, unsent = (i64)(ev->e >> 32), sent = (i64)(ev->e & UINT32_MAX);
	bool lost = s->tcp == STATE_CLOSE, unknown = ev->e == OBS_UNKNOWN || lost;
	i64 fill = w->flow[s->in].fill;

	if (s->outside || s->tcp == STATE_LISTEN || w->flow[s->in].urgent) /* with urgent bytes the mark, too, counts */
		return;
	if (!flow_settle(w, s->in, in + (unknown ? 0 : unsent), unknown ? INT64_MAX / 4 : in + sent))
		world_drift(w, "sock%u has %lld to take and %lld on the way, %lld unsent, at event %llu, the world says %lld", s->name,
			(long long)in, (long long)sent, (long long)unsent, (unsigned long long)world_now(w), (long long)fill);
	w->flow[s->in].seen = in;
	w->flow[s->in].seen_taken = w->flow[s->in].taken;
}

/* Connections that wait, as the kernel counts them. */
static void settle_listener(struct world *w, u32 socket, const struct ev_observe *ev)
{
	const struct w_socket *s = &w->socket[socket];
	i64 fill = w->flow[s->in].fill;
	bool ok;

	if (s->outside)
		return;
	ok = flow_settle(w, s->in, (i64)ev->d, (i64)ev->d);
	/* Those that found the queue full come in later, by TCP's own timers. Beside a connect that still sleeps nobody can
	 * tell whose the counted ones are: `fill` holds only those that are sure. */
	if ((i64)s->pending > w->flow[s->in].fill)
		w->flow[s->in].ghost_put = (i64)s->pending - w->flow[s->in].fill;
	if (ok)
		return;
	if (ev->d > s->pending)
		w->socket[socket].outside = 1; /* somebody else connects to it */
	else
		world_drift(w, "%lld connections wait at sock%u at event %llu, the world says %lld", (long long)ev->d, s->name,
			(unsigned long long)world_now(w), (long long)fill);
}

/* Messages are neither lost nor made up, but for those that the kernel says it has dropped. */
static void settle_datagrams(struct world *w, u32 socket, const struct ev_observe *ev)
{
	struct w_socket *s = &w->socket[socket];
	struct w_flow *f = &w->flow[s->in];
	u32 drops = (u32)ev->e - f->drops;
	i64 fill = f->fill;
	bool ok = f->owed <= drops;

	f->drops = (u32)ev->e;
	if (ok && drops > f->owed)
		flow_may_lose(w, s->in, (i64)(drops - f->owed));
	f->owed = 0;
	if (ev->d) { /* how many nobody said */
		ok = ok && f->fill + f->ghost_put + flow_open_puts(w, s->in) > 0;
		f->seen = 1;
		f->seen_seq = world_now(w);
	} else {
		while (f->span_first)
			flow_span_pop(w, s->in);
		f->lossy = 0;
		ok = flow_settle(w, s->in, 0, 0) && ok;
		f->lossy = 1;
	}
	if (ok || s->outside)
		return;
	if (ev->d && !(s->peer && w->socket[s->peer].peer == socket)) {
		s->outside = 1; /* a stranger's message */
		return;
	}
	world_drift(w, "sock%u is %sempty at event %llu (%u dropped), the world says %lld", s->name, ev->d ? "not " : "",
		(unsigned long long)world_now(w), drops, (long long)fill);
}

void inet_settled(struct world *w, u32 socket, const struct ev_observe *ev)
{
	const struct w_socket *s = &w->socket[socket];

	if (s->state == SOCKET_LISTENING)
		settle_listener(w, socket, ev);
	else if (is_stream(s))
		settle_stream(w, socket, ev);
	else
		settle_datagrams(w, socket, ev);
}
