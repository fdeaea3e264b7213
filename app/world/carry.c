/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Descriptors in flight (unix(7), SCM_RIGHTS). From the ENTER of the sendmsg that sends it until a recvmsg gives it out,
 * or the message is thrown away, each keeps its open file alive: the end of a pipe that is in flight is an open end.
 */
#include <sys/socket.h>

#include "world/private.h"

static u32 *last_link(struct world *w, u32 *first)
{
	while (*first)
		first = &w->carry[*first].next;
	return first;
}

static void note_one(struct world *w, u32 task, i32 fd)
{
	u32 entry = call_find_fd(w, task, fd), index;
	struct w_carry *c;

	if (!entry || !(index = pool_take(w, POOL_CARRY)))
		return;
	c = &w->carry[index];
	c->file = w->fd[entry].file;
	c->fd = fd;
	c->task = task;
	c->site = w->task[task].op.site;
	file_hold(w, c->file);
	w->file[c->file].carried++;
	*last_link(w, &w->task[task].op.carries) = index;
}

void carry_note(struct world *w, u32 task, const struct ev_observe *ev)
{
	const struct w_op *op = &w->task[task].op;
	const u64 words[4] = {ev->b, ev->c, ev->d, ev->e};

	if (!op->open || (op->call != CALL_sendmsg && op->call != CALL_sendmmsg))
		return;
	for (u32 i = 0; i < ev->a && i < 8; i++)
		note_one(w, task, (i32)(words[i / 2] >> (i % 2 ? 32 : 0) & UINT32_MAX));
}

void carry_sent(struct world *w, u32 task, u32 socket, u64 at)
{
	u32 first = w->task[task].op.carries;

	w->task[task].op.carries = 0;
	if (!socket || !w->socket[socket].used || w->socket[socket].state == SOCKET_CLOSED) {
		carry_drop(w, &first);
		return;
	}
	for (u32 c = first; c; c = w->carry[c].next) {
		w->carry[c].socket = socket;
		w->carry[c].at = at;
	}
	*last_link(w, &w->socket[socket].carried) = first;
	socket_touch(w, socket);
}

static void carry_end(struct world *w, u32 *link)
{
	u32 index = *link, file = w->carry[index].file;

	*link = w->carry[index].next;
	pool_give(w, POOL_CARRY, index);
	w->file[file].carried--;
	file_unhold(w, file);
}

void carry_drop(struct world *w, u32 *first)
{
	u32 list = *first; /* letting one go may close a socket, and so change what `first` stands in */

	*first = 0;
	while (list)
		carry_end(w, &list);
}

/* Is this the open file that OBS_FD tells of? */
static bool is_that(const struct world *w, u32 file, const struct ev_observe *ev)
{
	const struct w_file *f = &w->file[file];

	switch (f->kind) {
	case OBJ_PIPE: return ev->e == 1 && w->pipe[f->object].ino == ev->b &&
			      f->access == (ev->a >> 32 & (ACCESS_READ | ACCESS_WRITE));
	case OBJ_TTY: return ev->e == 2;
	case OBJ_SEGMENT: return ev->e == 4 && w->segment[f->object].ino == ev->b;
	case OBJ_SOCKET: return ev->e == 5 && w->socket[f->object].ino == ev->b;
	case OBJ_MQ: return ev->e == 6 && w->queue[f->object].id == ev->b;
	case OBJ_EVENTFD:
		/* where the kernel numbers them, the number travels with it */
		return ev->e == 7 && (w->counter[f->object].id == ev->b || !(ev->b >> 40));
	case OBJ_SIGNALFD:
	case OBJ_TIMERFD:
	case OBJ_PIDFD:
	case OBJ_EPOLL: return ev->e == 7 + f->kind - OBJ_EVENTFD; /* closed where it came from, it has a new id */
	default: return ev->e == 3;
	}
}

static u32 *find_in(struct world *w, u32 *link, const struct ev_observe *ev)
{
	while (*link && !is_that(w, w->carry[*link].file, ev))
		link = &w->carry[*link].next;
	return *link ? link : NULL;
}

/* The one that came: in the socket's queue; else, its sendmsg not having come back yet, with an open one. */
static u32 *find_carry(struct world *w, u32 task, const struct ev_observe *ev)
{
	u32 socket = socket_of_fd(w, task, w->task[task].last_fd);
	u32 flow = socket ? w->socket[socket].in : 0;
	u32 *link = socket ? find_in(w, &w->socket[socket].carried, ev) : NULL;

	for (u32 t = flow ? w->flow[flow].open_ops : 0; t && !link; t = w->task[t].op.flow_next)
		link = find_in(w, &w->task[t].op.carries, ev);
	return link;
}

u32 carry_received(struct world *w, u32 task, const struct ev_observe *ev, u32 *from)
{
	u32 *link = find_carry(w, task, ev), file;

	if (!link)
		return 0;
	file = w->carry[*link].file;
	*from = w->task[w->carry[*link].task].proc;
	if (w->task[task].last_peeked)
		return file;
	/* The descriptor that is made next keeps it alive: its count is taken over by nobody in between. */
	w->file[file].refs++;
	carry_end(w, link);
	w->file[file].refs--;
	return file;
}

void carry_passed(struct world *w, u32 socket)
{
	u32 flow = w->socket[socket].in, *link = &w->socket[socket].carried;

	while (flow && *link) {
		if (w->carry[*link].at < w->flow[flow].taken)
			carry_end(w, link);
		else
			link = &w->carry[*link].next;
	}
}

/* Is the message that holds it gone, perhaps, with the queue it is in, or taken by an open call? */
static bool one_may_be_gone(struct world *w, const struct w_carry *c, u32 witness)
{
	u32 socket = c->socket, flow = socket ? w->socket[socket].in : 0;

	if (!socket)
		return false;
	for (u32 t = flow ? w->flow[flow].open_ops : 0; t; t = w->task[t].op.flow_next)
		if (w->task[t].op.flow_role == ACCESS_READ && t != witness)
			return true;
	if (flow && c->at < w->flow[flow].taken)
		return true;
	if (!w->socket[socket].file)
		return true; /* not accepted yet: a listener's that may be gone */
	return w->file[w->socket[socket].file].carried || file_may_be_gone(w, w->socket[socket].file, socket, witness);
}

bool carry_may_be_gone(struct world *w, u32 file, u32 witness)
{
	for (u32 i = 1; i < w->h->use[POOL_CARRY].n; i++)
		if (w->carry[i].used && w->carry[i].file == file && !one_may_be_gone(w, &w->carry[i], witness))
			return false;
	return true;
}
