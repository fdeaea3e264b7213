/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sockets in words: what they are called, what they hold, their calls, what came of them, and why somebody waits. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "view/private.h"

/* ---- names ---- */

static const char *type_word(u32 type)
{
	switch (type & 0xf) {
	case SOCK_STREAM: return "stream";
	case SOCK_DGRAM: return "datagram";
	case SOCK_SEQPACKET: return "seqpacket";
	default: return "other";
	}
}

static const char *kind_word(u32 domain, u32 type)
{
	bool stream = (type & 0xf) == SOCK_STREAM;

	return domain == AF_UNIX ? "Unix" : stream ? "TCP" : (type & 0xf) == SOCK_DGRAM ? "UDP" : "IP";
}

/* INTERFACES.md's word for it. */
const char *words_socket_kind(const struct world *w, u32 socket)
{
	const struct w_socket *s = world_socket(w, socket);
	bool stream = s && (s->type & 0xf) == SOCK_STREAM;

	return !s || s->domain == AF_UNIX ? "unix" : stream ? "tcp" : "udp";
}

/* A struct sockaddr as it stood in the program's memory. */
static void add_address(const u8 *bytes, u32 n, struct str *out)
{
	struct sockaddr_storage a = {0};
	const struct sockaddr_un *un = (const struct sockaddr_un *)&a;
	const struct sockaddr_in *in = (const struct sockaddr_in *)&a;
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)&a;
	char host[INET6_ADDRSTRLEN];

	memcpy(&a, bytes, n < sizeof a ? n : sizeof a);
	if (a.ss_family == AF_UNIX && n > offsetof(struct sockaddr_un, sun_path)) {
		u32 len = n - (u32)offsetof(struct sockaddr_un, sun_path);
		len = len < sizeof un->sun_path ? len : (u32)sizeof un->sun_path;
		if (un->sun_path[0]) {
			str_add_escaped(out, un->sun_path, strnlen(un->sun_path, len));
			return;
		}
		while (len > 1 && !un->sun_path[len - 1]) /* as a careless length brings along */
			len--;
		str_add(out, "@");
		str_add_escaped(out, un->sun_path + 1, len - 1);
	} else if (a.ss_family == AF_INET && inet_ntop(AF_INET, &in->sin_addr, host, sizeof host)) {
		str_addf(out, "%s:%u", host, ntohs(in->sin_port));
	} else if (a.ss_family == AF_INET6 && inet_ntop(AF_INET6, &in6->sin6_addr, host, sizeof host)) {
		str_addf(out, "[%s]:%u", host, ntohs(in6->sin6_port));
	} else {
		str_add(out, "an address");
	}
}

/* "sock1 (/tmp/s)", "sock2" */
static void add_socket(const struct scene *s, u32 socket, struct str *out)
{
	const struct w_socket *k = world_socket(s->world, socket);
	const char *title = k ? world_text(s->world, k->local) : "";
	char name[24];

	if (!k)
		return;
	if (!k->name) {
		str_add(out, "a connection not accepted yet");
		return;
	}
	str_add(out, world_object_name(s->world, OBJ_SOCKET, socket, name));
	if (title[0] && !(k->state == SOCKET_CONNECTED && k->target)) { /* an accepted one's name is its listener's */
		str_add(out, " (");
		str_add_escaped(out, title, strlen(title));
		str_add(out, ")");
	}
}

u32 object_led_to(const struct world *w, u32 task, i32 fd, u32 *kind)
{
	const struct w_task *t = world_task(w, task);
	const struct w_fd *d = t ? world_fd(w, world_fd_find(w, t->proc, fd)) : NULL;
	const struct w_file *f = d ? world_file(w, d->file) : NULL;

	*kind = f ? f->kind : OBJ_NONE;
	return f && f->kind >= OBJ_SOCKET ? f->object : 0;
}

static u32 socket_of_op(const struct scene *s, u32 task, const struct w_op *op)
{
	const struct w_file *f = world_file(s->world, op->file);
	u32 kind, object = f ? f->object : object_led_to(s->world, task, op->fd, &kind);

	if (f)
		kind = f->kind;
	return kind == OBJ_SOCKET ? object : 0;
}

/* ---- contents ---- */

u32 bytes_of_flow(const struct scene *s, u32 flow, u8 *out, u32 max)
{
	const struct w_flow *f = world_flow(s->world, flow);
	u32 got = 0;

	for (u32 i = f && f->spans_sure ? f->span_first : 0; i && got < max;) {
		const struct w_span *span = world_span(s->world, i);
		const u8 *bytes;
		u64 here;
		u32 n;

		if (!span || !bytes_of_write(s->log, span->pos, &bytes, &n) || span->off >= n)
			break;
		here = n - span->off < span->len ? n - span->off : span->len;
		here = here > max - got ? max - got : here;
		memcpy(out + got, bytes + span->off, here);
		got += (u32)here;
		if (here < span->len || f->kind == FLOW_MESSAGES)
			break;
		i = span->next;
	}
	return got;
}

/* "12 bytes, contents \"hello\"", "2 messages, the first \"x\"", "nothing" */
void words_flow(const struct scene *s, u32 flow, struct str *out)
{
	const struct w_flow *f = world_flow(s->world, flow);
	u8 bytes[64];
	u32 n;

	if (f && f->fill <= 0 && f->ghost_put > 0) { /* sent to a group, or by one that never came back */
		str_addf(out, "up to %lld %s%s", (long long)f->ghost_put, f->kind == FLOW_BYTES ? "byte" : "message",
			f->ghost_put == 1 ? "" : "s");
		return;
	}
	if (!f || f->fill <= 0) {
		str_add(out, "nothing");
		return;
	}
	if (f->ghost_take > 0) /* dropped, or taken by a call that never came back */
		str_add(out, "up to ");
	n = bytes_of_flow(s, flow, bytes, sizeof bytes);
	if (f->kind == FLOW_BYTES)
		str_addf(out, "%lld byte%s", (long long)f->fill, f->fill == 1 ? "" : "s");
	else
		str_addf(out, "%lld message%s", (long long)f->fill, f->fill == 1 ? "" : "s");
	if (!n)
		return;
	str_add(out, f->kind == FLOW_BYTES ? ", contents " : f->fill == 1 ? ", " : ", the first ");
	words_bytes(bytes, n, f->kind == FLOW_BYTES ? (u64)f->fill : n, out);
}

/* ---- as it stands ---- */

static void add_holders(const struct scene *s, const struct w_socket *k, struct str *out)
{
	const struct w_file *f = world_file(s->world, k->file);
	const struct w_fd *d;
	bool first = true;
	char name[24];

	for (u32 i = f ? f->fd_first : 0; i && (d = world_fd(s->world, i)); i = d->same) {
		const struct w_fdt *t = world_fdt(s->world, d->fdt);
		str_addf(out, "%s%s fd %d", first ? " Held by " : ", ", world_proc_name(s->world, t ? t->procs : 0, name), d->fd);
		first = false;
	}
	if (f && f->carried)
		str_addf(out, "%s%s", first ? " It is" : ", and it is", " on its way in a message");
	else if (first)
		str_add(out, " Nobody holds it");
	str_add(out, ".\n");
}

const char *words_tcp_state(const struct w_socket *k)
{
	bool tcp = (k->domain == AF_INET || k->domain == AF_INET6) && (k->type & 0xf) == SOCK_STREAM;

	return tcp ? world_tcp_state(k->tcp) : "";
}

void words_socket(const struct scene *s, u32 socket, struct str *out)
{
	const struct w_socket *k = world_socket(s->world, socket);
	const struct w_flow *f = k ? world_flow(s->world, k->in) : NULL;
	char name[24];

	if (!k || !k->name || k->gone)
		return;
	add_socket(s, socket, out);
	str_addf(out, ", %s%s%s", kind_word(k->domain, k->type), k->domain == AF_UNIX ? " " : "",
		k->domain == AF_UNIX ? type_word(k->type) : "");
	if (k->state == SOCKET_LISTENING) {
		str_addf(out, ", listens, %lld waiting to be accepted.", (long long)(f && f->fill > 0 ? f->fill : 0));
	} else {
		if (k->peer && world_socket(s->world, k->peer)) {
			const struct w_socket *p = world_socket(s->world, k->peer);
			str_add(out, ", connected to ");
			str_add(out, p->name ? world_object_name(s->world, OBJ_SOCKET, k->peer, name) : "one not accepted yet");
			str_add(out, p->gone ? ", which is closed" : "");
		} else if (k->outside) {
			str_add(out, ", connected to a process that is not watched");
		}
		if (k->state >= SOCKET_CONNECTING && words_tcp_state(k)[0])
			str_addf(out, ", state %s", words_tcp_state(k));
		if (f) {
			str_add(out, ". To take: ");
			words_flow(s, k->in, out);
			str_add(out, f->put_shut ? ", then its end" : "");
			if (f->drops) /* udp(7): no room for them */
				str_addf(out, "; the kernel has dropped %u message%s", f->drops, f->drops == 1 ? "" : "s");
		}
		str_add(out, ".");
	}
	add_holders(s, k, out);
}

/* ---- calls ---- */

static void add_named(const struct scene *s, const struct w_op *op, struct str *out)
{
	const struct w_socket *to = op->call == CALL_connect && op->arg ? world_socket(s->world, words_socket_of_ino(s, op->arg)) : NULL;
	const u8 *bytes;
	u32 n;

	if (bytes_of_write(s->log, op->pos, &bytes, &n))
		add_address(bytes, n, out);
	else if (to && world_text(s->world, to->local)[0])
		str_add_escaped(out, world_text(s->world, to->local), strlen(world_text(s->world, to->local)));
	else
		str_add(out, "an address");
}

static const char *how_word(u64 how)
{
	return how == SHUT_RD ? "receiving" : how == SHUT_WR ? "sending" : "both ways";
}

bool words_socket_op(const struct scene *s, const struct w_op *op, struct str *out)
{
	bool plain = s->style == STYLE_PLAIN;
	u32 domain = op->arg & 0xffff, type = op->arg >> 16 & 0xffff;

	switch (op->call) {
	case CALL_socket:
	case CALL_socketpair:
		str_addf(out, plain ? "%s of kind %s%s%s" : "%s(%s%s%s)", call_name(op->call), kind_word(domain, type),
			domain == AF_UNIX ? " " : "", domain == AF_UNIX ? type_word(type) : "");
		return true;
	case CALL_bind:
	case CALL_connect:
		str_addf(out, plain ? "%s of fd %d to " : "%s(%d, ", call_name(op->call), op->fd);
		add_named(s, op, out);
		str_add(out, plain ? "" : ")");
		return true;
	case CALL_shutdown:
		str_addf(out, plain ? "shutdown of fd %d, %s" : "shutdown(%d, %s)", op->fd, how_word(op->arg));
		return true;
	default: return false;
	}
}

/* ---- what came of them ---- */

static u32 made(const struct scene *s, u32 task, i64 fd)
{
	u32 kind, object = fd >= 0 && fd <= INT32_MAX ? object_led_to(s->world, task, (i32)fd, &kind) : 0;

	return object && kind == OBJ_SOCKET ? object : 0;
}

static void result_made(const struct scene *s, const struct happening *h, u32 task, const struct ev_exit *e, struct str *out)
{
	bool pair = h->op.call == CALL_socketpair;

	str_add(out, " made ");
	add_socket(s, made(s, task, pair ? e->fd : e->ret), out);
	if (pair) {
		str_addf(out, ", fd %d, and ", e->fd);
		add_socket(s, made(s, task, e->fd2), out);
		str_addf(out, ", fd %d, connected to each other", e->fd2);
	} else {
		str_addf(out, ", fd %lld, a %s%s%s socket", (long long)e->ret, kind_word(h->op.arg & 0xffff, h->op.arg >> 16 & 0xffff),
			(h->op.arg & 0xffff) == AF_UNIX ? " " : "",
			(h->op.arg & 0xffff) == AF_UNIX ? type_word(h->op.arg >> 16 & 0xffff) : "");
	}
}

static void result_accept(const struct scene *s, const struct happening *h, u32 task, const struct ev_exit *e, struct str *out)
{
	u32 socket = made(s, task, e->ret);
	const struct w_socket *k = world_socket(s->world, socket);

	str_add(out, " accepted a connection on ");
	add_socket(s, h->object, out);
	str_addf(out, ": fd %lld, ", (long long)e->ret);
	add_socket(s, socket, out);
	if (k && k->peer) {
		str_add(out, ", connected to ");
		add_socket(s, k->peer, out);
	} else if (k && k->outside) {
		str_add(out, ", connected to a process that is not watched");
	}
}

/* MSG_PEEK: what it got is still there. */
static bool is_peek(const struct w_op *op)
{
	return (op->call == CALL_recvfrom || op->call == CALL_recvmsg || op->call == CALL_recvmmsg) && op->arg & MSG_PEEK;
}

u32 words_socket_of_ino(const struct scene *s, u64 ino)
{
	for (u32 i = 1; i < world_sockets(s->world); i++) {
		const struct w_socket *k = world_socket(s->world, i);

		if (k && k->ino == ino && k->name && !k->gone)
			return i;
	}
	return 0;
}

void words_socket_name(const struct scene *s, u32 socket, struct str *out)
{
	add_socket(s, socket, out);
}

/* ", to sock6 (g)": a datagram whose destination the call itself names, or another's. */
static void add_destination(const struct scene *s, const struct happening *h, struct str *out)
{
	const struct w_socket *k = world_socket(s->world, h->object);
	u64 ino = h->op.call == CALL_sendto || h->op.call == CALL_sendmsg || h->op.call == CALL_sendmmsg ? h->op.arg >> 32 : 0;
	u32 to;

	if (!ino || ino == UINT32_MAX || !k || (k->type & 0xf) != SOCK_DGRAM) /* UINT32_MAX: not one of ours, or a group's */
		return;
	to = words_socket_of_ino(s, ino);
	if (!to)
		return;
	str_add(out, ", to ");
	add_socket(s, to, out);
}

/* recv(2): what of a message does not fit is gone. It shows in the flags that came back, in a length that MSG_TRUNC asked
 * for, and in what was sent. */
static void add_cut(const struct happening *h, const struct w_socket *k, const struct ev_exit *e, struct str *out)
{
	bool flagged = h->op.call == CALL_recvmsg && e->arg2 & MSG_TRUNC, stream = !k || (k->type & 0xf) == SOCK_STREAM;
	u64 got = (u64)e->ret < h->op.size ? (u64)e->ret : h->op.size;
	u64 whole = (u64)e->ret > h->op.size ? (u64)e->ret : got == h->op.size && h->whole > got ? h->whole : 0;

	if (stream || h->op.call == CALL_recvmmsg || !(flagged || whole))
		return;
	if (whole)
		str_addf(out, "; the message had %llu bytes", (unsigned long long)whole);
	else
		str_add(out, "; the message was longer");
	if (!is_peek(&h->op))
		str_add(out, ", and the rest is lost");
}

static void result_moved(const struct scene *s, const struct happening *h, const struct ev_exit *e, bool sent, struct str *out)
{
	/* With MSG_TRUNC the result is the whole message's length. */
	bool more = !sent && h->op.call != CALL_recvmmsg && (u64)e->ret > h->op.size && h->op.size;
	i64 n = more ? (i64)h->op.size : e->ret;
	const u8 *bytes = (const u8 *)h->bytes;
	u32 known = sent ? 0 : h->bytes_n;
	const struct w_socket *k = world_socket(s->world, h->object);
	bool stream = k && (k->type & 0xf) == SOCK_STREAM;

	if (sent)
		bytes_of_write(s->log, h->op.pos, &bytes, &known);
	if (!sent && !n && h->op.size && stream) {
		str_add(out, " found the end of what comes from ");
	} else {
		str_addf(out, " %s %lld%s%s", sent ? "sent" : is_peek(&h->op) ? "peeked at" : "received", (long long)n,
			h->op.call == CALL_sendmmsg || h->op.call == CALL_recvmmsg ? " message" : " byte", n == 1 ? "" : "s");
		if (known && n) {
			str_add(out, ", ");
			words_bytes(bytes, known < n ? known : (size_t)n, (u64)n, out);
			str_add(out, ",");
		}
		if (sent && h->op.fd2 > 0 && h->op.call == CALL_sendmsg)
			str_addf(out, " and %d descriptor%s", h->op.fd2, h->op.fd2 == 1 ? "" : "s");
		str_add(out, sent ? " through " : " from ");
	}
	add_socket(s, h->object, out);
	str_addf(out, ", fd %d", h->op.fd);
	if (sent)
		add_destination(s, h, out);
	else
		add_cut(h, k, e, out);
}

bool words_result_socket(const struct scene *s, const struct happening *h, const struct rec *r, struct str *out)
{
	struct ev_exit e;
	u32 call = h->op.call;

	memcpy(&e, rec_body(r), sizeof e);
	if (e.ret < 0 || (h->kind != OBJ_SOCKET && call != CALL_socket && call != CALL_socketpair))
		return false;
	switch (call) {
	case CALL_socket:
	case CALL_socketpair: result_made(s, h, r->task, &e, out); break;
	case CALL_accept:
	case CALL_accept4: result_accept(s, h, r->task, &e, out); break;
	case CALL_bind:
		str_add(out, " gave ");
		add_socket(s, h->object, out);
		str_add(out, " the name ");
		add_named(s, &h->op, out);
		break;
	case CALL_listen:
		str_add(out, " made ");
		add_socket(s, h->object, out);
		str_add(out, " listen");
		break;
	case CALL_connect:
		str_add(out, " connected ");
		add_socket(s, h->object, out);
		str_add(out, " to ");
		add_named(s, &h->op, out);
		break;
	case CALL_shutdown:
		str_add(out, " shut ");
		add_socket(s, h->object, out);
		str_addf(out, ", %s", how_word(h->op.arg));
		break;
	case CALL_write: case CALL_writev: case CALL_pwritev2: case CALL_sendto: case CALL_sendmsg: case CALL_sendmmsg:
		result_moved(s, h, &e, true, out);
		break;
	case CALL_read: case CALL_readv: case CALL_preadv2: case CALL_recvfrom: case CALL_recvmsg: case CALL_recvmmsg:
		result_moved(s, h, &e, false, out);
		break;
	default: return false;
	}
	words_at(s, h->op.site, out);
	str_addf(out, ". Result %lld.\n", (long long)e.ret);
	return true;
}

/* ---- why ---- */

/* "sock1 has nothing to take", "nobody has connected to sock1 (/tmp/s)", "sock2 has no room" */
/* Who sleeps in accept(2) does so on one that listens, whoever saw it begin to. */
static bool it_listens(const struct w_socket *k, const struct why *y)
{
	return k && (k->state == SOCKET_LISTENING || y->call == CALL_accept || y->call == CALL_accept4);
}

bool words_socket_reason(const struct scene *s, const struct why *y, struct str *out)
{
	const struct w_socket *k = y->object_kind == OBJ_SOCKET ? world_socket(s->world, y->object) : NULL;

	if (!k)
		return false;
	if (it_listens(k, y) && y->reason == WHY_EMPTY) {
		str_add(out, "no connection to ");
		add_socket(s, y->object, out);
		str_add(out, " waits to be accepted");
	} else if (k->state == SOCKET_LISTENING) {
		str_add(out, "as many connections as ");
		add_socket(s, y->object, out);
		str_add(out, " lets wait are waiting to be accepted");
	} else if (k->state == SOCKET_CONNECTING) {
		add_socket(s, y->object, out);
		str_add(out, "'s connection has not been answered");
	} else {
		add_socket(s, y->object, out);
		str_add(out, y->reason == WHY_EMPTY ? " has nothing to take" : " has too little room");
	}
	return true;
}

/* What would end it: a connection made, accepted, answered; something sent, or taken. */
const char *words_socket_could(const struct scene *s, const struct why *y)
{
	const struct w_socket *k = world_socket(s->world, y->object);
	bool listens = it_listens(k, y);

	if (y->reason == WHY_FULL)
		return listens ? "can still be accepted by " : "can still be relieved by ";
	return listens                                 ? "can still be made by "
	       : k && k->state == SOCKET_CONNECTING ? "can still be answered by "
						      : "can still be sent something by ";
}

bool words_socket_talks(const struct scene *s, const struct why *y)
{
	const struct w_socket *k = y->object_kind == OBJ_SOCKET ? world_socket(s->world, y->object) : NULL;

	return k && (k->type & 0xf) == SOCK_DGRAM && !k->peer && y->reason == WHY_EMPTY;
}

bool words_socket_outlook(const struct scene *s, u32 task, struct str *out)
{
	const struct w_task *t = world_task(s->world, task);
	u32 socket = t ? socket_of_op(s, task, &t->op) : 0;
	const struct w_socket *k = world_socket(s->world, socket);

	if (!k)
		return false;
	str_add(out, ": ");
	if (k->state == SOCKET_LISTENING) {
		str_add(out, "no connection to ");
		add_socket(s, socket, out);
		str_add(out, " waits to be accepted");
	} else if (t->op.call == CALL_connect) {
		str_add(out, "as many as may already wait to be accepted");
	} else {
		add_socket(s, socket, out);
		str_add(out, " has nothing to take");
	}
	return true;
}
