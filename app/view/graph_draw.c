/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The laid-out graph on the canvas. Lines are put together as directions in each cell, so that where they meet
 * the right corner stands. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "view/graph.h"

enum { UP = 1, DOWN = 2, LEFT = 4, RIGHT = 8 };

/* One byte a cell of the picture. */
struct lines {
	int rows, cols;
	u8 *cells;
};

static void add(struct lines *l, int row, int col, u8 to)
{
	if (row >= 0 && row < l->rows && col >= 0 && col < l->cols)
		l->cells[row * l->cols + col] |= to;
}

static void vertical(struct lines *l, int col, int from, int to)
{
	for (int row = from; row < to; row++) {
		add(l, row, col, DOWN);
		add(l, row + 1, col, UP);
	}
}

static void horizontal(struct lines *l, int row, int from, int to)
{
	for (int col = from; col < to; col++) {
		add(l, row, col, RIGHT);
		add(l, row, col + 1, LEFT);
	}
}

static const char *glyph(u8 to)
{
	static const char *const glyphs[16] = {
		[UP] = "\u2502", [DOWN] = "\u2502", [UP | DOWN] = "\u2502", [LEFT] = "\u2500", [RIGHT] = "\u2500",
		[LEFT | RIGHT] = "\u2500", [UP | RIGHT] = "\u2514", [UP | LEFT] = "\u2518", [DOWN | RIGHT] = "\u250c",
		[DOWN | LEFT] = "\u2510", [UP | DOWN | RIGHT] = "\u251c", [UP | DOWN | LEFT] = "\u2524",
		[LEFT | RIGHT | DOWN] = "\u252c", [LEFT | RIGHT | UP] = "\u2534", [UP | DOWN | LEFT | RIGHT] = "\u253c",
	};

	return glyphs[to & 15];
}

static void lines_draw(struct canvas *c, struct area a, const struct lines *l)
{
	for (int row = 0; row < l->rows; row++)
		for (int col = 0; col < l->cols; col++)
			if (l->cells[row * l->cols + col])
				canvas_put(c, a, row, col, AT_DIM, glyph(l->cells[row * l->cols + col]));
}

/* ---- links ---- */

static int gap_row(const struct graph *g, int layer)
{
	return g->layer_row[layer] + 2;
}

/* The row just above the cards below a gap. */
static int gap_end(const struct graph *g, int layer)
{
	return layer + 1 < g->layers ? g->layer_row[layer + 1] - 1 : gap_row(g, layer) + (g->tracks[layer] ? g->tracks[layer] - 1 : 0);
}

static int track_row(const struct graph *g, const struct link *k, int gap)
{
	return gap_row(g, gap) + k->track[gap];
}

static void link_at_card(const struct graph *g, const struct link *k, int node, struct lines *l)
{
	int col = k->port[node], gap = g->nodes[node].layer - 1;

	if (k->straight) {
		vertical(l, col, gap_row(g, k->gap), gap_end(g, k->gap));
		add(l, gap_row(g, k->gap), col, UP | DOWN);
	} else if (g->nodes[node].layer == k->gap) {
		add(l, gap_row(g, k->gap), col, UP);
		vertical(l, col, gap_row(g, k->gap), track_row(g, k, k->gap));
	} else {
		vertical(l, col, track_row(g, k, gap), gap_end(g, gap));
		add(l, gap_end(g, gap), col, DOWN);
	}
}

/* The line across in one gap: from the trunk, if it has one, to the last card. */
static void link_across(const struct graph *g, const struct link *k, int gap, struct lines *l)
{
	int least = k->trunk >= 0 ? k->trunk : l->cols, most = k->trunk;

	for (int n = 0; n < g->nodes_n; n++) {
		int at = g->nodes[n].layer;
		if (!((k->readers | k->writers) >> n & 1) || (at == k->gap ? k->gap : at - 1) != gap)
			continue;
		least = k->port[n] < least ? k->port[n] : least;
		most = k->port[n] > most ? k->port[n] : most;
	}
	horizontal(l, track_row(g, k, gap), least, most);
}

static void link_lines(const struct graph *g, int i, struct lines *l)
{
	const struct link *k = &g->links[i];

	for (int n = 0; n < g->nodes_n; n++)
		if ((k->readers | k->writers) >> n & 1)
			link_at_card(g, k, n, l);
	for (int gap = k->gap; gap <= k->last && !k->straight; gap++)
		link_across(g, k, gap, l);
	if (k->trunk >= 0)
		vertical(l, k->trunk, track_row(g, k, k->gap), track_row(g, k, k->last));
}

/* Heads of arrows: into a reader; into a holder that does both a double one is not to be had, so the line says nothing. */
static void link_arrows(struct canvas *c, struct area a, const struct graph *g, int i, unsigned at)
{
	const struct link *k = &g->links[i];

	for (int n = 0; n < g->nodes_n; n++) {
		bool reads = k->readers >> n & 1, writes = k->writers >> n & 1, top = g->nodes[n].layer == k->gap;
		if (!reads || k->kind == GRAPH_FAMILY)
			continue;
		if (writes && (k->readers | k->writers) != 1u << n)
			continue;
		canvas_put(c, a, top ? gap_row(g, k->gap) : gap_end(g, g->nodes[n].layer - 1), k->port[n], at, top ? "\u25b2" : "\u25bc");
	}
}

/* It has a line in the gap at the card of that node. */
static bool is_in_gap(const struct graph *g, const struct link *k, int node, int gap)
{
	int at = g->nodes[node].layer;

	return !k->told && (k->readers | k->writers) >> node & 1 && (at == k->gap ? k->gap : at - 1) == gap;
}

/* And that line takes this row of the picture. */
static bool is_in_row(const struct graph *g, const struct link *k, int node, int gap, int row)
{
	if (!is_in_gap(g, k, node, gap))
		return false;
	return k->straight || (g->nodes[node].layer == k->gap ? row <= track_row(g, k, gap) : row >= track_row(g, k, gap));
}

/* Where the label of a link goes, and how many columns there are: up to the next line in that row. */
static int label_room(const struct graph *g, int i, int cols, int *row, int *col)
{
	const struct link *k = &g->links[i];
	int room;

	*row = k->straight ? gap_end(g, k->gap) : track_row(g, k, k->gap);
	*col = 0;
	for (int n = 0; n < g->nodes_n; n++)
		if (is_in_gap(g, k, n, k->gap) && k->port[n] > *col)
			*col = k->port[n];
	room = cols - *col - 3;
	for (int n = 0; n < g->nodes_n; n++)
		for (int other = 0; other < g->links_n; other++) {
			const struct link *o = &g->links[other];
			if (other != i && is_in_row(g, o, n, k->gap, *row) && o->port[n] > *col && o->port[n] - *col - 3 < room)
				room = o->port[n] - *col - 3;
		}
	*col += 2;
	return room;
}

bool graph_has_room(const struct scene *s, const struct graph *g, int link, int cols)
{
	struct str text = {0};
	int row, col;
	bool fits;

	graph_text(s, g, &g->links[link], &text);
	fits = text_width(str_get(&text)) <= label_room(g, link, cols, &row, &col);
	str_finish(&text);
	return fits;
}

static void link_label(struct canvas *c, struct area a, const struct scene *s, const struct graph *g, int i, unsigned at)
{
	struct str text = {0};
	int row, col, room = label_room(g, i, a.cols, &row, &col);

	graph_text(s, g, &g->links[i], &text);
	if (text.len && room > 3)
		canvas_put_cut(c, a, row, col, room, AT_TITLE | at, str_get(&text));
	str_finish(&text);
}

/* ---- cards ---- */

static void card_draw(struct canvas *c, struct area a, const struct scene *s, const struct view_state *v,
	const struct graph *g, const struct node *n)
{
	u32 task = card_task(s, v, n->proc);
	const struct w_task *t = world_task(s->world, task), *chosen = world_task(s->world, v->selected),
			    *last = world_task(s->world, world_head(s->world)->last_task);
	const struct w_proc *p = world_proc(s->world, n->proc);
	bool selected = chosen && chosen->proc == n->proc, marked = last && last->proc == n->proc;
	int row = g->layer_row[n->layer], col = n->col, end;
	struct str words = {0};

	words_task_name(s, task, &words);
	if (p->tasks > 1)
		str_addf(&words, " +%u", p->tasks - 1);
	end = canvas_put_cut(c, a, row, col, g->card - 2 * marked,
		AT_TITLE | (selected ? AT_SELECTED : 0) | (marked ? AT_MARK : 0), str_get(&words));
	if (marked)
		canvas_put(c, a, row, end + 1, AT_MARK, "\u25a0");
	if (selected) {
		canvas_put(c, a, row, col - 1, AT_TITLE, ">");
		canvas_cursor(c, a, row, col);
	}
	end = canvas_put_cut(c, a, row + 1, col, g->card, card_state_attribute(t), card_state(t));
	str_clear(&words);
	card_call(s, task, &words);
	if (col + g->card - end > 3)
		canvas_put_cut(c, a, row + 1, end + 1, col + g->card - end - 1, AT_STRONG, str_get(&words));
	str_finish(&words);
}

static void told_draw(struct canvas *c, struct area a, int row, const struct scene *s, const struct graph *g,
	const struct link *k)
{
	struct str words = {0};
	bool one = k->kind != OBJ_PIPE && k->kind != OBJ_MQ && k->kind != OBJ_SOCKET;
	char name[24];

	graph_text(s, g, k, &words);
	for (int access = ACCESS_WRITE; access >= ACCESS_READ; access--) {
		u32 set = one && k->kind != OBJ_FILE ? k->readers | k->writers : access == ACCESS_WRITE ? k->writers : k->readers;
		bool first = true;

		if (one && access == ACCESS_READ)
			break;
		str_add(&words, k->kind == OBJ_SEGMENT ? ": mapped by" : k->kind == OBJ_FILE ? ": held by" : one ? ": used by" : access == ACCESS_WRITE ? ": can write" : "; can read");
		for (int n = 0; n < g->nodes_n; n++)
			if (set >> n & 1) {
				str_addf(&words, "%s %s", first ? "" : ",", world_proc_name(s->world, g->nodes[n].proc, name));
				first = false;
			}
		if (first)
			str_add(&words, " nobody here");
	}
	canvas_put_cut(c, a, row, 1, a.cols - 2, 0, str_get(&words));
	str_finish(&words);
}

/* Where somebody waits comes first: there may be no room for all. */
static void told_all(struct canvas *c, struct area a, const struct scene *s, const struct graph *g)
{
	int row = g->told_row;

	for (int waited = 1; waited >= 0; waited--)
		for (int i = 0; i < g->links_n && row < g->rows; i++) {
			const struct link *l = &g->links[i];

			if ((!l->told && !l->cut) || l->kind == GRAPH_FAMILY || graph_is_waited_for(s, g, l) != waited)
				continue;
			if (row + 1 == g->rows && g->told_n > g->rows - g->told_row)
				canvas_putf(c, a, row, 1, AT_DIM, "and %d more", g->told_n - (row - g->told_row));
			else
				told_draw(c, a, row, s, g, l);
			row++;
		}
}

void graph_draw(struct canvas *c, struct area a, const struct scene *s, const struct view_state *v)
{
	struct lines lines;
	struct graph g;

	if (!graph_make(s, a.cols, &g))
		return;
	lines = (struct lines){g.rows, a.cols, xmalloc((size_t)g.rows * (size_t)a.cols)};
	for (int i = 0; i < g.links_n; i++)
		if (!g.links[i].told)
			link_lines(&g, i, &lines);
	lines_draw(c, a, &lines);
	for (int i = 0; i < g.links_n; i++) {
		bool marked = g.links[i].kind == OBJ_PIPE && g.links[i].object == world_head(s->world)->last_pipe;
		if (g.links[i].told)
			continue;
		link_arrows(c, a, &g, i, marked ? AT_MARK : 0);
		link_label(c, a, s, &g, i, marked ? AT_MARK : 0);
	}
	for (int i = 0; i < g.nodes_n; i++)
		card_draw(c, a, s, v, &g, &g.nodes[i]);
	told_all(c, a, s, &g);
	free(lines.cells);
}

int graph_rows(const struct scene *s, int cols)
{
	struct graph g;

	return graph_make(s, cols, &g) ? g.rows : 0;
}

u32 graph_stuck(const struct scene *s)
{
	struct why why;

	for (u32 task = 1; task < world_tasks(s->world); task++) {
		const struct w_task *t = world_task(s->world, task);

		if (t && t->state == TASK_BLOCKED && world_why(s->world, task, &why) && why.cycle_n)
			return task;
	}
	return 0;
}
