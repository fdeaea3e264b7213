/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <string.h>

#include "view/fdtable.h"
#include "view/ladder.h"

enum { LANES_MAX = 5, FIRST_LANE = 8, BYTES_ROWS = 5, HEAD_ROWS = 2 };

struct lanes {
	u32 proc[LANES_MAX];
	int col[LANES_MAX];
	u32 n;
};

bool ladder_is_stage(const struct view_state *v)
{
	return v->show && v->show & VIEW_LADDER;
}

/* ---- lanes ---- */

static void lane_add(struct lanes *l, u32 proc)
{
	u32 i = 0;

	while (i < l->n && l->proc[i] < proc)
		i++;
	if (!proc || l->n == LANES_MAX || (i < l->n && l->proc[i] == proc))
		return;
	memmove(l->proc + i + 1, l->proc + i, (l->n - i) * sizeof *l->proc);
	l->proc[i] = proc;
	l->n++;
}

static void lanes_of(const struct ladder *ladder, int cols, struct lanes *l)
{
	int width;

	*l = (struct lanes){0};
	for (size_t i = 0; i < ladder->list.n; i++) {
		lane_add(l, ladder->list.at[i].from);
		lane_add(l, ladder->list.at[i].to);
	}
	width = l->n > 1 ? (cols - FIRST_LANE - 12) / (int)(l->n - 1) : 0;
	for (u32 i = 0; i < l->n; i++)
		l->col[i] = FIRST_LANE + (int)i * width;
}

static int lane_of(const struct lanes *l, u32 proc)
{
	for (u32 i = 0; i < l->n; i++)
		if (l->proc[i] == proc)
			return l->col[i];
	return -1;
}

/* ---- a rung ---- */

static void draw_time(struct canvas *c, struct area a, int row, const struct lanes *l, const struct rung *r)
{
	int col = lane_of(l, r->from);
	struct str text = {0};

	if (r->ns) {
		words_duration(r->ns, &text);
		str_add(&text, " pass: nothing came");
	} else {
		str_add(&text, "its time is over: nothing came");
	}
	canvas_put(c, a, row, col + 2, 0, str_get(&text));
	str_finish(&text);
}

static void draw_arrow(struct canvas *c, struct area a, int row, const struct lanes *l, const struct rung *r, unsigned at)
{
	int from = lane_of(l, r->from), to = lane_of(l, r->to), left, right, middle;
	bool dead = r->fate == RUNG_LOST, back;
	struct str label = {0};

	if (to < 0 || to == from) /* nobody known to take it */
		to = from + 20 < a.cols ? from + 20 : from - 20;
	back = to < from;
	left = back ? to : from;
	right = back ? from : to;
	for (int i = left + 1; i < right; i++)
		canvas_put(c, a, row, i, at, "\u2500");
	canvas_put(c, a, row, back ? left + 1 : right - 1, at, dead ? "\u00d7" : back ? "\u2190" : "\u2192");
	if (r->fate == RUNG_KEPT_BACK)
		canvas_put(c, a, row, to + (back ? -2 : 2), AT_STRONG, "\u00d7");
	rung_label(r, &label);
	if (r->fate == RUNG_WAITS)
		str_add(&label, ", waits");
	middle = left + (right - left - (int)label.len - 2) / 2;
	canvas_putf(c, area_cut(a, 0, 0, a.rows, right - 1), row, middle > left + 2 ? middle : left + 2, at, " %s ", str_get(&label));
	str_finish(&label);
}

static void draw_rung(struct canvas *c, struct area a, int row, const struct lanes *l, const struct rung *r, size_t number, bool newest)
{
	canvas_putf(c, a, row, 1, newest ? AT_STRONG : AT_DIM, "%s%zu", newest ? ">" : " ", number);
	for (u32 i = 0; i < l->n; i++)
		canvas_put(c, a, row, l->col[i], AT_DIM, "\u2502");
	if (r->kind == RUNG_TIMEOUT)
		draw_time(c, a, row, l, r);
	else
		draw_arrow(c, a, row, l, r, newest ? AT_STRONG : 0);
}

/* ---- the newest message by field ---- */

static void hex_of(const struct rung *r, const struct rpc_field *f, struct str *out)
{
	if (f->len != 4) {
		str_add(out, "....");
		return;
	}
	for (u32 i = 0; i < 4; i++)
		str_addf(out, "%02x", r->bytes[f->off + i]);
}

/* The value as this machine keeps an int: the other way round, where it is little-endian. */
static void own_order(i32 value, struct str *out)
{
	u8 bytes[4];

	memcpy(bytes, &value, sizeof bytes);
	for (int i = 0; i < 4; i++)
		str_addf(out, "%s%02x", i ? " " : "", bytes[i]);
}

static void draw_fields(struct canvas *c, struct area a, int row, const struct rung *r, const struct rpc *rpc)
{
	static const unsigned colours[] = {AT_RUNNING, AT_POISED, AT_TITLE, AT_BLOCKED};
	struct str text = {0};
	int col = 3;

	for (u32 i = 0; i < rpc->n; i++) {
		const struct rpc_field *f = &rpc->field[i];
		unsigned at = f->len == 4 ? colours[i % ARRAY_LEN(colours)] : AT_DIM;
		int wide = (int)strlen(f->name) > 8 ? (int)strlen(f->name) : f->len == 4 ? 8 : 4;

		str_clear(&text);
		hex_of(r, f, &text);
		canvas_put(c, a, row, col, at, text.s);
		canvas_put(c, a, row + 1, col, at, f->name);
		col += wide + 1;
	}
	if (rpc->has_value) {
		str_clear(&text);
		str_addf(&text, "%d as an int of this machine: ", rpc->value);
		own_order(rpc->value, &text);
		canvas_put(c, a, row + 2, 3, 0, text.s);
	}
	str_finish(&text);
}

/* "xid 7: P2 took 2 calls, sent 1 reply": how often is what at-least-once and at-most-once are about. */
static void xid_words(const struct scene *s, const struct ladder *l, u32 xid, struct str *out)
{
	char name[24];

	for (u32 i = 1; i < world_procs(s->world); i++) {
		u32 calls, replies;

		if (!ladder_count(l, i, xid, &calls, &replies))
			continue;
		str_addf(out, "xid %u: %s took %u call%s, sent %u repl%s", xid, world_proc_name(s->world, i, name), calls,
			calls == 1 ? "" : "s", replies, replies == 1 ? "y" : "ies");
		return;
	}
}

static void draw_bytes(struct canvas *c, struct area a, int row, const struct scene *s, const struct ladder *l, size_t number)
{
	const struct rung *r = &l->list.at[number - 1];
	struct str text = {0};
	struct rpc rpc;

	canvas_putf(c, a, row, 1, AT_TITLE, "Message %zu, %llu bytes on the wire", number, (unsigned long long)r->length);
	if (r->held && rpc_read(r->bytes, r->held, r->length, &rpc)) {
		draw_fields(c, a, row + 1, r, &rpc);
		xid_words(s, l, rpc.xid, &text);
		canvas_put_right(c, a, row, a.cols - 1, 0, str_get(&text));
	} else if (r->held) {
		rung_bytes(r, 60, &text);
		canvas_put(c, a, row + 1, 3, 0, text.s);
	}
	str_finish(&text);
}

/* ---- the picture ---- */

/* "POISED sendto": what it is in, or about to do. */
static void draw_state(struct canvas *c, struct area a, int row, int col, const struct scene *s, u32 task)
{
	const struct w_task *t = world_task(s->world, task);
	bool calls = t && (t->state == TASK_POISED || t->state == TASK_BLOCKED);

	if (t)
		canvas_putf(c, a, row, col, card_state_attribute(t), "%s%s%s", card_state(t), calls ? " " : "",
			calls ? words_call_name(&t->op) : "");
}

static void draw_heads(struct canvas *c, struct area a, int row, const struct scene *s, const struct lanes *l)
{
	struct view_state nobody = {0};

	for (u32 i = 0; i < l->n; i++) {
		struct str name = {0};

		words_task_name(s, card_task(s, &nobody, l->proc[i]), &name);
		canvas_put(c, a, row, l->col[i] > 2 ? l->col[i] - 2 : 0, AT_TITLE, str_get(&name));
		str_finish(&name);
		draw_state(c, a, row + 1, l->col[i] > 2 ? l->col[i] - 2 : 0, s, card_task(s, &nobody, l->proc[i]));
	}
}

int ladder_draw(struct canvas *c, struct area a, int row, int most, const struct scene *s)
{
	struct ladder ladder = {0};
	struct lanes l;
	size_t newest, from, room;
	int rows;

	ladder_read(s, &ladder);
	newest = ladder_newest(&ladder);
	lanes_of(&ladder, a.cols, &l);
	room = most > BYTES_ROWS + 3 ? (size_t)(most - BYTES_ROWS - HEAD_ROWS) : 1;
	from = ladder.list.n > room ? ladder.list.n - room : 0;
	rows = HEAD_ROWS + (int)(ladder.list.n - from) + (newest ? BYTES_ROWS : 1);
	if (c && !ladder.list.n)
		canvas_put(c, a, row, 3, AT_DIM, ladder.cut ? "Too much has happened for this picture." : "No message was sent yet.");
	if (c && ladder.list.n) {
		draw_heads(c, a, row, s, &l);
		for (size_t i = from; i < ladder.list.n; i++)
			draw_rung(c, a, row + HEAD_ROWS + (int)(i - from), &l, &ladder.list.at[i], i + 1, i + 1 == newest);
		if (newest)
			draw_bytes(c, a, row + HEAD_ROWS + 1 + (int)(ladder.list.n - from), s, &ladder, newest);
	}
	ladder_finish(&ladder);
	return rows;
}

/* ---- in words ---- */

static void add_fate(const struct scene *s, const struct rung *r, struct str *out)
{
	char name[24];

	switch (r->fate) {
	case RUNG_WAITS: str_add(out, " Nobody has taken it yet.\n"); return;
	case RUNG_LOST: str_add(out, " It is lost.\n"); return;
	case RUNG_KEPT_BACK:
		str_addf(out, " %s took it, and did not pass it on: it is lost on the way.\n", world_proc_name(s->world, r->to, name));
		return;
	default: str_add(out, "\n"); return;
	}
}

static void rung_words(const struct scene *s, const struct rung *r, size_t number, struct str *out)
{
	char from[24], to[24];

	str_addf(out, "%zu. %s ", number, world_proc_name(s->world, r->from, from));
	if (r->kind == RUNG_TIMEOUT) {
		str_add(out, "has waited ");
		if (r->ns)
			words_duration(r->ns, out);
		else
			str_add(out, "long enough");
		str_add(out, ", and nothing came.\n");
		return;
	}
	if (r->to)
		str_addf(out, "to %s: ", world_proc_name(s->world, r->to, to));
	else
		str_add(out, "to nobody we know: ");
	rung_label(r, out);
	if (r->held && r->length)
		str_addf(out, "; %llu byte%s", (unsigned long long)r->length, r->length == 1 ? "" : "s");
	str_add(out, ".");
	add_fate(s, r, out);
}

static void field_words(const struct scene *s, const struct ladder *l, size_t number, struct str *out)
{
	const struct rung *r = &l->list.at[number - 1];
	size_t before;
	struct rpc rpc;

	if (!r->held || !rpc_read(r->bytes, r->held, r->length, &rpc))
		return;
	str_addf(out, "Message %zu on the wire, by field: ", number);
	for (u32 i = 0; i < rpc.n; i++) {
		str_addf(out, "%s%s ", i ? ", " : "", rpc.field[i].name);
		if (rpc.field[i].len == 4)
			hex_of(r, &rpc.field[i], out);
		else
			str_addf(out, "of %u bytes", rpc.field[i].len);
	}
	str_add(out, ".\n");
	before = out->len;
	xid_words(s, l, rpc.xid, out);
	str_add(out, out->len > before ? ".\n" : "");
	if (!rpc.has_value)
		return;
	str_addf(out, "%d as an int of this machine is ", rpc.value);
	own_order(rpc.value, out);
	str_add(out, ".\n");
}

void words_ladder(const struct scene *s, struct str *out)
{
	struct ladder ladder = {0};
	size_t newest;

	ladder_read(s, &ladder);
	newest = ladder_newest(&ladder);
	for (size_t i = 0; i < ladder.list.n; i++)
		rung_words(s, &ladder.list.at[i], i + 1, out);
	if (newest)
		field_words(s, &ladder, newest, out);
	if (!ladder.list.n)
		str_add(out, ladder.cut ? "Too much has happened for this picture.\n" : "No message was sent yet.\n");
	ladder_finish(&ladder);
}
