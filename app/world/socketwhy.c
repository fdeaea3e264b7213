/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a call on a socket would do now, and on whom one that sleeps waits. */
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>

#include "world/private.h"

static u32 socket_of(const struct world *w, u32 task)
{
	const struct w_op *op = &w->task[task].op;

	return op->file ? socket_of_file(w, op->file) : socket_of_fd(w, task, op->fd);
}

static const struct w_file *file_of(const struct world *w, u32 task)
{
	const struct w_op *op = &w->task[task].op;
	u32 fd = op->file ? 0 : call_find_fd(w, task, op->fd);

	return op->file ? &w->file[op->file] : fd ? &w->file[w->fd[fd].file] : NULL;
}

static u32 flags_of(const struct w_op *op)
{
	return op->call >= CALL_sendto && op->call <= CALL_sendmmsg ? (u32)op->arg
	       : op->call == CALL_recvmsg || op->call == CALL_recvmmsg ? (u32)op->arg
								      : 0;
}

static bool never_waits(const struct world *w, u32 task)
{
	const struct w_file *f = file_of(w, task);

	return !f || f->flags & O_NONBLOCK || flags_of(&w->task[task].op) & MSG_DONTWAIT;
}

/* What open calls of others may have put in, or taken. */
static i64 others(const struct world *w, u32 flow, u32 role, u32 task)
{
	i64 sum = 0;

	for (u32 t = w->flow[flow].open_ops; t; t = w->task[t].op.flow_next)
		if (t != task && w->task[t].op.flow_role == role)
			sum += w->task[t].op.flow_most;
	return sum;
}

static enum outlook take_outlook(const struct world *w, u32 flow, i64 want, u32 task)
{
	const struct w_flow *f = &w->flow[flow];
	bool certain = f->fill - f->ghost_take - others(w, flow, ACCESS_READ, task) >= want && !f->lossy;

	if (certain || f->put_shut)
		return OUTLOOK_GOES;
	return f->fill + f->ghost_put + others(w, flow, ACCESS_WRITE, task) < want ? OUTLOOK_BLOCKS : OUTLOOK_UNKNOWN;
}

enum outlook socket_receive_outlook(const struct world *w, u32 task)
{
	const struct w_op *op = &w->task[task].op;
	u32 socket = socket_of(w, task);
	const struct w_socket *s = &w->socket[socket];
	bool all = flags_of(op) & MSG_WAITALL && s->type == SOCK_STREAM;

	if (!socket || !s->in || s->state == SOCKET_LISTENING || never_waits(w, task) || (!op->size && s->type == SOCK_STREAM))
		return OUTLOOK_GOES;
	if (s->outside || s->timeouts)
		return OUTLOOK_UNKNOWN;
	return take_outlook(w, s->in, all ? (i64)(op->size < RW_MAX ? op->size : RW_MAX) : 1, task);
}

enum outlook socket_send_outlook(const struct world *w, u32 task)
{
	const struct w_op *op = &w->task[task].op;
	u32 socket = socket_of(w, task), to = socket_by_ino(w, op->call == CALL_write ? 0 : op->arg >> 32);
	const struct w_socket *s = &w->socket[socket];
	u32 flow = to && (s->type & 0xf) == SOCK_DGRAM ? w->socket[to].in : s->out;
	const struct w_flow *f = &w->flow[flow];

	if (!socket || !flow || never_waits(w, task) || f->take_shut || f->put_shut || s->shut & 2)
		return OUTLOOK_GOES;
	/* A default buffer holds that much whatever the pieces are. */
	if (f->fill <= 0 && !f->open_ops && op->size <= 32768)
		return OUTLOOK_GOES;
	return OUTLOOK_UNKNOWN;
}

enum outlook socket_accept_outlook(const struct world *w, u32 task)
{
	u32 socket = socket_of(w, task);
	const struct w_socket *s = &w->socket[socket];

	if (!socket || s->state != SOCKET_LISTENING || !s->in || never_waits(w, task))
		return OUTLOOK_GOES;
	if (s->outside || s->timeouts)
		return OUTLOOK_UNKNOWN;
	return take_outlook(w, s->in, 1, task);
}

enum outlook socket_connect_outlook(const struct world *w, u32 task)
{
	const struct w_op *op = &w->task[task].op;
	u32 to = op->object2 ? op->object2 : socket_by_ino(w, op->arg);
	const struct w_flow *f = to ? &w->flow[w->socket[to].in] : NULL;

	if (!f || w->socket[to].state != SOCKET_LISTENING || !f->capacity || never_waits(w, task))
		return OUTLOOK_GOES;
	return f->fill < (i64)f->capacity ? OUTLOOK_GOES : OUTLOOK_BLOCKS;
}

/* Whoever has that socket could end the wait. */
static void waits_for(const struct world *w, u32 socket, struct ipc_wait *wait)
{
	const struct w_socket *s = &w->socket[socket];

	if (s->embryo && s->target) /* who accepts it has it */
		socket = s->target;
	wait->files = w->socket[socket].file;
	wait->access = ACCESS_READ | ACCESS_WRITE;
}

static void begin(const struct world *w, u32 socket, enum why_reason reason, struct ipc_wait *wait)
{
	*wait = (struct ipc_wait){.reason = reason, .kind = OBJ_SOCKET, .object = socket, .timeout = TIME_NONE};
	wait->outside = w->socket[socket].outside;
	wait->open_ended = w->socket[socket].outside || w->socket[socket].timeouts;
}

/* Others may still put something in, or make poll say that it is over, though none of them has it open. */
static bool may_hear_of_others(const struct world *w, const struct w_socket *s)
{
	const struct w_flow *f = &w->flow[s->in];
	const struct w_socket *p = &w->socket[s->peer];

	if (!s->in || !s->peer || s->state != SOCKET_CONNECTED || s->outside || p->outside || p->embryo || p->gone)
		return true;
	if ((s->type & 0xf) == SOCK_DGRAM && (s->local || socket_is_inet(s)))
		return true;
	return s->shut || s->refused || f->put_shut || f->put_shut_open || f->take_shut || f->urgent || f->lossy || f->ghost_put ||
	       f->ghost_take || p->carried || w->file[p->file].carried;
}

/* Whether a send has room is for the kernel to say; so is whether what is there is enough (SO_RCVLOWAT). */
enum outlook socket_ready(const struct world *w, u32 socket, u32 events)
{
	const struct w_socket *s = &w->socket[socket];

	if (events & (POLLOUT | POLLWRNORM | POLLWRBAND) || may_hear_of_others(w, s) || w->flow[s->in].fill > 0)
		return OUTLOOK_UNKNOWN;
	for (u32 t = w->flow[s->in].open_ops; t; t = w->task[t].op.flow_next)
		if (w->task[t].state != TASK_BLOCKED)
			return OUTLOOK_UNKNOWN;
	return OUTLOOK_BLOCKS;
}

void socket_poll_wait(const struct world *w, u32 socket, struct ipc_wait *wait)
{
	const struct w_socket *s = &w->socket[socket];

	begin(w, socket, WHY_SEVERAL, wait);
	if (s->peer)
		waits_for(w, s->peer, wait);
	else if (s->state == SOCKET_CONNECTING && s->target)
		waits_for(w, s->target, wait);
	else
		wait->talks_with = socket;
	/* Whoever knows its name may connect, or send. */
	wait->outside |= s->state == SOCKET_LISTENING ||
			 (!s->peer && (s->type & 0xf) == SOCK_DGRAM && (s->local || socket_is_inet(s)));
}

static bool sends_to(const struct world *w, u32 socket, u32 other)
{
	const struct w_socket *s = &w->socket[socket];

	return s->peer == other || (s->sent_to && s->sent_to == w->socket[other].ino);
}

bool socket_talks_with(const struct world *w, u32 socket, u32 other)
{
	bool datagrams = (w->socket[socket].type & 0xf) == SOCK_DGRAM && (w->socket[other].type & 0xf) == SOCK_DGRAM;

	return datagrams && socket != other && (sends_to(w, socket, other) || sends_to(w, other, socket));
}

bool socket_receive_wait(const struct world *w, u32 task, struct ipc_wait *wait)
{
	u32 socket = socket_of(w, task);
	const struct w_socket *s = &w->socket[socket];
	const struct w_flow *f = &w->flow[s->in];

	if (!socket)
		return false;
	begin(w, socket, WHY_EMPTY, wait);
	if (s->in && !w->task[task].op.loose)
		wait->open_ended |= f->fill > 0 || f->put_shut || f->ghost_put || f->ghost_take;
	if (s->peer) {
		waits_for(w, s->peer, wait);
		wait->open_ended |= w->socket[s->peer].carried || w->file[wait->files].carried;
	} else if (s->local || (socket_is_inet(s) && !socket_is_stream(s))) { /* udp(7): it has a name since its first send */
		wait->outside = wait->anybody = true; /* whoever knows its name */
		wait->open_ended = true;
		wait->talks_with = socket;
	}
	return true;
}

bool socket_send_wait(const struct world *w, u32 task, struct ipc_wait *wait)
{
	const struct w_op *op = &w->task[task].op;
	u32 socket = socket_of(w, task), to = op->flow ? w->flow[op->flow].object : w->socket[socket].peer;

	if (!socket || !to)
		return false;
	begin(w, to, WHY_FULL, wait);
	waits_for(w, to, wait);
	wait->open_ended |= w->socket[socket].timeouts || w->file[wait->files].carried;
	return true;
}

bool socket_room_wait(const struct world *w, u32 socket, struct ipc_wait *wait)
{
	u32 peer = w->socket[socket].peer;

	if (!peer)
		return false;
	begin(w, peer, WHY_FULL, wait);
	waits_for(w, peer, wait);
	wait->open_ended = true;
	return true;
}

bool socket_accept_wait(const struct world *w, u32 task, struct ipc_wait *wait)
{
	u32 socket = socket_of(w, task);

	if (!socket)
		return false;
	begin(w, socket, WHY_EMPTY, wait);
	wait->outside = wait->anybody = wait->open_ended = true; /* its name is for anybody */
	return true;
}

bool socket_connect_wait(const struct world *w, u32 task, struct ipc_wait *wait)
{
	const struct w_op *op = &w->task[task].op;
	u32 socket = socket_of(w, task);

	if (!op->object2) { /* who has that address is not watched */
		if (!socket)
			return false;
		begin(w, socket, WHY_EMPTY, wait);
		wait->outside = wait->open_ended = true;
		return true;
	}
	begin(w, op->object2, WHY_FULL, wait);
	wait->open_ended |= socket_is_inet(&w->socket[op->object2]); /* TCP tries for two minutes, tcp(7) */
	waits_for(w, op->object2, wait);
	return true;
}
