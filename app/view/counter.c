/* SPDX-License-Identifier: GPL-3.0-or-later */
/* eventfd, timerfd, signalfd, pidfd, epoll, and waiting for several, in words. */
#include <poll.h>
#include <string.h>
#include <sys/epoll.h>

#include "view/private.h"

enum { SIGNALFD_BYTES = 128 }; /* struct signalfd_siginfo */

static const struct w_counter *counter_of_fd(const struct scene *s, u32 task, i32 fd, u32 *counter)
{
	const struct w_task *t = world_task(s->world, task);
	const struct w_fd *d = t ? world_fd(s->world, world_fd_find(s->world, t->proc, fd)) : NULL;
	const struct w_file *f = d ? world_file(s->world, d->file) : NULL;

	if (!f || f->kind < OBJ_EVENTFD || f->kind > OBJ_EPOLL)
		return NULL;
	*counter = f->object;
	return world_counter(s->world, f->object);
}

static void add_object(const struct scene *s, u32 file, i32 fd, struct str *out)
{
	const struct w_file *f = world_file(s->world, file);
	char name[24] = "";

	if (f)
		world_object_name(s->world, f->kind, f->object, name);
	if (name[0] && f->kind == OBJ_PIPE)
		world_pipe_name(s->world, f->object, name);
	if (name[0])
		str_addf(out, "%s", name);
	else
		str_addf(out, "fd %d", fd);
}

static u32 file_of_watch(const struct scene *s, u32 task, const struct w_watch *e)
{
	const struct w_task *t = world_task(s->world, task);
	const struct w_fd *d = e->epoll || !t ? NULL : world_fd(s->world, world_fd_find(s->world, t->proc, e->fd));

	return e->epoll ? e->file : d ? d->file : 0;
}

u32 words_terminals(const struct scene *s, u32 task, bool *only)
{
	u32 n = 0, terminals = 0;

	for (u32 e = world_waited_for(s->world, task); e; e = world_watch(s->world, e)->next, n++) {
		const struct w_watch *watch = world_watch(s->world, e);
		const struct w_file *f = world_file(s->world, file_of_watch(s, task, watch));

		terminals += f && f->kind == OBJ_TTY && watch->events & POLLIN;
	}
	*only = n == 1 && terminals == 1;
	return terminals;
}

/* select(2) or poll(2) of nothing, for ever. */
bool words_nothing_polled(const struct scene *s, u32 task)
{
	const struct w_op *op = &world_task(s->world, task)->op;
	bool polls = op->call == CALL_poll || op->call == CALL_ppoll || op->call == CALL_select || op->call == CALL_pselect6;

	return polls && !op->size && op->arg == TIME_NONE;
}

bool words_others_outside(const struct scene *s, u32 task)
{
	for (u32 e = world_waited_for(s->world, task); e; e = world_watch(s->world, e)->next) {
		const struct w_file *f = world_file(s->world, file_of_watch(s, task, world_watch(s->world, e)));
		const struct w_pipe *p = f && f->kind == OBJ_PIPE ? world_pipe(s->world, f->object) : NULL;
		const struct w_socket *k = f && f->kind == OBJ_SOCKET ? world_socket(s->world, f->object) : NULL;

		if ((p && p->outside) || (k && (k->outside || (!k->peer && world_text(s->world, k->local)[0]))))
			return true;
	}
	return false;
}

/* "pipe1 has nothing to read, eventfd1 is 0": each that is waited for. */
void words_several(const struct scene *s, u32 task, struct str *out)
{
	u32 n = 0, shown = 0;

	for (u32 e = world_waited_for(s->world, task); e; e = world_watch(s->world, e)->next)
		n++;
	if (n == 0) {
		str_add(out, words_nothing_polled(s, task) ? "it names no fd and no time-out: only a signal ends it"
							   : "none of its fds is ready");
		return;
	}
	str_add(out, n == 1 ? "" : "none of its fds is ready: ");
	for (u32 e = world_waited_for(s->world, task); e && shown < 4; e = world_watch(s->world, e)->next, shown++) {
		const struct w_watch *watch = world_watch(s->world, e);
		u32 file = file_of_watch(s, task, watch);
		const struct w_file *f = world_file(s->world, file);

		str_add(out, shown ? ", " : "");
		if (f && f->kind == OBJ_TTY && n == 1 && watch->events & POLLIN) {
			str_add(out, "nobody has typed a line at its terminal");
			continue;
		}
		if (f && f->kind == OBJ_TTY)
			str_add(out, "its terminal");
		else
			add_object(s, file, watch->fd, out);
		if (f && f->kind == OBJ_PIDFD)
			str_add(out, "'s process has not ended");
		else if (f && f->kind == OBJ_SOCKET && world_socket(s->world, f->object)->state == SOCKET_CONNECTING)
			str_add(out, " is not connected yet");
		else if (f && f->kind == OBJ_SOCKET && world_socket(s->world, f->object)->state == SOCKET_LISTENING)
			str_add(out, " has no connection to accept");
		else if (f && f->kind == OBJ_EVENTFD && watch->events & POLLIN)
			str_add(out, " is 0");
		else if (f && f->kind == OBJ_TIMERFD)
			str_add(out, world_counter(s->world, f->object)->due_ns ? " has not expired" : " is not set");
		else if (f && f->kind == OBJ_PIPE && f->access == ACCESS_READ && !(watch->events & POLLIN))
			str_add(out, " can never be written to through its read end");
		else if (f && f->kind == OBJ_PIPE && f->access == ACCESS_WRITE && !(watch->events & POLLOUT))
			str_add(out, " can never be read through its write end");
		else
			str_add(out, watch->events & POLLOUT && !(watch->events & POLLIN) ? " has no room" : " has nothing to read");
	}
	if (n > shown)
		str_addf(out, " and %u more", n - shown);
}

void words_counter_reason(const struct scene *s, const struct why *y, struct str *out)
{
	const struct w_counter *c = world_counter(s->world, y->object);
	char name[24];
	bool sure;

	if (!c)
		return;
	str_add(out, world_object_name(s->world, y->object_kind, y->object, name));
	switch (c->kind) {
	case OBJ_EVENTFD:
		if (y->call == CALL_read || y->call == CALL_readv)
			str_add(out, " is 0");
		else
			str_addf(out, " holds %llu, and cannot take so much more",
				(unsigned long long)world_counter_value(s->world, y->object, &sure));
		return;
	case OBJ_TIMERFD: str_add(out, c->due_ns ? " has not expired (by the real clock)" : " is not set"); return;
	case OBJ_SIGNALFD: str_add(out, ": none of its signals has come"); return;
	default: str_add(out, " is not ready"); return;
	}
}

static void add_watched(const struct scene *s, u32 task, const struct w_op *op, bool verb, struct str *out)
{
	static const char *const verbs[] = {[EPOLL_CTL_ADD] = "add", [EPOLL_CTL_DEL] = "remove", [EPOLL_CTL_MOD] = "change"};
	const struct w_task *t = world_task(s->world, task);
	const struct w_fd *d = t ? world_fd(s->world, world_fd_find(s->world, t->proc, op->fd2)) : NULL;

	if (verb)
		str_addf(out, "%s ", op->arg < ARRAY_LEN(verbs) && verbs[op->arg] ? verbs[op->arg] : "?");
	add_object(s, d ? d->file : 0, op->fd2, out);
}

bool words_counter_op(const struct scene *s, u32 task, const struct w_op *op, struct str *out)
{
	bool plain = s->style == STYLE_PLAIN;
	char name[24];
	u32 counter;
	const struct w_counter *c;

	switch (op->call) {
	case CALL_eventfd:
	case CALL_eventfd2: str_addf(out, plain ? "eventfd of %llu" : "eventfd(%llu)", (unsigned long long)op->size); return true;
	case CALL_pidfd_open:
		str_add(out, plain ? "pidfd_open of " : "pidfd_open(");
		words_pid(s, op->fd, out);
		str_add(out, plain ? "" : ")");
		return true;
	case CALL_epoll_create:
	case CALL_epoll_create1:
	case CALL_signalfd:
	case CALL_signalfd4:
	case CALL_timerfd_create: str_addf(out, plain ? "%s" : "%s()", call_name(op->call)); return true;
	default: break;
	}
	c = counter_of_fd(s, task, op->fd, &counter);
	if (!c)
		return false;
	world_object_name(s->world, c->kind, counter, name);
	switch (op->call) {
	case CALL_timerfd_settime:
		str_addf(out, plain ? "timerfd_settime of %s" : "timerfd_settime(%s", name);
		if (op->arg) {
			str_add(out, plain ? " to " : ", ");
			words_duration(op->arg, out);
		}
		str_add(out, plain ? "" : ")");
		return true;
	case CALL_epoll_ctl:
		str_addf(out, plain ? "epoll_ctl of %s: " : "epoll_ctl(%s, ", name);
		add_watched(s, task, op, true, out);
		str_add(out, plain ? "" : ")");
		return true;
	case CALL_epoll_wait:
	case CALL_epoll_pwait:
	case CALL_epoll_pwait2:
		str_addf(out, plain ? "epoll_wait on %s" : "epoll_wait(%s)", name);
		return true;
	case CALL_read: str_addf(out, plain ? "read of %s" : "read(%s)", name); return true;
	case CALL_write:
		if (c->kind == OBJ_EVENTFD)
			str_addf(out, plain ? "write of %llu to %s" : "write(%llu to %s)", (unsigned long long)op->arg, name);
		return c->kind == OBJ_EVENTFD;
	default: return false;
	}
}

/* A timerfd's number: how often it has expired since it was read last. */
static void add_expired(const struct ev_exit *e, const char *name, i32 fd, struct str *out)
{
	str_addf(out, " was told by %s, fd %d, that it has expired", name, fd);
	if (e->arg > 1)
		str_addf(out, " %llu times", (unsigned long long)e->arg);
}

/* Where the call's object is found: calls that make one return its descriptor. */
static i32 fd_of_result(const struct w_op *op, i64 ret)
{
	return op->call == CALL_read || op->call == CALL_write || op->call == CALL_timerfd_settime || op->call == CALL_epoll_ctl ||
			       op->call == CALL_epoll_wait || op->call == CALL_epoll_pwait || op->call == CALL_epoll_pwait2
		       ? op->fd
		       : (i32)ret;
}

/* Which signals came the record does not say; of one that takes only one kind it is known. */
static void add_taken(const struct w_counter *c, const struct w_op *op, const struct ev_exit *e, const char *name, struct str *out)
{
	long long n = (long long)e->ret / SIGNALFD_BYTES;
	bool one_kind = c->mask && !(c->mask & (c->mask - 1));

	str_addf(out, " took %lld signal%s", n, n == 1 ? "" : "s");
	if (one_kind) {
		str_add(out, ", ");
		words_signal(__builtin_ctzll(c->mask) + 1, out);
		str_add(out, ",");
	}
	str_addf(out, " from %s, fd %d", name, op->fd);
}

static bool add_read(const struct w_counter *c, const struct w_op *op, const struct ev_exit *e, const char *name, struct str *out)
{
	if (c->kind == OBJ_EVENTFD)
		str_addf(out, " took %llu from %s, fd %d", (unsigned long long)e->arg, name, op->fd);
	else if (c->kind == OBJ_TIMERFD)
		add_expired(e, name, op->fd, out);
	else if (c->kind == OBJ_SIGNALFD)
		add_taken(c, op, e, name, out);
	else
		return false;
	return true;
}

bool words_result_counter(const struct scene *s, const struct happening *h, const struct rec *r, struct str *out)
{
	const struct w_op *op = &h->op;
	const struct w_counter *c;
	struct ev_exit e;
	char name[24];
	u32 counter;

	memcpy(&e, rec_body(r), sizeof e);
	if (e.ret < 0)
		return false;
	c = counter_of_fd(s, r->task, fd_of_result(op, e.ret), &counter);
	if (!c)
		return false;
	world_object_name(s->world, c->kind, counter, name);
	switch (op->call) {
	case CALL_read:
		if (!add_read(c, op, &e, name, out))
			return false;
		break;
	case CALL_timerfd_settime:
		str_addf(out, op->arg ? " set %s to " : " switched off %s", name);
		if (op->arg)
			words_duration(op->arg, out);
		break;
	case CALL_epoll_ctl:
		str_addf(out, op->arg == EPOLL_CTL_ADD ? " let %s wait for " : op->arg == EPOLL_CTL_DEL ? " let %s no longer wait for "
											 : " changed what %s waits for of ", name);
		add_watched(s, r->task, op, false, out);
		break;
	case CALL_write:
		if (c->kind != OBJ_EVENTFD)
			return false;
		str_addf(out, " added %llu to %s, fd %d", (unsigned long long)op->arg, name, op->fd);
		break;
	case CALL_eventfd:
	case CALL_eventfd2:
	case CALL_epoll_create:
	case CALL_epoll_create1:
	case CALL_signalfd:
	case CALL_signalfd4:
	case CALL_timerfd_create: str_addf(out, " made %s", name); break;
	case CALL_pidfd_open:
		str_addf(out, " made %s, which stands for ", name);
		words_pid(s, op->fd, out);
		break;
	case CALL_epoll_wait:
	case CALL_epoll_pwait:
	case CALL_epoll_pwait2:
		if (e.ret)
			str_addf(out, " found %lld ready in %s", (long long)e.ret, name);
		else
			str_addf(out, " found none ready in %s", name);
		break;
	default: return false;
	}
	words_at(s, op->site, out);
	str_addf(out, ". Result %lld.\n", (long long)e.ret);
	return true;
}
