/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asking the kernel about sockets: names, peers, queues. Unix sockets answer through sock_diag(7) by inode, which
 * needs no descriptor of theirs; where it does not (another network namespace, no unix_diag), and for what it does
 * not tell, a descriptor is borrowed by pidfd_getfd(2), asked, and closed at once. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>
#include <linux/sockios.h>

#include "tracer/private.h"

/* ---- addresses ---- */

/* A Unix socket's name as people write it: "@" for the NUL of an abstract one; what cannot be printed is '?'. */
static void unix_text(const struct sockaddr_un *a, u32 len, char *text, size_t room)
{
	u32 n = len - (u32)offsetof(struct sockaddr_un, sun_path), i;
	bool abstract = n && !a->sun_path[0];

	while (abstract && n > 1 && !a->sun_path[n - 1])
		n--;

	for (i = 0; i < n && i + 1 < room && (abstract || a->sun_path[i]); i++) {
		char c = a->sun_path[i];
		text[i] = i == 0 && abstract ? '@' : (unsigned char)c < ' ' || c == 127 ? '?' : c;
	}
	text[i] = 0;
}

bool socket_address_text(const void *address, u32 len, char *text, size_t room)
{
	const struct sockaddr *a = address;
	char host[INET6_ADDRSTRLEN];

	text[0] = 0;
	if (len < sizeof a->sa_family)
		return false;
	if (a->sa_family == AF_UNIX && len > offsetof(struct sockaddr_un, sun_path)) {
		unix_text(address, len < sizeof(struct sockaddr_un) ? len : sizeof(struct sockaddr_un), text, room);
	} else if (a->sa_family == AF_INET && len >= sizeof(struct sockaddr_in)) {
		const struct sockaddr_in *in = address;
		inet_ntop(AF_INET, &in->sin_addr, host, sizeof host);
		snprintf(text, room, "%s:%u", host, ntohs(in->sin_port));
	} else if (a->sa_family == AF_INET6 && len >= offsetof(struct sockaddr_in6, sin6_scope_id)) {
		const struct sockaddr_in6 *in = address;
		inet_ntop(AF_INET6, &in->sin6_addr, host, sizeof host);
		snprintf(text, room, "[%s]:%u", host, ntohs(in->sin6_port));
	}
	return text[0];
}

/* The file a name of the task's leads to, as the task sees it. */
static bool unix_file(const struct tracee *x, const struct sockaddr_un *a, u32 len, struct stat *st)
{
	char name[sizeof a->sun_path + 1], path[sizeof name + 64];
	u32 n = len - (u32)offsetof(struct sockaddr_un, sun_path);

	memcpy(name, a->sun_path, n);
	name[n] = 0;
	snprintf(path, sizeof path, "/proc/%d/%s/%s", (int)x->tid, name[0] == '/' ? "root" : "cwd", name);
	return stat(path, st) == 0 && S_ISSOCK(st->st_mode);
}

/* The two numbers by which a Unix socket's name is told from others: of the file, or of the abstract name. */
static bool unix_key(const struct tracee *x, const void *address, u32 len, u64 key[2])
{
	const struct sockaddr_un *a = address;
	struct stat st;

	if (len <= offsetof(struct sockaddr_un, sun_path) || len > sizeof *a || a->sun_family != AF_UNIX)
		return false;
	if (!a->sun_path[0]) {
		key[0] = OBS_UNKNOWN;
		key[1] = hash64(1, a->sun_path, len - offsetof(struct sockaddr_un, sun_path));
		return true;
	}
	if (!unix_file(x, a, len, &st))
		return false;
	key[0] = st.st_dev;
	key[1] = st.st_ino;
	return true;
}

u32 socket_by_address(struct tracer *t, struct tracee *x, u32 domain, u32 type, const void *address, u32 len)
{
	u64 key[2];

	if (domain != AF_UNIX)
		return inet_by_address(t, x, domain, type, address, len);
	if (!unix_key(x, address, len, key))
		return 0;
	for (u32 i = 1; i < t->objects.n; i++) {
		const struct object_seen *o = &t->objects.at[i];
		if (o->ends && o->kind == SEEN_SOCKET && o->domain == AF_UNIX && o->detail[SOCKET_KEY] == key[0] &&
		    o->detail[SOCKET_KEY2] == key[1])
			return i;
	}
	return 0;
}

/* ---- sock_diag(7) ---- */

struct unix_seen {
	u32 state, peer, rqueue, wqueue;
	u32 type;
	bool has_peer, has_queue, has_file;
	u32 file_ino, file_dev;
	char name[sizeof(((struct sockaddr_un *)0)->sun_path) + 1];
	u32 name_len;
};

static void diag_attribute(const struct nlattr *a, const u8 *data, u32 n, struct unix_seen *u)
{
	struct unix_diag_vfs vfs;
	struct unix_diag_rqlen len;

	if (a->nla_type == UNIX_DIAG_PEER && n >= sizeof u->peer) {
		memcpy(&u->peer, data, sizeof u->peer);
		u->has_peer = true;
	} else if (a->nla_type == UNIX_DIAG_RQLEN && n >= sizeof len) {
		memcpy(&len, data, sizeof len);
		u->rqueue = len.udiag_rqueue;
		u->wqueue = len.udiag_wqueue;
		u->has_queue = true;
	} else if (a->nla_type == UNIX_DIAG_VFS && n >= sizeof vfs) {
		memcpy(&vfs, data, sizeof vfs);
		u->file_ino = vfs.udiag_vfs_ino;
		u->file_dev = vfs.udiag_vfs_dev;
		u->has_file = true;
	} else if (a->nla_type == UNIX_DIAG_NAME && n < sizeof u->name) {
		memcpy(u->name, data, n);
		u->name_len = n;
	}
}

static bool diag_parse(const u8 *bytes, size_t n, u64 ino, struct unix_seen *u)
{
	struct nlmsghdr head;
	struct unix_diag_msg msg;
	size_t at = NLMSG_HDRLEN + NLMSG_ALIGN(sizeof msg);

	if (n < NLMSG_HDRLEN + sizeof msg)
		return false;
	memcpy(&head, bytes, sizeof head);
	memcpy(&msg, bytes + NLMSG_HDRLEN, sizeof msg);
	if (head.nlmsg_type != SOCK_DIAG_BY_FAMILY || msg.udiag_ino != (u32)ino)
		return false;
	u->state = msg.udiag_state;
	u->type = msg.udiag_type;
	while (at + NLA_HDRLEN <= n) {
		struct nlattr a;
		memcpy(&a, bytes + at, sizeof a);
		if (a.nla_len < NLA_HDRLEN || a.nla_len > n - at)
			break;
		diag_attribute(&a, bytes + at + NLA_HDRLEN, a.nla_len - NLA_HDRLEN, u);
		at += NLA_ALIGN(a.nla_len);
	}
	return true;
}

static bool diag_unix(u64 ino, struct unix_seen *u)
{
	struct {
		struct nlmsghdr head;
		struct unix_diag_req req;
	} ask = {
		.head = {.nlmsg_len = sizeof ask, .nlmsg_type = SOCK_DIAG_BY_FAMILY, .nlmsg_flags = NLM_F_REQUEST},
		.req = {.sdiag_family = AF_UNIX, .udiag_states = UINT32_MAX, .udiag_ino = (u32)ino,
			.udiag_show = UDIAG_SHOW_NAME | UDIAG_SHOW_VFS | UDIAG_SHOW_PEER | UDIAG_SHOW_RQLEN,
			.udiag_cookie = {UINT32_MAX, UINT32_MAX}},
	};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
	_Alignas(8) u8 bytes[2048];
	ssize_t n = -1;

	*u = (struct unix_seen){0};
	if (fd < 0)
		return false;
	if (send(fd, &ask, sizeof ask, 0) == (ssize_t)sizeof ask)
		n = recv(fd, bytes, sizeof bytes, MSG_DONTWAIT);
	close(fd);
	return n > 0 && diag_parse(bytes, (size_t)n, ino, u);
}

/* ---- borrowing ---- */

int socket_borrow(struct tracee *x, int fd)
{
	int pidfd = (int)syscall(SYS_pidfd_open, x->tgid, 0), got;

	if (pidfd < 0)
		return -1;
	got = (int)syscall(SYS_pidfd_getfd, pidfd, fd, 0);
	close(pidfd);
	return got;
}

int socket_borrow_any(struct tracer *t, u32 index)
{
	for (size_t i = 0; i < t->all.n; i++) {
		struct tracee *x = t->all.at[i];
		if (!x->fds || x->holding == IS_GONE || x->ended || !x->spawned)
			continue;
		for (u32 k = 0; k < x->fds->n; k++)
			if (x->fds->fds[k].class == FDC_OBJECT && x->fds->fds[k].pipe == index)
				return socket_borrow(x, (int)k);
	}
	return -1;
}

/* ---- what a socket is ---- */

/* Where it is not to be borrowed, the lists of the kernel say what it is. */
static bool identify_listed(struct object_seen *o)
{
	struct socket_listed l;
	struct unix_seen u;

	if (diag_unix(o->id, &u)) {
		o->domain = AF_UNIX;
		o->type = u.type;
	} else if (socket_listed(o->id, &l)) {
		o->domain = l.domain;
		o->type = l.type;
	}
	return socket_domain_is_ours(o->domain);
}

/* proc_net(5): "sl local remote st tx:rx tr:when retr uid timeout inode" */
bool socket_listed(u64 ino, struct socket_listed *l)
{
	static const struct {
		const char *path;
		u32 domain, type;
	} lists[] = {
		{"/proc/net/tcp", AF_INET, SOCK_STREAM},
		{"/proc/net/tcp6", AF_INET6, SOCK_STREAM},
		{"/proc/net/udp", AF_INET, SOCK_DGRAM},
		{"/proc/net/udp6", AF_INET6, SOCK_DGRAM},
	};
	unsigned long long found;
	char line[512];

	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		FILE *f = fopen(lists[i].path, "re");
		while (f && fgets(line, sizeof line, f))
			if (sscanf(line, " %*d: %*s %*s %x %x:%x %*s %*s %*u %*u %llu", &l->state, &l->sending, &l->received, &found) == 4 &&
			    found == ino) {
				l->domain = lists[i].domain;
				l->type = lists[i].type;
				fclose(f);
				return true;
			}
		if (f)
			fclose(f);
	}
	return false;
}

bool socket_queues(u64 ino, struct socket_listed *l)
{
	struct unix_seen u, peer;

	if (socket_listed(ino, l))
		return true;
	if (!diag_unix(ino, &u) || !u.has_queue)
		return false;
	*l = (struct socket_listed){.domain = AF_UNIX, .type = u.type, .state = u.state, .received = u.rqueue};
	l->sending = u.peer && diag_unix(u.peer, &peer) ? peer.rqueue : 0;
	return true;
}

bool socket_identify(struct tracer *t, struct tracee *x, int fd, u32 index)
{
	struct object_seen *o = &t->objects.at[index];
	int value, got;
	socklen_t len = sizeof value;

	if (o->domain)
		return socket_domain_is_ours(o->domain);
	got = socket_borrow(x, fd);
	if (got < 0)
		return t->opt.looking && identify_listed(o);
	if (getsockopt(got, SOL_SOCKET, SO_DOMAIN, &value, &len) == 0)
		o->domain = (u32)value;
	if (getsockopt(got, SOL_SOCKET, SO_TYPE, &value, &len) == 0)
		o->type = (u32)value;
	if (getsockopt(got, SOL_SOCKET, SO_PROTOCOL, &value, &len) == 0)
		o->protocol = (u32)value;
	close(got);
	return socket_domain_is_ours(o->domain);
}

u64 socket_find_peer(struct tracer *t, struct tracee *x, int fd, u32 index)
{
	struct object_seen *o = &t->objects.at[index];
	struct unix_seen u;
	u32 peer;

	if (o->domain != AF_UNIX)
		return inet_find_peer(t, x, fd, index);
	if (!diag_unix(o->id, &u) || !u.peer)
		return 0;
	o->detail[SOCKET_PEER] = u.peer;
	peer = seen_socket(t, u.peer);
	if (!peer)
		return 0; /* outside */
	t->objects.at[peer].detail[SOCKET_PEER] = o->id;
	t->objects.at[peer].touched = true;
	return u.peer;
}

u32 seen_socket(struct tracer *t, u64 ino)
{
	for (u32 i = 1; ino && i < t->objects.n; i++)
		if (t->objects.at[i].ends && t->objects.at[i].kind == SEEN_SOCKET && t->objects.at[i].id == ino)
			return i;
	return 0;
}

void socket_note_bound(struct tracer *t, struct tracee *x, int fd, const void *address, u32 len)
{
	struct object_seen *o = object_of_fd(t, x, fd);
	u64 key[2];

	if (!o || o->domain != AF_UNIX || !unix_key(x, address, len, key))
		return;
	o->detail[SOCKET_KEY] = key[0];
	o->detail[SOCKET_KEY2] = key[1];
}

void socket_note_connected(struct tracer *t, struct tracee *x, int fd, u64 to)
{
	struct object_seen *o = object_of_fd(t, x, fd);

	if (o && o->type == SOCK_DGRAM)
		o->detail[SOCKET_PEER] = to; /* of a stream the listener is not the peer */
}

static bool note_name(struct tracer *t, struct tracee *x, u64 ino, enum named what, const char *text, struct err *err)
{
	struct ev_name body = {.ino = ino, .what = what, .len = (u32)strlen(text) + 1};
	bool ok;
	struct rec *r;

	if (!text[0])
		return true;
	r = emit_begin(t, REC_NAME, x, sizeof body + body.len, err, &ok);
	if (!r)
		return ok;
	memcpy(r + 1, &body, sizeof body);
	memcpy((u8 *)(r + 1) + sizeof body, text, body.len);
	emit_commit(t, r);
	return true;
}

bool socket_note_names(struct tracer *t, struct tracee *x, int fd, struct err *err)
{
	struct object_seen *o = object_of_fd(t, x, fd);
	struct sockaddr_storage a;
	socklen_t len = sizeof a;
	char text[256];
	u64 ino = o ? o->id : 0;
	int got;
	bool ok = true;

	if (!o || (got = socket_borrow(x, fd)) < 0)
		return true;
	inet_note_names(t, (u32)(o - t->objects.at), got);
	if (getsockname(got, (struct sockaddr *)&a, &len) == 0 && socket_address_text(&a, (u32)len, text, sizeof text))
		ok = note_name(t, x, ino, NAMED_LOCAL, text, err);
	len = sizeof a;
	if (ok && getpeername(got, (struct sockaddr *)&a, &len) == 0 &&
	    socket_address_text(&a, (u32)len, text, sizeof text))
		ok = note_name(t, x, ino, NAMED_PEER, text, err);
	close(got);
	return ok;
}

/* ---- at settled points ---- */

void seen_socket_touch(struct tracer *t, u32 index)
{
	struct object_seen *o = &t->objects.at[index];
	u32 peer = o->kind == SEEN_SOCKET ? seen_socket(t, o->detail[SOCKET_PEER]) : 0;

	o->touched = true;
	if (peer)
		t->objects.at[peer].touched = true;
}

void socket_touch_ino(struct tracer *t, u64 ino)
{
	u32 index = seen_socket(t, ino);

	if (index)
		t->objects.at[index].touched = true;
}

/* Whether something can be received, where the length of what is first may be 0. */
static u64 readable(struct tracer *t, u32 index)
{
	struct pollfd p = {.fd = socket_borrow_any(t, index), .events = POLLIN | POLLRDHUP};
	u64 answer = OBS_UNKNOWN;

	if (p.fd < 0)
		return OBS_UNKNOWN;
	if (poll(&p, 1, 0) >= 0 && !(p.revents & (POLLHUP | POLLRDHUP | POLLERR)))
		answer = !!(p.revents & POLLIN);
	close(p.fd);
	return answer;
}

bool unix_observe(struct tracer *t, u32 index, struct err *err)
{
	const struct object_seen *o = &t->objects.at[index];
	struct unix_seen u;
	u64 bytes = OBS_UNKNOWN, state = 0, peer = o->detail[SOCKET_PEER];
	int n, got;

	if (diag_unix(o->id, &u) && u.has_queue) {
		bytes = u.rqueue;
		state = u.state;
		peer = u.peer ? u.peer : peer;
	} else if ((got = socket_borrow_any(t, index)) >= 0) {
		if (ioctl(got, SIOCINQ, &n) == 0)
			bytes = (u64)n;
		close(got);
	}
	if (state == TCP_LISTEN && bytes != OBS_UNKNOWN)
		; /* connections that nobody has accepted yet */
	else if (o->type != SOCK_STREAM)
		bytes = bytes && bytes != OBS_UNKNOWN ? 1 : readable(t, index);
	return emit_observe(t, NULL, OBS_SOCKET, o->id, state, peer, bytes, 0, err);
}

bool tracer_observe_sockets(struct tracer *t, bool all, struct err *err)
{
	for (u32 i = 1; i < t->objects.n; i++) {
		struct object_seen *o = &t->objects.at[i];
		bool due = o->ends && o->kind == SEEN_SOCKET && o->domain && (all || o->touched);

		if (!due)
			continue;
		o->touched = false;
		if (!(o->domain == AF_UNIX ? unix_observe(t, i, err) : inet_observe(t, i, err)))
			return false;
	}
	return true;
}
