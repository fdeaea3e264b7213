/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The objects of world/ipc.h by index and by name. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "world/private.h"

#define FINDER(name, pool)                                                                 \
	const struct w_##name *world_##name(const struct world *w, u32 i)                  \
	{                                                                                  \
		return i && i < w->h->use[pool].n && w->name[i].used ? &w->name[i] : NULL; \
	}
FINDER(flow, POOL_FLOW)
FINDER(socket, POOL_SOCKET)
FINDER(queue, POOL_QUEUE)
FINDER(sems, POOL_SEMS)
FINDER(sem, POOL_SEM)
FINDER(counter, POOL_COUNTER)
FINDER(watch, POOL_WATCH)
FINDER(lock, POOL_LOCK)
FINDER(semop, POOL_SEMOP)

#define COUNTER_OF(name, pool)                \
	u32 world_##name(const struct world *w) \
	{                                     \
		return w->h->use[pool].n;     \
	}
COUNTER_OF(sockets, POOL_SOCKET)
COUNTER_OF(queues, POOL_QUEUE)
COUNTER_OF(sems_sets, POOL_SEMS)
COUNTER_OF(counters, POOL_COUNTER)
COUNTER_OF(locks, POOL_LOCK)

/* The word an object's name begins with, and its number; NULL: it has no name. */
static const char *name_of(const struct world *w, u32 kind, u32 object, u32 *n)
{
	static const char *const counters[] = {
		[OBJ_EVENTFD] = "eventfd",
		[OBJ_SIGNALFD] = "signalfd",
		[OBJ_TIMERFD] = "timerfd",
		[OBJ_PIDFD] = "pidfd",
		[OBJ_EPOLL] = "epoll",
	};
	const struct w_socket *s = world_socket(w, object);
	const struct w_queue *q = world_queue(w, object);
	const struct w_sems *e = world_sems(w, object);
	const struct w_counter *c = world_counter(w, object);

	*n = 0;
	switch (kind) {
	case OBJ_PIPE: *n = world_pipe(w, object) ? world_pipe(w, object)->name : 0; return "pipe";
	case OBJ_SEGMENT: *n = world_segment(w, object) ? world_segment(w, object)->name : 0; return "shm";
	case OBJ_SOCKET: *n = s ? s->name : 0; return "sock";
	case OBJ_MQ: *n = q ? q->name : 0; return q && q->sysv ? "msg" : "mq";
	case OBJ_SEMS: *n = e ? e->name : 0; return "sems";
	default: break;
	}
	if (kind >= ARRAY_LEN(counters) || !counters[kind])
		return NULL;
	*n = c ? c->name : 0;
	return counters[kind];
}

const char *world_object_name(const struct world *w, u32 kind, u32 object, char *buf)
{
	u32 n;
	const char *word = name_of(w, kind, object, &n);

	if (kind == OBJ_PIPE)
		return world_pipe_name(w, object, buf);
	if (word)
		snprintf(buf, 24, "%s%u", word, n);
	else
		buf[0] = '\0';
	return buf;
}

/* Highest index + 1 of that kind's pool. */
static u32 objects(const struct world *w, u32 kind)
{
	switch (kind) {
	case OBJ_PIPE: return world_pipes(w);
	case OBJ_SEGMENT: return world_segments(w);
	case OBJ_SOCKET: return world_sockets(w);
	case OBJ_MQ: return world_queues(w);
	case OBJ_SEMS: return world_sems_sets(w);
	case OBJ_EVENTFD:
	case OBJ_SIGNALFD:
	case OBJ_TIMERFD:
	case OBJ_PIDFD:
	case OBJ_EPOLL: return world_counters(w);
	default: return 0;
	}
}

static bool object_is(const struct world *w, u32 kind, u32 object)
{
	const struct w_counter *c = world_counter(w, object);

	switch (kind) {
	case OBJ_EVENTFD:
	case OBJ_SIGNALFD:
	case OBJ_TIMERFD:
	case OBJ_PIDFD:
	case OBJ_EPOLL: return c && c->kind == kind;
	default: break;
	}
	return true;
}

bool world_object_by_name(const struct world *w, const char *name, u32 *object_kind, u32 *object)
{
	char buf[24];

	for (u32 kind = OBJ_PIPE; kind <= OBJ_SEMS; kind++)
		for (u32 i = 1; i < objects(w, kind); i++) {
			u32 n;
			const char *word;

			if (!object_is(w, kind, i))
				continue;
			word = name_of(w, kind, i, &n);
			if (!word || !n || strcmp(world_object_name(w, kind, i, buf), name) != 0)
				continue;
			*object_kind = kind;
			*object = i;
			return true;
		}
	return false;
}
