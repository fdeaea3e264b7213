/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Time-outs that a socket has and its calls do not show: SO_RCVTIMEO and SO_SNDTIMEO (socket(7)). When tasks are held they pass
 * when that is chosen, as those of timed calls do (resume.c).
 *
 * The kernel reads the time-out as the call begins (sock_rcvtimeo, sock_sndtimeo). So it is taken off while one task begins
 * one call, and put back when that task sleeps in it or is out of it: before anybody else moves. A send reads it for each
 * piece anew, and recvmmsg for each message: there it stays off until they are out, and who asks is told what was set.
 *
 * When tasks are let go the call begins anew with its time-out (resume.c); of one that has done a part of its work that
 * part is the result, as if the time-out had passed. */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tracer/lean.h"
#include "tracer/private.h"

enum { NS = 1000000000 };

/* The option that ends the call when it sleeps; 0 none. */
static int option_of(const struct entry *e)
{
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

/* The same under its other number, for the time_t of 64 bits. */
static int plain(u64 option)
{
	return (u32)option == SO_RCVTIMEO_NEW ? SO_RCVTIMEO : (u32)option == SO_SNDTIMEO_NEW ? SO_SNDTIMEO : (int)(u32)option;
}

/* Who has taken off that option of that socket, and has not put it back. */
static struct tracee *whose(const struct tracer *t, u32 index, int option)
{
	for (size_t i = 0; i < t->all.n; i++)
		if (t->all.at[i]->unlimited == index && t->all.at[i]->unlimited_by == option)
			return t->all.at[i];
	return NULL;
}

bool socket_limit(int fd, int option, struct timeval *limit)
{
	socklen_t len = sizeof *limit;

	*limit = (struct timeval){0};
	return getsockopt(fd, SOL_SOCKET, option, limit, &len) == 0 && (limit->tv_sec || limit->tv_usec);
}

/* Another task may be in a call on the same socket: then it is off already. */
static bool limit_of(const struct tracer *t, int fd, u32 index, int option, struct timeval *limit)
{
	const struct tracee *by = whose(t, index, option);

	if (by)
		*limit = by->unlimited_of;
	return by || socket_limit(fd, option, limit);
}

bool limit_take_off(struct tracer *t, struct tracee *x, struct err *err)
{
	static const struct timeval none;
	struct entry *e = &x->entry;
	const struct object_seen *o;
	struct timeval limit;
	int option, got;
	u32 index;

	option = x->attached || !x->entry.wants_exit ? 0 : option_of(e);
	o = option ? object_of_fd(t, x, e->fd) : NULL;
	if (!o || o->kind != SEEN_SOCKET || !o->limits || (got = socket_borrow(x, e->fd)) < 0)
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

static bool reads_it_anew(const struct tracee *x)
{
	return x->entry.call == CALL_recvmmsg || (x->unlimited_by == SO_SNDTIMEO && x->entry.call != CALL_connect);
}

void limit_put_back(struct tracer *t, struct tracee *x, bool sleeps)
{
	int fd;

	if (!x->unlimited || (sleeps && reads_it_anew(x)))
		return;
	fd = socket_borrow_any(t, x->unlimited);
	if (fd >= 0) {
		setsockopt(fd, SOL_SOCKET, x->unlimited_by, &x->unlimited_of, sizeof x->unlimited_of);
		close(fd);
	}
	x->unlimited = 0;
}

void limit_set(struct tracer *t, struct tracee *x)
{
	const struct object_seen *o = object_of_fd(t, x, x->entry.fd);
	struct tracee *by;

	while (o && (by = whose(t, (u32)(o - t->objects.at), plain(x->entry.arg))))
		by->unlimited = 0;
}

bool decode_getsockopt(struct tracer *t, struct tracee *x, struct entry *e)
{
	const struct object_seen *o = (u32)x->args[1] == SOL_SOCKET ? object_of_fd(t, x, (int)x->args[0]) : NULL;

	e->hold = e->logged = false;
	return o && whose(t, (u32)(o - t->objects.at), plain(x->args[2]));
}

void limit_asked(struct tracer *t, struct tracee *x)
{
	const struct object_seen *o = object_of_fd(t, x, (int)x->args[0]);
	struct tracee *by = o ? whose(t, (u32)(o - t->objects.at), plain(x->args[2])) : NULL;
	u32 len = 0;

	if (by && memory_read(x->tid, x->args[4], &len, sizeof len) == sizeof len)
		memory_write(x->tid, x->args[3], &by->unlimited_of, len < sizeof by->unlimited_of ? len : sizeof by->unlimited_of);
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
