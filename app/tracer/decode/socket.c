/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sockets of every family that processes talk through (socket(2), unix(7), ip(7)): their calls as events.
 * Others (netlink(7), packet(7), ...) lead to the kernel or to other machines: one stop, never logged. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "tracer/private.h"

enum { TYPE_MASK = 0xf, MESSAGES_MAX = 1024, CONTROL_MAX = 4096, CARRIED_MAX = 253 /* SCM_MAX_FD */ };

bool socket_domain_is_ours(u32 domain)
{
	return domain == AF_UNIX || domain == AF_INET || domain == AF_INET6;
}

static bool leads_to_socket(struct tracer *t, struct tracee *x, int fd)
{
	const struct object_seen *o = object_of_fd(t, x, fd);

	return o && o->kind == SEEN_SOCKET;
}

/* ---- birth ---- */

bool decode_socket(struct tracer *t, struct tracee *x, struct entry *e)
{
	u32 domain = (u32)x->args[0], type = (u32)x->args[1];

	(void)t;
	if (domain == AF_NETLINK)
		return false; /* talks to the kernel */
	if (!socket_domain_is_ours(domain)) { /* noted if it is made: many a program tries what this kernel has not */
		e->hold = e->logged = false;
		return true;
	}
	e->arg = (u64)domain | (u64)(type & TYPE_MASK) << 16 | (x->args[2] & 0xffffffff) << 32;
	if (domain == AF_UNIX && (type & TYPE_MASK) == SOCK_RAW) /* unix_create() makes a datagram socket of it */
		e->arg ^= (u64)(SOCK_RAW ^ SOCK_DGRAM) << 16;
	e->size = type & ~(u32)TYPE_MASK;
	return true;
}

/* ---- names and connections ---- */

static u32 read_address(struct tracee *x, u64 addr, u64 len, void *into, u32 room)
{
	len &= 0xffffffff;
	return addr && len && len <= room ? (u32)memory_read(x->tid, addr, into, len) : 0;
}

static u64 resolve(struct tracer *t, struct tracee *x, int fd, const void *address, u32 len)
{
	const struct object_seen *o = object_of_fd(t, x, fd);
	u32 index = o && len ? socket_by_address(t, x, o->domain, o->type, address, len) : 0;

	return index ? t->objects.at[index].id : 0;
}

bool decode_address(struct tracer *t, struct tracee *x, struct entry *e)
{
	e->fd = (i32)x->args[0];
	if (!leads_to_socket(t, x, e->fd))
		return false;
	e->held = read_address(x, x->args[1], x->args[2], e->bytes, sizeof(struct sockaddr_storage));
	if (e->call == CALL_connect)
		e->arg = resolve(t, x, e->fd, e->bytes, e->held);
	return true;
}

/* listen, shutdown, accept, accept4 */
bool decode_on_socket(struct tracer *t, struct tracee *x, struct entry *e)
{
	e->fd = (i32)x->args[0];
	if (e->call == CALL_accept4)
		e->arg = x->args[3] & 0xffffffff;
	else if (e->call != CALL_accept)
		e->arg = x->args[1] & 0xffffffff;
	return leads_to_socket(t, x, e->fd);
}

/* Only time-outs of receiving and sending: limit.c makes a choice of them. */
bool decode_setsockopt(struct tracer *t, struct tracee *x, struct entry *e)
{
	u64 value[2] = {0};

	e->fd = (i32)x->args[0];
	e->hold = false;
	if ((u32)x->args[1] != SOL_SOCKET || !leads_to_socket(t, x, e->fd))
		return false;
	memory_read(x->tid, x->args[3], value, sizeof value);
	e->arg = (x->args[2] & 0xffffffff) | (u64)SOL_SOCKET << 32;
	e->size = value[0] || value[1];
	object_of_fd(t, x, e->fd)->limits |= e->size;
	return true;
}

/* ---- messages ---- */

static u64 vector_bytes(struct tracee *x, u64 vec, u64 n)
{
	struct iovec at[64];
	u64 sum = 0;

	for (u64 done = 0; done < n && done < 1024 /* IOV_MAX */;) {
		u64 want = n - done < ARRAY_LEN(at) ? n - done : ARRAY_LEN(at);
		size_t got = memory_read(x->tid, vec + done * sizeof *at, at, want * sizeof *at) / sizeof *at;

		for (size_t i = 0; i < got; i++)
			sum += at[i].iov_len;
		if (got < want)
			break;
		done += got;
	}
	return sum;
}

/* Descriptors in a control message, cmsg(3): how many; their numbers into fds. */
static u32 control_fds(struct tracee *x, const struct msghdr *m, i32 *fds, u32 room)
{
	_Alignas(struct cmsghdr) u8 bytes[CONTROL_MAX];
	size_t len = m->msg_controllen < sizeof bytes ? m->msg_controllen : sizeof bytes, at = 0;
	u32 n = 0;

	len = m->msg_control ? memory_read(x->tid, (u64)(uintptr_t)m->msg_control, bytes, len) : 0;
	while (at + sizeof(struct cmsghdr) <= len) {
		struct cmsghdr c;
		size_t head = CMSG_LEN(0), end;

		memcpy(&c, bytes + at, sizeof c);
		if (c.cmsg_len < head || c.cmsg_len > len - at)
			break;
		end = at + c.cmsg_len;
		if (c.cmsg_level == SOL_SOCKET && c.cmsg_type == SCM_RIGHTS)
			for (size_t k = at + head; k + sizeof(i32) <= end && n < room; k += sizeof(i32))
				memcpy(&fds[n++], bytes + k, sizeof(i32));
		at += CMSG_ALIGN(c.cmsg_len);
	}
	return n;
}

/* Fills the entry's destination from a name given along. */
static void decode_destination(struct tracer *t, struct tracee *x, struct entry *e, u64 addr, u64 len)
{
	u8 address[sizeof(struct sockaddr_storage)];
	u32 n = read_address(x, addr, len, address, sizeof address);
	u32 self = fdmap_get(x->fds, e->fd)->pipe, to = n ? 0 : inet_destination(t, x, self);
	u64 ino = to ? t->objects.at[to].id : resolve(t, x, e->fd, address, n);
	bool inet = t->objects.at[self].domain != AF_UNIX;
	bool outside = !ino && (n || (inet && t->objects.at[self].inet.remote.port)) && t->objects.at[self].type == SOCK_DGRAM;

	e->arg |= (outside ? UINT32_MAX : ino) << 32;
}

static bool writes(u16 call)
{
	return call == CALL_write || call == CALL_writev;
}

void decode_written(struct tracer *t, struct tracee *x, struct entry *e)
{
	const struct object_seen *o = writes(e->call) ? object_of_fd(t, x, e->fd) : NULL;

	if (o && o->kind == SEEN_SOCKET && o->type == SOCK_DGRAM && o->domain != AF_UNIX)
		decode_destination(t, x, e, 0, 0);
}

bool decode_send(struct tracer *t, struct tracee *x, struct entry *e)
{
	struct msghdr m;
	i32 fds[CARRIED_MAX];

	e->fd = (i32)x->args[0];
	if (!leads_to_socket(t, x, e->fd))
		return false;
	if (e->call == CALL_sendto) {
		e->data = x->args[1];
		e->size = x->args[2];
		e->arg = x->args[3] & 0xffffffff;
		decode_destination(t, x, e, x->args[4], x->args[5]);
		return true;
	}
	e->arg = x->args[2] & 0xffffffff;
	if (memory_read(x->tid, x->args[1], &m, sizeof m) != sizeof m)
		return true; /* EFAULT */
	e->vec = (u64)(uintptr_t)m.msg_iov;
	e->vec_n = m.msg_iovlen;
	e->size = vector_bytes(x, e->vec, e->vec_n);
	e->fd2 = (i32)control_fds(x, &m, fds, CARRIED_MAX);
	decode_destination(t, x, e, (u64)(uintptr_t)m.msg_name, m.msg_namelen);
	return true;
}

bool decode_receive_from(struct tracer *t, struct tracee *x, struct entry *e)
{
	struct msghdr m;

	e->fd = (i32)x->args[0];
	if (!leads_to_socket(t, x, e->fd))
		return false;
	if (e->call == CALL_recvfrom) {
		e->size = x->args[2];
		e->arg = x->args[3] & 0xffffffff;
		return true;
	}
	e->arg = x->args[2] & 0xffffffff;
	if (memory_read(x->tid, x->args[1], &m, sizeof m) == sizeof m)
		e->size = vector_bytes(x, (u64)(uintptr_t)m.msg_iov, m.msg_iovlen);
	return true;
}

/* sendmmsg, recvmmsg: the destination is the first message's. */
bool decode_messages(struct tracer *t, struct tracee *x, struct entry *e)
{
	struct mmsghdr m;

	e->fd = (i32)x->args[0];
	if (!leads_to_socket(t, x, e->fd))
		return false;
	e->size = (u32)x->args[2] < MESSAGES_MAX ? (u32)x->args[2] : MESSAGES_MAX; /* UIO_MAXIOV */
	e->arg = x->args[3] & 0xffffffff;
	for (u64 i = 0; i < e->size; i++) {
		if (memory_read(x->tid, x->args[1] + i * sizeof m, &m, sizeof m) != sizeof m)
			break;
		e->hash += vector_bytes(x, (u64)(uintptr_t)m.msg_hdr.msg_iov, m.msg_hdr.msg_iovlen);
		if (!i && e->call == CALL_sendmmsg)
			decode_destination(t, x, e, (u64)(uintptr_t)m.msg_hdr.msg_name, m.msg_hdr.msg_namelen);
	}
	return true;
}

/* ---- EXIT ---- */

static struct object_seen *made(struct tracer *t, struct tracee *x, int fd, bool cloexec, const struct entry *e)
{
	u32 index = object_made(t, x, fd, cloexec);
	struct object_seen *o = &t->objects.at[index];

	if (!index)
		return NULL;
	o->limits = false; /* new */
	o->domain = e->arg & 0xffff;
	o->type = e->arg >> 16 & 0xffff;
	o->protocol = (u32)(e->arg >> 32);
	return o;
}

static void pair_made(struct tracer *t, struct tracee *x, struct ev_exit *out)
{
	bool cloexec = x->entry.size & SOCK_CLOEXEC;
	struct object_seen *o;
	int fds[2];

	if (memory_read(x->tid, x->args[3], fds, sizeof fds) != sizeof fds)
		return;
	out->fd = fds[0];
	out->fd2 = fds[1];
	if ((o = made(t, x, fds[0], cloexec, &x->entry)))
		out->arg = o->id;
	if ((o = made(t, x, fds[1], cloexec, &x->entry))) {
		out->arg2 = o->id;
		o->detail[SOCKET_PEER] = out->arg;
	}
	if ((o = object_of_fd(t, x, fds[0])))
		o->detail[SOCKET_PEER] = out->arg2;
}

static void accepted(struct tracer *t, struct tracee *x, int fd, struct ev_exit *out)
{
	const struct object_seen *listener = object_of_fd(t, x, x->entry.fd);
	struct object_seen from = listener ? *listener : (struct object_seen){0};
	u32 index = object_made(t, x, fd, x->entry.arg & SOCK_CLOEXEC);

	out->fd = -1;
	if (!index)
		return;
	t->objects.at[index].domain = from.domain;
	t->objects.at[index].type = from.type;
	t->objects.at[index].protocol = from.protocol;
	t->objects.at[index].inet.accepted = true;
	t->objects.at[index].limits = from.limits; /* tcp(7): handed down */
	out->arg = t->objects.at[index].id;
	out->arg2 = socket_find_peer(t, x, fd, index);
}

/* An error that leaves a connection on its way, connect(2). */
static bool connects_later(i64 ret)
{
	return ret == -EINPROGRESS || ret == -EALREADY || ret == -EINTR;
}

static void named(struct tracer *t, struct tracee *x, i64 ret, struct ev_exit *out)
{
	const struct entry *e = &x->entry;
	u64 found;

	if (e->call == CALL_bind) {
		if (!ret)
			socket_note_bound(t, x, e->fd, e->bytes, e->held);
		return;
	}
	if (ret && !connects_later(ret))
		return;
	found = resolve(t, x, e->fd, e->bytes, e->held);
	out->arg = found ? found : e->arg;
	socket_note_connected(t, x, e->fd, out->arg);
}

/* The bytes that sendmmsg or recvmmsg moved in all. */
static u64 moved(struct tracee *x, i64 n)
{
	struct mmsghdr m;
	u64 sum = 0;

	for (i64 i = 0; i < n && i < MESSAGES_MAX; i++)
		if (memory_read(x->tid, x->args[1] + (u64)i * sizeof m, &m, sizeof m) == sizeof m)
			sum += m.msg_len;
	return sum;
}

/* Who sent it, by the name the kernel gave. */
static void received_from(struct tracer *t, struct tracee *x, struct ev_exit *out)
{
	u8 address[sizeof(struct sockaddr_storage)];
	struct msghdr m = {0};
	u32 len = 0, n = 0;

	if (x->entry.call == CALL_recvfrom) {
		if (x->args[4] && x->args[5] && memory_read(x->tid, x->args[5], &len, sizeof len) == sizeof len)
			n = read_address(x, x->args[4], len, address, sizeof address);
	} else if (memory_read(x->tid, x->args[1], &m, sizeof m) == sizeof m) {
		n = read_address(x, (u64)(uintptr_t)m.msg_name, m.msg_namelen, address, sizeof address);
		out->arg2 = (u32)m.msg_flags;
	}
	out->arg = resolve(t, x, x->entry.fd, address, n);
}

/* Where it went: who was not there when the call began may be there now. */
static u64 sent_to(struct tracer *t, struct tracee *x)
{
	struct entry again = {.call = x->entry.call, .fd = x->entry.fd};
	u64 to = x->entry.arg >> 32;

	if (to == UINT32_MAX && writes(x->entry.call))
		to = (decode_destination(t, x, &again, 0, 0), again.arg >> 32);
	else if (to == UINT32_MAX)
		to = decode_send(t, x, &again) ? again.arg >> 32 : 0;
	if (to == UINT32_MAX)
		return 0;
	socket_touch_ino(t, to);
	return to;
}

void socket_call_done(struct tracer *t, struct tracee *x, i64 ret, struct ev_exit *out)
{
	const struct entry *e = &x->entry;
	const struct object_seen *o;

	if (e->call == CALL_connect)
		named(t, x, ret, out);
	if (ret < 0)
		return;
	switch (e->call) {
	case CALL_socket:
		if (!e->logged)
			decode_foreign(t, x, NULL);
		else if ((o = made(t, x, (int)ret, e->size & SOCK_CLOEXEC, e)))
			out->arg = o->id;
		break;
	case CALL_socketpair:
		if (!e->logged)
			decode_foreign(t, x, NULL);
		else
			pair_made(t, x, out);
		break;
	case CALL_accept:
	case CALL_accept4: accepted(t, x, (int)ret, out); break;
	case CALL_bind: named(t, x, ret, out); break;
	case CALL_setsockopt: e->logged ? limit_set(t, x) : limit_asked(t, x); break;
	case CALL_recvfrom:
	case CALL_recvmsg: received_from(t, x, out); break;
	case CALL_write:
	case CALL_writev:
		o = object_of_fd(t, x, e->fd);
		if (o && o->kind == SEEN_SOCKET && o->type == SOCK_DGRAM && o->domain != AF_UNIX)
			out->arg = sent_to(t, x);
		break;
	case CALL_sendto:
	case CALL_sendmsg: out->arg = sent_to(t, x); break;
	case CALL_sendmmsg:
		out->arg = moved(x, ret);
		out->arg2 = sent_to(t, x);
		break;
	case CALL_recvmmsg: out->arg = moved(x, ret); break;
	default: break;
	}
}

/* ---- around the records of a call ---- */

static bool note_carried(struct tracer *t, struct tracee *x, const struct msghdr *m, struct err *err)
{
	i32 fds[CARRIED_MAX];
	u32 n = control_fds(x, m, fds, CARRIED_MAX);
	bool ok = true;

	for (u32 i = 0; i < n; i++)
		if (fd_class(t, x, fds[i]) == FDC_PIPE) /* the world learns what it is before it goes */
			t->pipes.at[fdmap_get(x->fds, fds[i])->pipe].made = false; /* who receives it may be anybody */
	for (u32 i = 0; ok && i < n; i += 8) {
		u64 word[4] = {0};
		u32 here = n - i < 8 ? n - i : 8;

		for (u32 k = 0; k < here; k++)
			word[k / 2] |= (u64)(u32)fds[i + k] << (k % 2 ? 32 : 0);
		ok = emit_observe(t, x, OBS_CARRIES, here, word[0], word[1], word[2], word[3], err);
	}
	return ok;
}

static bool puts_datagrams(u16 call)
{
	return call == CALL_sendto || call == CALL_sendmsg || call == CALL_sendmmsg || call == CALL_write || call == CALL_writev;
}

void socket_entering(struct tracer *t, struct tracee *x)
{
	struct entry now = {.call = x->entry.call, .fd = x->entry.fd};
	const struct object_seen *o;

	if (x->entry.call != CALL_connect && !puts_datagrams(x->entry.call))
		return;
	o = object_of_fd(t, x, x->entry.fd);
	if (!o || o->kind != SEEN_SOCKET || o->domain == AF_UNIX)
		return;
	if (writes(x->entry.call)) {
		decode_written(t, x, &now);
		x->entry.arg = now.arg;
	} else if (x->entry.call == CALL_sendmmsg) {
		if (decode_messages(t, x, &now))
			x->entry.arg = now.arg;
	} else if (x->entry.call == CALL_connect ? decode_address(t, x, &now) : decode_send(t, x, &now))
		x->entry.arg = now.arg;
}

/* A datagram that more than one may receive: OBS_REACHES. */
static bool note_reached(struct tracer *t, struct tracee *x, struct err *err)
{
	const struct object_seen *o;
	u8 address[sizeof(struct sockaddr_storage)];
	struct msghdr m = {0};
	u64 ids[16] = {0};
	bool ok = true;
	u32 n, len = 0;

	if (!puts_datagrams(x->entry.call))
		return true;
	o = object_of_fd(t, x, x->entry.fd);
	if (!o || o->type != SOCK_DGRAM || o->domain == AF_UNIX)
		return true;
	if (x->entry.call == CALL_sendto)
		len = read_address(x, x->args[4], x->args[5], address, sizeof address);
	else if (x->entry.call == CALL_sendmsg || x->entry.call == CALL_sendmmsg) /* a mmsghdr begins with its msghdr */
		len = memory_read(x->tid, x->args[1], &m, sizeof m) != sizeof m
		              ? 0
		              : read_address(x, (u64)(uintptr_t)m.msg_name, m.msg_namelen, address, sizeof address);
	n = inet_reached(t, (u32)(o - t->objects.at), address, len, ids, ARRAY_LEN(ids) - 4);
	for (u32 i = 0; ok && i < n; i += 4)
		ok = emit_observe(t, x, OBS_REACHES, n - i < 4 ? n - i : 4, ids[i], ids[i + 1], ids[i + 2], ids[i + 3], err);
	return ok;
}

bool socket_entered(struct tracer *t, struct tracee *x, struct err *err)
{
	struct mmsghdr m;
	bool ok = note_reached(t, x, err);

	if (!ok)
		return false;
	if (x->entry.call == CALL_sendmsg && x->entry.fd2 > 0 &&
	    memory_read(x->tid, x->args[1], &m.msg_hdr, sizeof m.msg_hdr) == sizeof m.msg_hdr)
		return note_carried(t, x, &m.msg_hdr, err);
	for (u64 i = 0; ok && x->entry.call == CALL_sendmmsg && i < x->entry.size; i++) {
		if (memory_read(x->tid, x->args[1] + i * sizeof m, &m, sizeof m) != sizeof m)
			break;
		ok = note_carried(t, x, &m.msg_hdr, err);
	}
	return ok;
}

/* Descriptors that came along. */
static bool note_received(struct tracer *t, struct tracee *x, const struct msghdr *m, struct err *err)
{
	i32 fds[CARRIED_MAX];
	u32 n = control_fds(x, m, fds, CARRIED_MAX);
	bool ok = true;

	for (u32 i = 0; ok && i < n; i++) {
		fdmap_clear(t, x->fds, fds[i]);
		ok = fdmap_received(t, x, fds[i], err);
	}
	return ok;
}

bool socket_exited(struct tracer *t, struct tracee *x, i64 ret, struct err *err)
{
	struct mmsghdr m;
	bool ok = true;

	if (ret < 0)
		return true;
	switch (x->entry.call) {
	case CALL_bind:
	case CALL_connect: return socket_note_names(t, x, x->entry.fd, err);
	case CALL_accept:
	case CALL_accept4: return socket_note_names(t, x, (int)ret, err);
	case CALL_recvmsg:
		return memory_read(x->tid, x->args[1], &m.msg_hdr, sizeof m.msg_hdr) != sizeof m.msg_hdr ||
		       note_received(t, x, &m.msg_hdr, err);
	case CALL_recvmmsg:
		for (i64 i = 0; ok && i < ret && i < MESSAGES_MAX; i++)
			ok = memory_read(x->tid, x->args[1] + (u64)i * sizeof m, &m, sizeof m) != sizeof m ||
			     note_received(t, x, &m.msg_hdr, err);
		return ok;
	default: return true;
	}
}
