/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sockets in the picture: a connected pair is one box with what is on its way in each direction, one line each; a listener is a
 * box with how many connections wait. */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "view/private.h"
#include "view/stage.h"

static const struct w_socket *other_end(const struct scene *s, const struct w_socket *k)
{
	const struct w_socket *p = world_socket(s->world, k->peer);

	return p && p->peer && world_socket(s->world, p->peer) == k ? p : NULL;
}

bool socket_is_boxed(const struct scene *s, u32 socket)
{
	const struct w_socket *k = world_socket(s->world, socket), *p = k ? other_end(s, k) : NULL;

	if (!k || !k->name || k->gone || !(k->in || k->out))
		return false;
	return !p || !p->name || p->gone || socket < k->peer;
}

u32 socket_box_ends(const struct scene *s, u32 socket, u32 ends[2])
{
	const struct w_socket *k = world_socket(s->world, socket), *p = k ? other_end(s, k) : NULL;

	ends[0] = socket;
	ends[1] = p && p->name && !p->gone ? k->peer : 0;
	return ends[1] ? 2 : 1;
}

u32 socket_holders(const struct scene *s, u32 socket, struct w_end *at, u32 max)
{
	const struct w_socket *k = world_socket(s->world, socket);
	const struct w_file *f = k ? world_file(s->world, k->file) : NULL;
	u32 n = 0;

	for (u32 i = f ? f->fd_first : 0; i && n < max;) {
		const struct w_fd *d = world_fd(s->world, i);
		const struct w_fdt *t = d ? world_fdt(s->world, d->fdt) : NULL;

		if (t && t->procs)
			at[n++] = (struct w_end){t->procs, i};
		i = d ? d->same : 0;
	}
	return n;
}

/* The ends as they are drawn, from left to right. */
static u32 drawn_ends(const struct scene *s, u32 socket, bool turned, u32 ends[2])
{
	u32 n = socket_box_ends(s, socket, ends), first = ends[0];

	if (n > 1 && turned) {
		ends[0] = ends[1];
		ends[1] = first;
	}
	return n;
}

void socket_box_title(const struct scene *s, u32 socket, bool turned, char *title, size_t room)
{
	u32 ends[2], n = drawn_ends(s, socket, turned, ends);
	char a[24], b[24] = "";

	world_object_name(s->world, OBJ_SOCKET, ends[0], a);
	if (n > 1)
		world_object_name(s->world, OBJ_SOCKET, ends[1], b);
	snprintf(title, room, "%s%s%s%s", a, n > 1 ? " \u2194 " : "", b,
		world_head(s->world)->last_object_kind == OBJ_SOCKET &&
				(world_head(s->world)->last_object == ends[0] || (n > 1 && world_head(s->world)->last_object == ends[1]))
			? " \u25a0"
			: "");
}

static bool is_internet(const struct w_socket *k)
{
	return k && (k->domain == AF_INET || k->domain == AF_INET6);
}

void socket_box_names(const struct scene *s, u32 socket, bool turned, struct str *out)
{
	u32 ends[2], n = drawn_ends(s, socket, turned, ends);
	const struct w_socket *a = world_socket(s->world, ends[0]), *b = n > 1 ? world_socket(s->world, ends[1]) : NULL;
	const char *of_a = a && a->local ? world_text(s->world, a->local) : "", *of_b = b && b->local ? world_text(s->world, b->local) : "";

	if (!a || !*of_a)
		return;
	if (is_internet(a) && b && strrchr(of_a, ':') && strrchr(of_b, ':'))
		str_addf(out, " %s \u2194 %s ", strrchr(of_a, ':'), strrchr(of_b, ':'));
	else if (is_internet(a) || a->state == SOCKET_LISTENING || (a->type & 0xf) == SOCK_DGRAM)
		str_add(out, " "), str_add_harmless(out, of_a), str_add(out, " ");
}

/* "hello" + 1 more: the message that is taken first; false: it is longer than its columns. */
static bool add_first(const struct w_flow *f, const u8 *bytes, u32 n, int cols, struct str *out)
{
	struct str words = {0};
	bool fits;

	words_bytes(bytes, n, n, &words);
	if (f->fill > 1)
		str_addf(&words, " + %lld more", (long long)f->fill - 1);
	fits = text_width(str_get(&words)) <= cols;
	if (fits)
		str_add(out, str_get(&words));
	str_finish(&words);
	return fits;
}

/* What is on its way to that socket: its bytes when they fit, else how many. */
static void draw_way(struct canvas *c, struct area a, int row, int col, int cols, const struct scene *s,
	const struct view_state *v, u32 socket, bool right)
{
	const struct w_socket *k = world_socket(s->world, socket);
	const struct w_flow *f = k ? world_flow(s->world, k->in) : NULL;
	struct str words = {0};
	u8 bytes[64];
	u32 n;

	if (!f)
		return;
	str_add(&words, right ? "\u2192 " : "\u2190 ");
	n = v->hide & HIDE_FULL || !view_shows(v, VIEW_CONTENTS) ? 0 : bytes_of_flow(s, k->in, bytes, sizeof bytes);
	if (v->hide & HIDE_FULL)
		;
	else if (f->fill <= 0 && f->ghost_put > 0) /* sent to a group, or by one that never came back */
		str_addf(&words, f->kind == FLOW_BYTES ? "up to %lld B" : "up to %lld message%s", (long long)f->ghost_put,
			f->ghost_put == 1 ? "" : "s");
	else if (f->fill <= 0)
		str_add(&words, f->put_shut ? "ended" : "empty");
	else if (n && f->kind == FLOW_MESSAGES && add_first(f, bytes, n, cols - 2, &words))
		;
	else if (n && (i64)n == f->fill && f->kind == FLOW_BYTES)
		words_bytes(bytes, n, n, &words);
	else if (f->kind == FLOW_BYTES)
		str_addf(&words, "%lld B", (long long)f->fill);
	else
		str_addf(&words, "%lld message%s", (long long)f->fill, f->fill == 1 ? "" : "s");
	canvas_put_cut(c, a, row, col, cols, f->fill > 0 || f->ghost_put > 0 ? AT_STRONG : AT_DIM, str_get(&words));
	/* Of the end that the line leads to, where there is room. */
	if (text_width(str_get(&words)) + 1 + text_width(words_tcp_state(k)) <= cols)
		canvas_put(c, a, row, col + cols - text_width(words_tcp_state(k)), AT_DIM, words_tcp_state(k));
	str_finish(&words);
}

/* Why there is one end only; what is on its way to a connection that nobody has accepted yet. */
static void draw_alone(struct canvas *c, struct area a, int row, int col, int cols, const struct scene *s,
	const struct view_state *v, const struct w_socket *k)
{
	const struct w_socket *peer = k ? world_socket(s->world, k->peer) : NULL;
	const struct w_flow *f = peer && peer->embryo ? world_flow(s->world, peer->in) : NULL;

	if (f && f->kind == FLOW_BYTES && f->fill > 0 && !(v->hide & HIDE_FULL))
		canvas_putf(c, a, row, col, AT_STRONG, "%lld B, not accepted", (long long)f->fill);
	else
		canvas_put_cut(c, a, row, col, cols, AT_DIM,
			peer && peer->embryo ? "not accepted yet"
			: k && k->peer       ? "peer closed"
			: k && k->outside    ? "peer outside"
					     : "no peer");
}

void socket_draw_inside(struct canvas *c, struct area a, int row, int col, int cols, const struct scene *s,
	const struct view_state *v, u32 socket, bool turned)
{
	const struct w_socket *k = world_socket(s->world, socket);
	const struct w_flow *f = k ? world_flow(s->world, k->in) : NULL;
	u32 ends[2], n = drawn_ends(s, socket, turned, ends);

	if (k && k->state == SOCKET_LISTENING) {
		canvas_put_cut(c, a, row, col, cols, 0, "listens");
		canvas_putf(c, a, row + 1, col, f && f->fill > 0 ? AT_STRONG : AT_DIM, "%lld to accept",
			(long long)(f && f->fill > 0 ? f->fill : 0));
		return;
	}
	if (n > 1)
		draw_way(c, a, row, col, cols, s, v, ends[1], true);
	else
		draw_alone(c, a, row, col, cols, s, v, k);
	draw_way(c, a, row + 1, col, cols, s, v, ends[0], n == 1 && turned);
}
