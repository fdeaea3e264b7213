/* SPDX-License-Identifier: GPL-3.0-or-later */
/* eventfd(2), signalfd(2), timerfd_create(2), pidfd_open(2), epoll(7): calls that make objects which only a descriptor leads
 * to, set them, or wait for several. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <time.h>

#include "tracer/private.h"

enum { TIMER_CLOCK }; /* object_seen.detail of a timerfd */

bool decode_event(struct tracer *t, struct tracee *x, struct entry *e)
{
	const u64 *a = x->args;

	switch (e->call) {
	case CALL_eventfd:
	case CALL_eventfd2:
		e->size = (u32)a[0];
		e->arg = e->call == CALL_eventfd2 ? (u32)a[1] : 0;
		break;
	case CALL_signalfd:
	case CALL_signalfd4:
		e->fd = (i32)a[0];
		e->arg = e->call == CALL_signalfd4 ? (u32)a[3] : 0;
		memory_read(x->tid, a[1], &e->size, a[2] < 8 ? a[2] : 8);
		break;
	case CALL_timerfd_create:
		e->size = (u32)a[0];
		e->arg = (u32)a[1];
		break;
	case CALL_pidfd_open:
		e->fd = (i32)a[0];
		e->arg = (u32)a[1];
		break;
	case CALL_pidfd_send_signal:
		e->fd = (i32)a[0];
		e->fd2 = (i32)a[1];
		break;
	case CALL_epoll_create1:
		e->arg = (u32)a[0];
		break;
	default:
		break;
	}
	(void)t;
	return true;
}

bool decode_timerfd_settime(struct tracer *t, struct tracee *x, struct entry *e)
{
	struct object_seen *o;
	i64 spec[4] = {0};

	e->fd = (i32)x->args[0];
	o = object_of_fd(t, x, e->fd);
	if (!o || o->kind != SEEN_TIMERFD)
		return false;
	memory_read(x->tid, x->args[2], spec, sizeof spec);
	e->size = decode_time(x, x->args[2], 1);
	e->arg = decode_time(x, x->args[2] + 16, 1);
	if (e->size == TIME_NONE || e->arg == TIME_NONE)
		e->size = e->arg = 0;
	if (e->arg && x->args[1] & TFD_TIMER_ABSTIME) {
		e->arg = time_until((int)o->detail[TIMER_CLOCK], e->arg);
		e->arg += !e->arg;
	}
	return true;
}

bool decode_epoll_ctl(struct tracer *t, struct tracee *x, struct entry *e)
{
	struct epoll_event ev = {0};

	e->fd = (i32)x->args[0];
	e->arg = x->args[1] & 0xffffffff;
	e->fd2 = (i32)x->args[2];
	if (x->args[3] && memory_read(x->tid, x->args[3], &ev, sizeof ev) == sizeof ev)
		e->size = ev.events;
	fd_class(t, x, e->fd);
	fd_class(t, x, e->fd2); /* adopted here, if it was not known */
	return true;
}

bool decode_epoll_wait(struct tracer *t, struct tracee *x, struct entry *e)
{
	i32 ms = (i32)x->args[3];

	e->fd = (i32)x->args[0];
	e->size = x->args[2] & 0xffffffff;
	if (e->call == CALL_epoll_pwait2) {
		e->arg = decode_time(x, x->args[3], 1);
		e->timed = (struct timed){.kind = e->arg == TIME_NONE ? TIMED_NOT : TIMED_POINTER, .arg = 3, .ns = e->arg};
	} else {
		e->arg = ms < 0 ? TIME_NONE : (u64)ms * 1000000u;
		e->timed = (struct timed){.kind = ms < 0 ? TIMED_NOT : TIMED_POLL_MS, .arg = 3, .ns = e->arg};
	}
	if (e->arg == 0)
		e->timed.kind = TIMED_NOT;
	fd_class(t, x, e->fd);
	return true;
}

/* Eight bytes that an eventfd is given: the world must know them also where contents are not kept. */
void event_entered(struct tracer *t, struct tracee *x, struct entry *e)
{
	const struct fd_seen *s = fdmap_get(x->fds, e->fd);

	if (s->class == FDC_OBJECT && t->objects.at[s->pipe].kind == SEEN_EVENTFD && e->call == CALL_write && e->size >= 8)
		memory_read(x->tid, x->args[1], &e->arg, sizeof e->arg);
}

void event_call_done(struct tracer *t, struct tracee *x, i64 ret, struct ev_exit *out)
{
	const struct entry *e = &x->entry;
	const struct fd_seen *s;
	u32 index = 0;

	switch (e->call) {
	case CALL_read:
		s = fdmap_get(x->fds, e->fd);
		if (ret == 8 && s->class == FDC_OBJECT &&
			(t->objects.at[s->pipe].kind == SEEN_EVENTFD || t->objects.at[s->pipe].kind == SEEN_TIMERFD))
			memory_read(x->tid, x->args[1], &out->arg, sizeof out->arg);
		return;
	case CALL_signalfd:
	case CALL_signalfd4:
		if (e->fd >= 0)
			return;
		/* fall through */
	case CALL_eventfd:
	case CALL_eventfd2:
	case CALL_timerfd_create:
	case CALL_pidfd_open:
	case CALL_epoll_create:
	case CALL_epoll_create1:
		index = object_made(t, x, (int)ret, e->call == CALL_pidfd_open || e->arg & O_CLOEXEC);
		break;
	case CALL_epoll_wait:
	case CALL_epoll_pwait:
	case CALL_epoll_pwait2:
		out->arg = (u64)ret;
		return;
	default:
		return;
	}
	out->fd = (i32)ret;
	if (!index)
		return;
	out->arg = t->objects.at[index].id;
	if (e->call == CALL_timerfd_create)
		t->objects.at[index].detail[TIMER_CLOCK] = e->size;
}
