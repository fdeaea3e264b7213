/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Time-outs that a socket has and its calls do not show: SO_RCVTIMEO and SO_SNDTIMEO (socket(7)). When tasks are held they pass
 * when that is chosen, as those of timed calls do (resume.c).
 *
 * The kernel reads the time-out once, as the call begins (sock_rcvtimeo, sock_sndtimeo). So it is taken off while one task
 * begins one call, and put back when that task sleeps in it or is out of it: before anybody else moves. */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tracer/private.h"

enum { NS = 1000000000 };

/* The option that ends the call when it sleeps on that side; 0 none. `fd`: that of the socket. */
static int option_of(const struct entry *e, i32 *fd)
{
	*fd = e->fd;
	switch (e->call) {
	case CALL_read: case CALL_readv: case CALL_recvfrom: case CALL_recvmsg: case CALL_recvmmsg:
	case CALL_accept: case CALL_accept4: return SO_RCVTIMEO;
	case CALL_write: case CALL_writev: case CALL_sendto: case CALL_sendmsg: case CALL_sendmmsg:
	case CALL_connect: return SO_SNDTIMEO;
	default: return 0;
	}
}

/* tcp(7): a connection that is on its way already. */
static bool is_connecting(int fd)
{
	struct tcp_info info = {0};
	socklen_t len = sizeof info;

	return getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) == 0 && info.tcpi_state == TCP_SYN_SENT;
}

static int result_of(const struct entry *e, const struct object_seen *o, int fd)
{
	if (e->call != CALL_connect || o->domain == AF_UNIX)
		return -EAGAIN;
	return is_connecting(fd) ? -EALREADY : -EINPROGRESS;
}

/* Another task may be on its way into a call on the same socket: then it is off already. */
static bool limit_of(const struct tracer *t, int fd, u32 index, int option, struct timeval *limit)
{
	socklen_t len = sizeof *limit;

	for (size_t i = 0; i < t->all.n; i++)
		if (t->all.at[i]->unlimited == index && t->all.at[i]->unlimited_by == option) {
			*limit = t->all.at[i]->unlimited_of;
			return true;
		}
	return getsockopt(fd, SOL_SOCKET, option, limit, &len) == 0 && (limit->tv_sec || limit->tv_usec);
}

bool limit_take_off(struct tracer *t, struct tracee *x, struct err *err)
{
	static const struct timeval none;
	struct entry *e = &x->entry;
	const struct object_seen *o;
	struct timeval limit;
	int option, got;
	u32 index;
	i32 fd;

	option = x->attached || !x->entry.wants_exit ? 0 : option_of(e, &fd);
	o = option ? object_of_fd(t, x, fd) : NULL;
	if (!o || o->kind != SEEN_SOCKET || !o->limits || (got = socket_borrow(x, fd)) < 0)
		return true;
	index = (u32)(o - t->objects.at);
	if (limit_of(t, got, index, option, &limit) && setsockopt(got, SOL_SOCKET, option, &none, sizeof none) == 0) {
		e->timed = (struct timed){.kind = TIMED_SOCKET, .sys_result = (signed char)result_of(e, o, got),
		                          .ns = (u64)limit.tv_sec * NS + (u64)limit.tv_usec * 1000};
		x->altered = true;
		x->unlimited = index;
		x->unlimited_by = option;
		x->unlimited_of = limit;
	}
	close(got);
	return !x->unlimited || emit_observe(t, x, OBS_LIMIT, e->timed.ns, 0, 0, 0, 0, err);
}

void limit_put_back(struct tracer *t, struct tracee *x)
{
	int fd = x->unlimited ? socket_borrow_any(t, x->unlimited) : -1;

	if (fd >= 0) {
		setsockopt(fd, SOL_SOCKET, x->unlimited_by, &x->unlimited_of, sizeof x->unlimited_of);
		close(fd);
	}
	x->unlimited = 0;
}

bool limit_may_begin_anew(struct tracer *t, struct tracee *x)
{
	const struct entry *e = &x->entry;
	const struct object_seen *o;

	if (!x->in_call || e->timed.kind != TIMED_SOCKET)
		return true;
	o = object_of_fd(t, x, e->fd);
	if (!o || e->call == CALL_recvmmsg || e->call == CALL_sendmmsg)
		return false;
	if (e->call == CALL_recvfrom || e->call == CALL_recvmsg)
		return !(e->arg & MSG_WAITALL);
	return o->type != SOCK_STREAM || option_of(e, &(i32){0}) == SO_RCVTIMEO || e->call == CALL_connect;
}

void limit_interrupted(struct tracee *x, i64 *ret)
{
	arch_regs regs;

	if (x->entry.timed.kind != TIMED_SOCKET || !x->altered || *ret != -512 /* ERESTARTSYS */ || !signal_is_due(x->tid) ||
	    signal_waits_in_vain(x->tid) || !arch_get_regs(x->tid, &regs))
		return;
	arch_set_result(&regs, -EINTR);
	if (arch_set_regs(x->tid, &regs))
		*ret = -EINTR;
}
