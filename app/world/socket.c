/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sockets: birth, names, pairs, connections, the end. What is common to all families. A socket takes from its flow `in` and puts
 * into its peer's; a listener's `in` is the connections that nobody has accepted yet. The other side of such a connection is a
 * socket without name or inode (an embryo) until accept gives it both.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>

#include "world/private.h"

static u32 *ino_bucket(struct world *w, u64 ino)
{
	return &w->h->sockets_by_ino[ino * 0x9e3779b97f4a7c15u >> 55];
}

void socket_give_ino(struct world *w, u32 socket, u64 ino)
{
	u32 *bucket = ino_bucket(w, ino);

	w->socket[socket].ino = ino;
	if (!ino)
		return;
	w->socket[socket].ino_next = *bucket;
	*bucket = socket;
}

static void ino_unlink(struct world *w, u32 socket)
{
	u32 *link = ino_bucket(w, w->socket[socket].ino);

	while (*link && *link != socket)
		link = &w->socket[*link].ino_next;
	if (*link)
		*link = w->socket[socket].ino_next;
	w->socket[socket].ino_next = 0;
}

u32 socket_by_ino(const struct world *w, u64 ino)
{
	u32 s = ino ? w->h->sockets_by_ino[ino * 0x9e3779b97f4a7c15u >> 55] : 0;

	while (s && w->socket[s].ino != ino)
		s = w->socket[s].ino_next;
	return s;
}

u32 socket_of_file(const struct world *w, u32 file)
{
	return file && w->file[file].kind == OBJ_SOCKET ? w->file[file].object : 0;
}

u32 socket_of_fd(const struct world *w, u32 task, i32 fd)
{
	u32 index = call_find_fd(w, task, fd);

	return index ? socket_of_file(w, w->fd[index].file) : 0;
}

void socket_touch(struct world *w, u32 socket)
{
	w->socket[socket].touched_seq = world_now(w);
	w->h->pub.last_object_kind = OBJ_SOCKET;
	w->h->pub.last_object = socket;
}

bool socket_is_stream(const struct w_socket *s)
{
	return (s->type & 0xf) == SOCK_STREAM;
}

/* Those that belong to a connection: a peer that goes shuts them. */
bool socket_is_connected_kind(const struct w_socket *s)
{
	return socket_is_stream(s) || (s->type & 0xf) == SOCK_SEQPACKET;
}

void socket_flow_in(struct world *w, u32 socket)
{
	struct w_socket *s = &w->socket[socket];

	if (!s->in)
		s->in = flow_new(w, socket_is_stream(s) ? FLOW_BYTES : FLOW_MESSAGES, OBJ_SOCKET, socket, 0);
	if (s->in && s->domain != AF_UNIX && !socket_is_stream(s))
		w->flow[s->in].lossy = 1;
}

/* Name and identity: a socket that a call has given to somebody. */
void socket_give_name(struct world *w, u32 socket, u32 creator)
{
	struct w_socket *s = &w->socket[socket];

	s->name = ++w->h->pub.objects_named[OBJ_SOCKET];
	s->creator = creator;
	s->nth = creator ? ++w->task[creator].made_objects[OBJ_SOCKET] : ++w->h->outside_sockets;
	s->site = creator ? w->task[creator].op.site : 0;
	s->embryo = 0;
}

static u32 socket_bare(struct world *w, u64 ino, u32 domain, u32 type, u32 protocol)
{
	u32 index = pool_take(w, POOL_SOCKET);
	struct w_socket *s = &w->socket[index];

	if (!index)
		return 0;
	s->domain = domain;
	s->type = type;
	s->protocol = protocol;
	s->state = SOCKET_NEW;
	s->made_seq = world_now(w);
	socket_give_ino(w, index, ino);
	socket_touch(w, index);
	return index;
}

u32 socket_new(struct world *w, u32 creator, u64 ino, u32 domain, u32 type, u32 protocol)
{
	u32 index = socket_bare(w, ino, domain, type, protocol);

	if (!index)
		return 0;
	socket_give_name(w, index, creator);
	if (!socket_is_connected_kind(&w->socket[index]))
		socket_flow_in(w, index);
	return index;
}

void socket_pair_up(struct world *w, u32 a, u32 b)
{
	socket_flow_in(w, a);
	socket_flow_in(w, b);
	w->socket[a].peer = b;
	w->socket[b].peer = a;
	w->socket[a].out = w->socket[b].in;
	w->socket[b].out = w->socket[a].in;
	w->socket[a].state = w->socket[b].state = SOCKET_CONNECTED;
	w->socket[a].outside = w->socket[b].outside = 0;
}

/* ---- embryos ---- */

u32 socket_embryo(struct world *w, u32 listener, u32 client)
{
	const struct w_socket *l = &w->socket[listener];
	u32 index = socket_bare(w, 0, l->domain, l->type, l->protocol), *link = &w->socket[listener].pending_first;

	if (!index)
		return 0;
	w->socket[index].embryo = 1;
	w->socket[index].local = l->local;
	w->socket[index].target = listener;
	socket_pair_up(w, client, index);
	w->socket[client].target = listener;
	while (*link)
		link = &w->socket[*link].pending_next;
	*link = index;
	w->socket[listener].pending++;
	socket_touch(w, client);
	return index;
}

void socket_embryo_taken(struct world *w, u32 listener, u32 embryo)
{
	u32 *link = &w->socket[listener].pending_first;

	while (*link && *link != embryo)
		link = &w->socket[*link].pending_next;
	if (!*link)
		return;
	*link = w->socket[embryo].pending_next;
	w->socket[embryo].pending_next = 0;
	w->socket[listener].pending--;
}

/* ---- the end ---- */

static void socket_free(struct world *w, u32 socket)
{
	struct w_socket *s = &w->socket[socket];
	u32 flow = s->in;

	for (u32 i = 1; flow && i < w->h->use[POOL_SOCKET].n; i++) {
		if (w->socket[i].out == flow)
			w->socket[i].out = 0;
		if (w->socket[i].peer == socket)
			w->socket[i].peer = 0;
	}
	flow_destroy(w, flow);
	pool_give(w, POOL_SOCKET, socket);
}

/* The last ones are kept, to be looked at. */
static void keep_gone(struct world *w, u32 socket)
{
	u32 first = w->h->gone_socket_first;

	if (w->h->gone_socket_last)
		w->socket[w->h->gone_socket_last].gone_next = socket;
	else
		w->h->gone_socket_first = socket;
	w->h->gone_socket_last = socket;
	if (++w->h->gone_sockets <= GONE_SOCKETS_KEPT)
		return;
	w->h->gone_socket_first = w->socket[first].gone_next;
	w->h->gone_sockets--;
	socket_free(w, first);
}

/* What others see of its end. */
static void shut_for_others(struct world *w, u32 socket)
{
	const struct w_socket *s = &w->socket[socket];

	if (s->in)
		w->flow[s->in].take_shut = 1;
	if (s->out && socket_is_connected_kind(s))
		w->flow[s->out].put_shut = 1;
	if (s->peer)
		socket_touch(w, s->peer);
}

static void socket_end(struct world *w, u32 socket);

/* Connections that nobody accepted end with their listener. */
static void drop_pending(struct world *w, u32 listener)
{
	while (w->socket[listener].pending_first) {
		u32 embryo = w->socket[listener].pending_first;
		socket_embryo_taken(w, listener, embryo);
		socket_end(w, embryo);
	}
}

static void socket_end(struct world *w, u32 socket)
{
	struct w_socket *s = &w->socket[socket];

	if (s->state == SOCKET_CLOSED)
		return;
	drop_pending(w, socket);
	if (s->embryo && s->target)
		socket_embryo_taken(w, s->target, socket);
	ino_unlink(w, socket);
	shut_for_others(w, socket);
	s->state = SOCKET_CLOSED;
	s->gone = 1;
	s->file = 0;
	carry_drop(w, &s->carried);
	socket_touch(w, socket);
	keep_gone(w, socket);
}

static void file_added(struct world *w, u32 file)
{
	w->socket[w->file[file].object].file = file;
}

static void file_gone(struct world *w, u32 file)
{
	socket_end(w, w->file[file].object);
}

/* ---- could it be gone already? ---- */

bool socket_may_be_gone(struct world *w, u32 socket, u32 witness)
{
	const struct w_socket *s = &w->socket[socket];

	if (s->state == SOCKET_CLOSED || s->outside)
		return true;
	if (s->file)
		return file_may_be_gone(w, s->file, socket, witness);
	/* an embryo: its listener's end is its own; an accept that is open may have given it to somebody who closed it */
	if (!s->target || !w->socket[s->target].used || w->socket[s->target].state == SOCKET_CLOSED ||
		w->socket[s->target].shutting[0])
		return true;
	for (u32 t = w->socket[s->target].in ? w->flow[w->socket[s->target].in].open_ops : 0; t; t = w->task[t].op.flow_next)
		if (w->task[t].op.flow_role == ACCESS_READ && w->task[t].state != TASK_BLOCKED)
			return true;
	return w->socket[s->target].file && file_may_be_gone(w, w->socket[s->target].file, s->target, witness);
}

bool socket_peer_may_be_shut(struct world *w, u32 socket, u32 access, u32 witness)
{
	const struct w_socket *s = &w->socket[socket], *p = &w->socket[s->peer];
	u32 flow = access == ACCESS_READ ? s->in : s->out;

	if (s->outside || (flow && (w->flow[flow].put_shut || w->flow[flow].take_shut)))
		return true;
	/* shutdown of this side, or of the other, under way */
	if (s->shutting[access == ACCESS_READ ? 0 : 1] || (s->peer && p->shutting[access == ACCESS_READ ? 1 : 0]))
		return true;
	return !s->peer || socket_may_be_gone(w, s->peer, witness);
}

/* ---- adopted, observed, named ---- */

u32 socket_adopt(struct world *w, u32 task, const struct ev_observe *ev)
{
	u32 socket = socket_by_ino(w, ev->b), what = (u32)(ev->c >> 32), how = ev->a >> 48 & 0xff;

	if (socket && w->socket[socket].file)
		return w->socket[socket].file;
	if (!socket) {
		u32 creator = how == FD_RECEIVED ? 0 : 0;

		socket = socket_new(w, creator, ev->b, what & 0xffff, what >> 16, (u32)(ev->d >> 32));
		if (!socket)
			return 0;
		w->socket[socket].outside = 1;
		socket_flow_in(w, socket);
	}
	(void)task;
	return file_new(w, OBJ_SOCKET, socket, ACCESS_READ | ACCESS_WRITE, (u32)ev->c);
}

/* Every operation on the flow sleeps: the kernel's figure must be the world's. */
static bool all_asleep(const struct world *w, u32 flow)
{
	for (u32 t = w->flow[flow].open_ops; t; t = w->task[t].op.flow_next)
		if (w->task[t].state != TASK_BLOCKED)
			return false;
	return true;
}

static void check_sleepers(struct world *w, u32 socket)
{
	const struct w_socket *s = &w->socket[socket];
	const struct w_flow *f = &w->flow[s->in];

	for (u32 t = f->open_ops; t; t = w->task[t].op.flow_next) {
		const struct w_op *op = &w->task[t].op;
		if (f->kind != FLOW_BYTES && f->peeked_seq > op->seq)
			continue;
		if (op->flow_role == ACCESS_READ && op->flow_most > 0 && !op->loose && (f->seen > 0 || f->put_shut))
			world_drift(w, "%s(%d) of task %u sleeps at event %llu, but sock%u has %lld to take%s", call_name(op->call),
				op->fd, t, (unsigned long long)world_now(w), s->name, (long long)f->seen,
				f->put_shut ? ", and its end" : "");
	}
}

void socket_observe(struct world *w, const struct ev_observe *ev)
{
	u32 socket = socket_by_ino(w, ev->a), peer = socket_by_ino(w, ev->c);
	struct w_socket *s = &w->socket[socket];
	i64 said;
	bool exact;

	if (!socket)
		return;
	s->tcp = (u32)ev->b;
	if (peer && !s->peer && socket_is_connected_kind(s) && s->outside && w->socket[peer].outside && peer != socket) {
		socket_pair_up(w, socket, peer); /* both came from outside; others may have them still */
		s->outside = w->socket[peer].outside = 1;
	}
	if (ev->d == OBS_UNKNOWN || ev->d > INT64_MAX || !s->in || !all_asleep(w, s->in))
		return;
	if (w->flow[s->in].urgent && !socket_is_inet(s))
		return;
	exact = socket_is_stream(s) || s->state == SOCKET_LISTENING;
	said = w->flow[s->in].fill;
	if (socket_is_inet(s))
		inet_settled(w, socket, ev);
	else if (!flow_settle(w, s->in, (i64)ev->d, exact || !ev->d ? (i64)ev->d : INT64_MAX / 4) && !s->outside)
		world_drift(w, "sock%u holds %lld at event %llu, the world says %lld", s->name, (long long)ev->d,
			(unsigned long long)world_now(w), (long long)said);
	if (!s->outside)
		check_sleepers(w, socket);
	if (s->carried)
		carry_passed(w, socket);
}

void socket_named(struct world *w, const struct ev_name *ev)
{
	u32 socket = socket_by_ino(w, ev->ino);

	if (!socket || !ev->len)
		return;
	if (ev->what == NAMED_LOCAL)
		w->socket[socket].local = text_add(w, ev->text, ev->len);
	else if (ev->what == NAMED_PEER)
		w->socket[socket].remote = text_add(w, ev->text, ev->len);
}

/* ---- socket, socketpair ---- */

void socket_give(struct world *w, u32 task, i32 fd, u32 socket, u32 flags)
{
	u32 file = socket ? file_new(w, OBJ_SOCKET, socket, ACCESS_READ | ACCESS_WRITE, flags) : 0;

	result_make_room(w, task, fd);
	if (file)
		result_give_fd(w, task, fd, file, FD_OPENED, flags & SOCK_CLOEXEC);
	world_explain(w);
}

static void make_exit(struct world *w, u32 task, const struct ev_exit *ev)
{
	const struct w_op *op = &w->task[task].op;
	u32 domain = op->arg & 0xffff, type = op->arg >> 16 & 0xffff, protocol = (u32)(op->arg >> 32), a, b;

	if (ev->ret < 0 || ev->ret > INT32_MAX || !w->proc[w->task[task].proc].fdt)
		return;
	if (op->call == CALL_socket) {
		socket_give(w, task, (i32)ev->ret, socket_new(w, task, ev->arg, domain, type, protocol), (u32)op->size);
		return;
	}
	a = socket_new(w, task, ev->arg, domain, type, protocol);
	b = socket_new(w, task, ev->arg2, domain, type, protocol);
	if (a && b)
		socket_pair_up(w, a, b);
	socket_give(w, task, ev->fd, a, (u32)op->size);
	socket_give(w, task, ev->fd2, b, (u32)op->size);
}
const struct ipc_rule socket_rule_make = {.exit = make_exit};

/* ---- bind, listen, setsockopt ---- */

/* The socket an operation is about, held open by it. */
u32 socket_begin(struct world *w, u32 task)
{
	struct w_op *op = &w->task[task].op;

	op->file = call_hold_file(w, task, op->fd);
	op->object = socket_of_file(w, op->file);
	if (op->object)
		socket_touch(w, op->object);
	return op->object;
}

static void option_enter(struct world *w, u32 task, const struct ev_enter *ev)
{
	if (socket_begin(w, task) && w->task[task].op.call == CALL_setsockopt && ev->size)
		w->socket[w->task[task].op.object].timeouts = 1; /* from now on, perhaps */
	if (w->task[task].op.object && w->task[task].op.call == CALL_bind)
		inet_renaming(w, w->task[task].op.object, true);
}

static void option_drop(struct world *w, u32 task)
{
	if (w->task[task].op.object && w->task[task].op.call == CALL_bind)
		inet_renaming(w, w->task[task].op.object, false);
}

static void option_exit(struct world *w, u32 task, const struct ev_exit *ev)
{
	const struct w_op *op = &w->task[task].op;
	struct w_socket *s = &w->socket[op->object];

	if (!op->object)
		return;
	option_drop(w, task);
	socket_touch(w, op->object);
	if (ev->ret == 0 && op->call == CALL_bind && s->state == SOCKET_NEW)
		s->state = SOCKET_BOUND;
	if (ev->ret == 0 && op->call == CALL_setsockopt && op->size)
		s->timeouts = 1;
	world_explain(w);
}
const struct ipc_rule socket_rule_option = {.enter = option_enter, .exit = option_exit, .drop = option_drop};

static void listen_exit(struct world *w, u32 task, const struct ev_exit *ev)
{
	const struct w_op *op = &w->task[task].op;
	struct w_socket *s = &w->socket[op->object];

	if (!op->object)
		return;
	socket_touch(w, op->object);
	world_explain(w);
	if (ev->ret != 0)
		return;
	s->state = SOCKET_LISTENING;
	s->backlog = (u32)op->arg;
	if (!s->in)
		s->in = flow_new(w, FLOW_MESSAGES, OBJ_SOCKET, op->object, 0);
	/* af_unix.c: full when more than the backlog wait; a large one is cut to what a sysctl says */
	if (s->in)
		w->flow[s->in].capacity = s->domain == AF_UNIX && s->backlog < 128 ? (u64)s->backlog + 1 : 0;
}
const struct ipc_rule socket_rule_listen = {.enter = option_enter, .exit = listen_exit};

/* ---- shutdown ---- */

static void shutdown_mark(struct world *w, u32 task, int by)
{
	const struct w_op *op = &w->task[task].op;
	struct w_socket *s = &w->socket[op->object];

	for (u32 side = 0; side < 2 && op->object; side++)
		if (op->arg == side || op->arg == SHUT_RDWR)
			s->shutting[side] += by > 0 ? 1u : s->shutting[side] ? UINT32_MAX : 0;
}

static void shutdown_enter(struct world *w, u32 task, const struct ev_enter *ev)
{
	(void)ev;
	if (socket_begin(w, task))
		shutdown_mark(w, task, 1);
}

static void shutdown_drop(struct world *w, u32 task)
{
	shutdown_mark(w, task, -1);
}

/* tcp(7): it does not listen any more; who waits to be accepted is reset. */
static void stop_listening(struct world *w, u32 socket)
{
	struct w_socket *s = &w->socket[socket];

	drop_pending(w, socket);
	s->state = SOCKET_BOUND;
	if (s->in)
		w->flow[s->in].fill = w->flow[s->in].ghost_put = 0;
}

static void shutdown_exit(struct world *w, u32 task, const struct ev_exit *ev)
{
	const struct w_op *op = &w->task[task].op;
	struct w_socket *s = &w->socket[op->object];

	if (!op->object)
		return;
	shutdown_mark(w, task, -1);
	socket_touch(w, op->object);
	world_explain(w);
	if (socket_is_inet(s) && s->state == SOCKET_LISTENING && ev->ret == 0 && op->arg != SHUT_WR) {
		stop_listening(w, op->object);
		return;
	}
	if (ev->ret != 0)
		return;
	if (op->arg == SHUT_RD || op->arg == SHUT_RDWR) {
		s->shut |= 1;
		if (s->in && socket_is_connected_kind(s))
			w->flow[s->in].put_shut = 1;
		if (s->in && s->domain == AF_UNIX)
			w->flow[s->in].take_shut = 1;
	}
	if (op->arg == SHUT_WR || op->arg == SHUT_RDWR) {
		s->shut |= 2;
		if (s->out && socket_is_connected_kind(s))
			w->flow[s->out].put_shut = 1;
	}
	if (s->peer)
		socket_touch(w, s->peer);
}
const struct ipc_rule socket_rule_shutdown = {.enter = shutdown_enter, .exit = shutdown_exit, .drop = shutdown_drop};

/* ---- read, write on a socket: the same as recv and send without flags ---- */

const struct ipc_file_rule socket_file_rule = {
	.read = &socket_rule_receive,
	.write = &socket_rule_send,
	.added = file_added,
	.gone = file_gone,
};
