/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asking the kernel about TCP and UDP sockets (tcp(7), udp(7), sock_diag(7)). Their names are asked when a call gives
 * or changes them, and kept: who is whose peer follows from them. Queues are asked by name through sock_diag, which
 * needs no descriptor; where that does not answer (another network namespace, several sockets of one name) a
 * descriptor is borrowed, asked, and closed at once. */
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <linux/sockios.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <poll.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tracer/private.h"

/* As the kernel numbers them (net/tcp_states.h); <netinet/tcp.h> does not go with <linux/tcp.h>. */
enum { STATE_ESTABLISHED = 1, STATE_FIN_WAIT1 = 4, STATE_CLOSE = 7, STATE_CLOSE_WAIT = 8, STATE_LAST_ACK = 9, STATE_LISTEN = 10, STATE_CLOSING = 11 };

static const u8 no_host[16];
static const u8 mapped[12] = {[10] = 0xff, [11] = 0xff};

/* ---- names ---- */

static bool is_mapped(const u8 *host)
{
	return !memcmp(host, mapped, sizeof mapped);
}

/* 0.0.0.0 and [::]. */
static bool is_any(const u8 *host)
{
	return !memcmp(host, no_host, sizeof no_host) || (is_mapped(host) && !memcmp(host + 12, no_host, 4));
}

/* A group's or everybody's: more than one socket may receive what is sent there. */
static bool is_many(const u8 *host)
{
	return is_mapped(host) ? (host[12] & 0xf0) == 0xe0 || !memcmp(host + 12, "\xff\xff\xff\xff", 4) : host[0] == 0xff;
}

/* An IPv4 address as IPv6 has it, so that both kinds of socket compare. */
static bool take_apart(const void *address, u32 len, struct inet_end *end)
{
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
	sa_family_t family = AF_UNSPEC;

	*end = (struct inet_end){0};
	if (len >= sizeof family)
		memcpy(&family, address, sizeof family);
	if (family == AF_INET && len >= sizeof v4) {
		memcpy(&v4, address, sizeof v4);
		memcpy(end->host, mapped, sizeof mapped);
		memcpy(end->host + sizeof mapped, &v4.sin_addr, sizeof v4.sin_addr);
		end->port = ntohs(v4.sin_port);
		return true;
	}
	if (family == AF_INET6 && len >= offsetof(struct sockaddr_in6, sin6_scope_id)) {
		memcpy(&v6, address, len < sizeof v6 ? len : sizeof v6);
		memcpy(end->host, &v6.sin6_addr, sizeof end->host);
		end->port = ntohs(v6.sin6_port);
		return true;
	}
	return false;
}

static bool is_inet(const struct object_seen *o)
{
	return o->ends && o->kind == SEEN_SOCKET && (o->domain == AF_INET || o->domain == AF_INET6);
}

static bool flag_of(int fd, int level, int option)
{
	int value = 0;
	socklen_t len = sizeof value;

	return getsockopt(fd, level, option, &value, &len) == 0 && value;
}

static u64 network_of(int fd)
{
	u64 cookie = 0;
	socklen_t len = sizeof cookie;

	return getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, &cookie, &len) == 0 ? cookie : 0;
}

void inet_note_names(struct tracer *t, u32 index, int fd)
{
	struct object_seen *o = &t->objects.at[index];
	struct sockaddr_storage a;
	struct inet_end local, remote = {0};
	socklen_t len = sizeof a;

	if (!is_inet(o) || getsockname(fd, (struct sockaddr *)&a, &len) < 0 || !take_apart(&a, (u32)len, &local))
		return;
	len = sizeof a;
	if (getpeername(fd, (struct sockaddr *)&a, &len) == 0)
		take_apart(&a, (u32)len, &remote);
	if (!local.port || local.port != o->inet.local.port)
		o->inet.since = ++t->object_ids;
	o->inet.local = local;
	o->inet.remote = remote;
	o->inet.v6_only = o->domain == AF_INET6 && flag_of(fd, IPPROTO_IPV6, IPV6_V6ONLY);
	o->inet.shares = flag_of(fd, SOL_SOCKET, SO_REUSEPORT);
	o->inet.network = network_of(fd);
}

static void ask_names(struct tracer *t, u32 index)
{
	int fd = socket_borrow_any(t, index);

	if (fd < 0)
		return;
	inet_note_names(t, index, fd);
	close(fd);
}

static bool ends_equal(const struct inet_end *a, const struct inet_end *b)
{
	return a->port == b->port && !memcmp(a->host, b->host, sizeof a->host);
}

static bool same_network(const struct object_seen *a, const struct object_seen *b)
{
	return !a || !a->inet.network || !b->inet.network || a->inet.network == b->inet.network;
}

/* Of a sender bound to no host in particular only the port is known. */
static bool comes_from(const struct inet_end *wanted, const struct inet_end *sender)
{
	return wanted->port == sender->port && (is_any(sender->host) || ends_equal(wanted, sender));
}

/* How well a socket fits what goes to `to`, coming from `from` (NULL: unknown): as the kernel weighs it, -1 not at
 * all. Of equals the one bound last is found first. */
static int fits(const struct object_seen *o, const struct inet_end *to, const struct object_seen *from)
{
	bool any = is_any(o->inet.local.host);
	int score = 0;

	if (!is_inet(o) || !same_network(from, o) || o->inet.local.port != to->port || o->inet.accepted)
		return -1;
	if (any ? is_mapped(to->host) && o->inet.v6_only : memcmp(o->inet.local.host, to->host, sizeof to->host) != 0)
		return -1;
	if (any && !is_mapped(to->host) && o->domain == AF_INET)
		return -1;
	score += any ? 0 : 2;
	if (o->inet.remote.port) {
		if (o->type == SOCK_STREAM || !from || !comes_from(&o->inet.remote, &from->inet.local))
			return -1;
		score += 4;
	}
	return score * 2 + (o->domain == AF_INET);
}

/* The best fit; *equals: others fit as well and share the port, so that the kernel picks by a hash. */
static u32 best(struct tracer *t, u32 type, const struct inet_end *to, const struct object_seen *from, bool *equals)
{
	u32 found = 0;
	int most = -1;

	*equals = false;
	for (u32 i = 1; i < t->objects.n; i++) {
		const struct object_seen *o = &t->objects.at[i];
		int score = o->type == type ? fits(o, to, from) : -1;

		if (score < 0 || score < most)
			continue;
		*equals = score == most && o->inet.shares && t->objects.at[found].inet.shares;
		if (score > most || o->inet.since > t->objects.at[found].inet.since)
			found = i;
		most = score;
	}
	return found;
}

/* A socket that was never bound has got its name by itself since (udp(7): by its first message). */
static bool name_the_nameless(struct tracer *t, u32 type)
{
	bool news = false;

	for (u32 i = 1; i < t->objects.n; i++) {
		struct object_seen *o = &t->objects.at[i];

		if (!is_inet(o) || o->type != type || o->inet.local.port)
			continue;
		ask_names(t, i);
		news |= o->inet.local.port != 0;
	}
	return news;
}

/* connect(2) and sendto(2) to 0.0.0.0 or [::] mean this host. */
static void mean_this_host(struct inet_end *to)
{
	if (!is_any(to->host))
		return;
	if (is_mapped(to->host))
		memcpy(to->host + sizeof mapped, "\x7f\0\0\1", 4);
	else
		to->host[15] = 1;
}

u32 inet_by_address(struct tracer *t, struct tracee *x, u32 domain, u32 type, const void *address, u32 len)
{
	const struct object_seen *from = NULL;
	struct inet_end to;
	bool equals;
	u32 found;

	(void)domain;
	if (!take_apart(address, len, &to) || is_many(to.host))
		return 0;
	mean_this_host(&to);
	if (x->entry.fd >= 0)
		from = object_of_fd(t, x, x->entry.fd);
	found = best(t, type, &to, from, &equals);
	if (!found && type == SOCK_DGRAM && name_the_nameless(t, type))
		found = best(t, type, &to, from, &equals);
	return equals ? 0 : found;
}

u32 inet_destination(struct tracer *t, struct tracee *x, u32 from)
{
	const struct object_seen *o = &t->objects.at[from];
	bool equals;
	u32 found;

	(void)x;
	if (!is_inet(o) || o->type != SOCK_DGRAM || !o->inet.remote.port || is_many(o->inet.remote.host))
		return 0;
	found = best(t, o->type, &o->inet.remote, o, &equals);
	return equals ? 0 : found;
}

u32 inet_reached(struct tracer *t, u32 from, const void *address, u32 len, u64 *ids, u32 max)
{
	const struct object_seen *sender = &t->objects.at[from];
	struct inet_end to = sender->inet.remote;
	u32 n = 0;
	bool equals;

	if (!is_inet(sender) || sender->type != SOCK_DGRAM || (len && !take_apart(address, len, &to)))
		return 0;
	if (!is_many(to.host)) {
		mean_this_host(&to);
		best(t, sender->type, &to, sender, &equals);
		if (!equals)
			return 0;
	}
	for (u32 i = 1; i < t->objects.n; i++) {
		const struct object_seen *o = &t->objects.at[i];
		bool here = is_inet(o) && o->type == sender->type && o->inet.local.port == to.port &&
		            same_network(sender, o) &&
		            (is_any(o->inet.local.host) || !memcmp(o->inet.local.host, to.host, sizeof to.host)) &&
		            (!o->inet.remote.port || o->inet.remote.port == sender->inet.local.port);

		if (here && n < max)
			ids[n++] = o->id;
		if (here)
			t->objects.at[i].touched = true;
	}
	return n;
}

/* ---- peers ---- */

static u32 other_end(struct tracer *t, const struct object_seen *o)
{
	if (!o->inet.remote.port)
		return 0;
	for (u32 i = 1; i < t->objects.n; i++) {
		const struct object_seen *p = &t->objects.at[i];
		if (p != o && is_inet(p) && p->type == o->type && same_network(o, p) &&
		    ends_equal(&p->inet.local, &o->inet.remote) && ends_equal(&p->inet.remote, &o->inet.local))
			return i;
	}
	return 0;
}

/* One whose connect(2) has not come back yet (as far as we were told) has its names already. */
static void ask_connecting(struct tracer *t, u32 type)
{
	for (u32 i = 1; i < t->objects.n; i++) {
		const struct object_seen *o = &t->objects.at[i];

		if (is_inet(o) && o->type == type && !o->inet.remote.port)
			ask_names(t, i);
	}
}

static u64 pair_up(struct tracer *t, u32 index)
{
	struct object_seen *o = &t->objects.at[index];
	u32 peer = other_end(t, o);

	if (!peer)
		return 0;
	o->detail[SOCKET_PEER] = t->objects.at[peer].id;
	t->objects.at[peer].detail[SOCKET_PEER] = o->id;
	t->objects.at[peer].touched = true;
	return t->objects.at[peer].id;
}

u64 inet_find_peer(struct tracer *t, struct tracee *x, int fd, u32 index)
{
	int got = socket_borrow(x, fd);
	u64 peer;

	if (got >= 0) {
		inet_note_names(t, index, got);
		close(got);
	}
	peer = pair_up(t, index);
	if (!peer && t->objects.at[index].inet.remote.port && t->objects.at[index].type == SOCK_STREAM) {
		ask_connecting(t, SOCK_STREAM);
		peer = pair_up(t, index);
	}
	return peer;
}

/* ---- queues ---- */

struct inet_seen {
	u32 state, in, out, unsent, drops;
};

static void diag_attribute(const struct nlattr *a, const u8 *data, u32 n, struct inet_seen *s)
{
	size_t unsent_at = offsetof(struct tcp_info, tcpi_notsent_bytes);

	if (a->nla_type == INET_DIAG_INFO && n >= unsent_at + sizeof s->unsent)
		memcpy(&s->unsent, data + unsent_at, sizeof s->unsent);
	else if (a->nla_type == INET_DIAG_SKMEMINFO && n >= (SK_MEMINFO_DROPS + 1) * sizeof s->drops)
		memcpy(&s->drops, data + SK_MEMINFO_DROPS * sizeof s->drops, sizeof s->drops);
}

static bool diag_parse(const u8 *bytes, size_t n, u64 ino, struct inet_seen *s)
{
	struct nlmsghdr head;
	struct inet_diag_msg msg;
	size_t at = NLMSG_HDRLEN + NLMSG_ALIGN(sizeof msg);

	if (n < NLMSG_HDRLEN + sizeof msg)
		return false;
	memcpy(&head, bytes, sizeof head);
	memcpy(&msg, bytes + NLMSG_HDRLEN, sizeof msg);
	if (head.nlmsg_type != SOCK_DIAG_BY_FAMILY || msg.idiag_inode != (u32)ino)
		return false;
	*s = (struct inet_seen){.state = msg.idiag_state, .in = msg.idiag_rqueue, .out = msg.idiag_wqueue};
	if (s->in && (s->state == STATE_CLOSE_WAIT || s->state == STATE_LAST_ACK || s->state == STATE_CLOSING))
		s->in--; /* the FIN that came counts there */
	while (at + NLA_HDRLEN <= n) {
		struct nlattr a;
		memcpy(&a, bytes + at, sizeof a);
		if (a.nla_len < NLA_HDRLEN || a.nla_len > n - at)
			break;
		diag_attribute(&a, bytes + at + NLA_HDRLEN, a.nla_len - NLA_HDRLEN, s);
		at += NLA_ALIGN(a.nla_len);
	}
	return true;
}

static void diag_end(const struct inet_end *end, bool v4, __be16 *port, __be32 *host)
{
	*port = htons(end->port);
	memcpy(host, v4 ? end->host + sizeof mapped : end->host, v4 ? 4 : 16);
}

/* The socket with these names; ino 0: one that nobody has a descriptor of. */
static bool diag_inet(u32 type, const struct inet_end *local, const struct inet_end *remote, u64 network, u64 ino,
                      struct inet_seen *s)
{
	bool v4 = is_mapped(local->host), swapped = type == SOCK_DGRAM; /* as udp_diag.c says: for historical reasons */
	struct {
		struct nlmsghdr head;
		struct inet_diag_req_v2 req;
	} ask = {
		.head = {.nlmsg_len = sizeof ask, .nlmsg_type = SOCK_DIAG_BY_FAMILY, .nlmsg_flags = NLM_F_REQUEST},
		.req = {.sdiag_family = v4 ? AF_INET : AF_INET6,
			.sdiag_protocol = type == SOCK_STREAM ? IPPROTO_TCP : IPPROTO_UDP,
			.idiag_ext = 1u << (INET_DIAG_INFO - 1) | 1u << (INET_DIAG_SKMEMINFO - 1),
			.idiag_states = UINT32_MAX,
			.id.idiag_cookie = {INET_DIAG_NOCOOKIE, INET_DIAG_NOCOOKIE}},
	};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
	_Alignas(8) u8 bytes[2048];
	ssize_t n = -1;

	if (fd < 0)
		return false;
	diag_end(swapped ? remote : local, v4, &ask.req.id.idiag_sport, ask.req.id.idiag_src);
	diag_end(swapped ? local : remote, v4, &ask.req.id.idiag_dport, ask.req.id.idiag_dst);
	if (network && network_of(fd) == network && send(fd, &ask, sizeof ask, 0) == (ssize_t)sizeof ask)
		n = recv(fd, bytes, sizeof bytes, MSG_DONTWAIT);
	close(fd);
	return n > 0 && diag_parse(bytes, (size_t)n, ino, s);
}

static bool ask_stream(int fd, struct inet_seen *s)
{
	struct tcp_info info = {0};
	socklen_t len = sizeof info;
	int n;

	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) < 0)
		return false;
	s->state = info.tcpi_state;
	if (s->state == STATE_LISTEN) {
		s->in = info.tcpi_unacked; /* so it says tcp_get_info() */
		s->out = info.tcpi_sacked;
		return true;
	}
	s->unsent = info.tcpi_notsent_bytes;
	if (ioctl(fd, SIOCINQ, &n) == 0)
		s->in = (u32)n;
	if (ioctl(fd, SIOCOUTQ, &n) == 0)
		s->out = (u32)n;
	return true;
}

static bool ask_datagrams(int fd, const struct object_seen *o, struct inet_seen *s)
{
	u32 memory[SK_MEMINFO_VARS] = {0};
	socklen_t len = sizeof memory;
	struct pollfd p = {.fd = fd, .events = POLLIN};

	if (getsockopt(fd, SOL_SOCKET, SO_MEMINFO, memory, &len) < 0 || poll(&p, 1, 0) < 0)
		return false;
	s->state = o->inet.remote.port ? STATE_ESTABLISHED : STATE_CLOSE;
	s->in = !!(p.revents & POLLIN) && memory[SK_MEMINFO_RMEM_ALLOC];
	s->drops = memory[SK_MEMINFO_DROPS];
	return true;
}

static bool ask(struct tracer *t, u32 index, struct inet_seen *s)
{
	const struct object_seen *o = &t->objects.at[index];
	bool ok;
	int fd;

	*s = (struct inet_seen){0};
	if (o->inet.local.port && diag_inet(o->type, &o->inet.local, &o->inet.remote, o->inet.network, o->id, s) &&
	    !(o->type == SOCK_STREAM && s->state == STATE_CLOSE)) /* whether a FIN counts there nobody can tell */
		return true;
	fd = socket_borrow_any(t, index);
	if (fd < 0)
		return false;
	ok = o->type == SOCK_STREAM ? ask_stream(fd, s) : ask_datagrams(fd, o, s);
	close(fd);
	return ok;
}

/* What is on its way to a stream: OUTQ, asked before `in` is, and OUTQNSD, asked afterwards. What moves from one to
 * the next meanwhile (the kernel's timers do not stop for us) then falsifies neither bound. */
static bool ask_sender(struct tracer *t, const struct object_seen *o, struct inet_seen *s)
{
	u32 peer = seen_socket(t, o->detail[SOCKET_PEER]);

	if (peer && !ask(t, peer, s))
		return false;
	/* Closed already, perhaps with bytes still to be sent. */
	if (!peer && !diag_inet(o->type, &o->inet.remote, &o->inet.local, o->inet.network, 0, s))
		s->state = STATE_CLOSE;
	if (s->state == STATE_CLOSE)
		s->out = s->unsent = 0; /* thrown away; the figures are what they were */
	return true;
}

static bool observe_stream(struct tracer *t, u32 index, struct err *err)
{
	const struct object_seen *o = &t->objects.at[index];
	struct inet_seen before = {0}, self, after = {0};
	bool paired = o->detail[SOCKET_PEER] && o->inet.remote.port;
	bool known = paired && ask_sender(t, o, &before), asked = ask(t, index, &self);
	u64 way = OBS_UNKNOWN;

	if (!asked)
		return true;
	if (known && ask_sender(t, o, &after)) {
		/* A FIN counts as a byte there. */
		bool fin = after.state == STATE_FIN_WAIT1 || after.state == STATE_CLOSING || after.state == STATE_LAST_ACK;
		u32 unsent = after.unsent && fin ? after.unsent - 1 : after.unsent;
		way = (u64)before.out | (u64)unsent << 32;
	}
	if (self.state == STATE_LISTEN)
		way = self.out;
	return emit_observe(t, NULL, OBS_SOCKET, o->id, self.state, o->detail[SOCKET_PEER], self.in, way, err);
}

bool inet_observe(struct tracer *t, u32 index, struct err *err)
{
	const struct object_seen *o = &t->objects.at[index];
	struct inet_seen self;

	if (o->type == SOCK_STREAM)
		return observe_stream(t, index, err);
	if (!ask(t, index, &self))
		return true;
	return emit_observe(t, NULL, OBS_SOCKET, o->id, self.state, o->detail[SOCKET_PEER], self.in != 0, self.drops, err);
}
