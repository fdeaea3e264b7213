/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is learnt by looking at running processes (tracer/look): who else has what they have, what an epoll waits for, what
 * is left of a timer. */
#include "world/private.h"

static void queue_ends(struct world *w, u64 ino, bool others)
{
	for (u32 q = 1; q < world_queues(w); q++)
		if (w->queue[q].used && !w->queue[q].sysv && w->queue[q].id == ino) {
			w->queue[q].enclosed = !others;
			w->queue[q].outside |= others;
		}
}

static void segment_ends(struct world *w, u64 ino, u64 dev, bool others)
{
	for (u32 s = 1; s < world_segments(w); s++)
		if (w->segment[s].used && w->segment[s].ino == ino && w->segment[s].dev == dev) {
			w->segment[s].enclosed = !others;
			w->segment[s].shared_outside = others;
		}
}

/* Those whose other end one of ours has are connected to it, and to nobody else. */
static void socket_ends(struct world *w, u64 ino, u64 peer, bool others, bool timed)
{
	u32 socket = socket_by_ino(w, ino), other = socket_by_ino(w, peer);

	if (!socket)
		return;
	if (other && other != socket && !w->socket[socket].peer && !w->socket[other].peer &&
		w->socket[socket].type == w->socket[other].type)
		socket_pair_up(w, socket, other);
	w->socket[socket].outside = others || !w->socket[socket].peer;
	w->socket[socket].timeouts |= timed;
}

void looked_ends(struct world *w, const struct ev_observe *ev)
{
	u32 pipe = ev->b == ENDS_PIPE ? pipe_by_ino(w, ev->a) : 0;

	if (pipe)
		w->pipe[pipe].outside = ev->d != 0;
	if (ev->b == ENDS_SOCKET)
		socket_ends(w, ev->a, ev->e, ev->d != 0, ev->c != 0);
	if (ev->b == ENDS_SEGMENT)
		segment_ends(w, ev->a, ev->c, ev->d != 0);
	if (ev->b == ENDS_QUEUE)
		queue_ends(w, ev->a, ev->d != 0);
}

void looked_watch(struct world *w, u32 task, const struct ev_observe *ev)
{
	u32 epoll = counter_of_fd(w, task, (i32)ev->a), fd = world_fd_find(w, w->task[task].proc, (i32)ev->b);

	if (!epoll || w->counter[epoll].kind != OBJ_EPOLL)
		return;
	if (!fd) { /* of something the world does not follow */
		w->counter[epoll].unsure = 2;
		return;
	}
	if (w->counter[epoll].unsure == 1)
		w->counter[epoll].unsure = 0;
	watch_found(w, epoll, w->fd[fd].file, (i32)ev->b, (u32)ev->c);
}

void looked_timer(struct world *w, u32 task, const struct ev_observe *ev)
{
	u32 timer = counter_of_fd(w, task, (i32)ev->a);

	if (!timer || w->counter[timer].kind != OBJ_TIMERFD)
		return;
	w->counter[timer].due_ns = ev->b;
	w->counter[timer].unsure = 0;
}

void looked_pidfd(struct world *w, u32 task, const struct ev_observe *ev)
{
	u32 pidfd = counter_of_fd(w, task, (i32)ev->a);

	if (!pidfd || w->counter[pidfd].kind != OBJ_PIDFD)
		return;
	for (u32 p = 1; p < world_procs(w); p++)
		if ((u64)w->proc[p].pid == ev->b && !w->proc[p].ended)
			w->counter[pidfd].target = p;
	w->counter[pidfd].unsure = !w->counter[pidfd].target;
}
