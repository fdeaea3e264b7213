/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who stands where: layers, rows, columns, and where each link meets a card. A layer too wide for the screen goes
 * on in a second row; a link that reaches it passes the first in a column of its own at the left. */
#include <string.h>

#include "view/graph.h"

enum {
	CARD_LEAST = 13, CARD_MOST = 24, CARD_GAP = 2, CARD_ROWS = 2, BROAD_MOST = 2, TOLD_MOST = 6,
	FOLD_COLS = 120, /* layers go on in a second row from that width on ... */
	FOLD_NODES = 12, /* ... of so many processes */
	FOLD_ROWS = 36,  /* what a screen of 40 rows has for the picture */
	TRUNKS_MOST = 8,
	DRAWN_MOST = 40, /* more lines than that nobody follows */
};

static u32 bits(u32 set)
{
	return (u32)__builtin_popcount(set);
}

static u32 ends_of(const struct link *l)
{
	return l->readers | l->writers;
}

/* ---- layers ---- */

/* One that only writes stands over those that only read; of those that do both nothing is known. */
static u32 above(const struct link *l) { return l->writers & ~l->readers; }
static u32 below(const struct link *l) { return l->readers & ~l->writers; }

static void give_layers(struct graph *g)
{
	bool moved = true;

	/* Longest path; a circle would never end, so that as many rounds as there are processes are enough. */
	for (int round = 0; moved && round < g->nodes_n; round++) {
		moved = false;
		for (int i = 0; i < g->links_n; i++)
			for (int a = 0; a < g->nodes_n; a++)
				for (int b = 0; b < g->nodes_n; b++)
					if (above(&g->links[i]) >> a & 1 && below(&g->links[i]) >> b & 1 &&
						g->nodes[b].layer <= g->nodes[a].layer && g->nodes[a].layer + 1 < g->nodes_n) {
						g->nodes[b].layer = g->nodes[a].layer + 1;
						g->nodes[b].flows = g->nodes[a].flows = moved = true;
					}
		for (int i = 0; i < g->nodes_n; i++) {
			const struct node *p = g->nodes[i].parent >= 0 ? &g->nodes[g->nodes[i].parent] : NULL;
			if (p && !g->nodes[i].flows && g->nodes[i].layer <= p->layer) {
				g->nodes[i].layer = p->layer + 1;
				moved = true;
			}
		}
	}
	/* A source stands just over whom it feeds. */
	for (int a = 0; a < g->nodes_n; a++) {
		int least = g->nodes_n;
		for (int i = 0; i < g->links_n; i++)
			for (int b = 0; b < g->nodes_n; b++)
				if (above(&g->links[i]) >> a & 1 && below(&g->links[i]) >> b & 1 && g->nodes[b].layer < least)
					least = g->nodes[b].layer;
		if (least < g->nodes_n && least > g->nodes[a].layer + 1)
			g->nodes[a].layer = least - 1;
	}
	/* Layers that nobody stands in go. */
	for (int layer = 0; layer < g->nodes_n; layer++) {
		int here = 0, over = 0;
		for (int i = 0; i < g->nodes_n; i++) {
			here += g->nodes[i].layer == layer;
			over += g->nodes[i].layer > layer;
		}
		if (here || !over)
			continue;
		for (int i = 0; i < g->nodes_n; i++)
			g->nodes[i].layer -= g->nodes[i].layer > layer;
		layer--;
	}
	for (int i = 0; i < g->nodes_n; i++)
		if (g->nodes[i].layer >= g->layers)
			g->layers = g->nodes[i].layer + 1;
}

/* Parents whose children stand just below and are connected with them by nothing else. */
static void link_families(struct graph *g)
{
	for (int p = 0; p < g->nodes_n; p++) {
		struct link family = {.kind = GRAPH_FAMILY, .object = (u32)p, .writers = 1u << p};

		for (int i = 0; i < g->nodes_n; i++) {
			bool other = false;
			for (int k = 0; k < g->links_n && !other; k++) {
				u32 all = g->links[k].readers | g->links[k].writers;
				other = g->links[k].kind != GRAPH_FAMILY && all >> p & 1 && all >> i & 1 && bits(all) <= 3;
			}
			if (g->nodes[i].parent == p && g->nodes[i].layer == g->nodes[p].layer + 1 && !other)
				family.readers |= 1u << i;
		}
		if (family.readers && g->links_n < GRAPH_LINKS)
			g->links[g->links_n++] = family;
	}
}

/* The gap below which layer a link lies in; its holders must be in that layer and the next. */
static void place_links(struct graph *g)
{
	int broad[GRAPH_NODES] = {0}; /* links of many in each gap: more than a few make a tangle */
	int drawn = 0;

	for (int i = 0; i < g->links_n; i++) {
		struct link *l = &g->links[i];
		u32 all = l->readers | l->writers;
		int least = g->nodes_n, most = 0;

		for (int k = 0; k < g->nodes_n; k++) {
			if (!(all >> k & 1))
				continue;
			least = g->nodes[k].layer < least ? g->nodes[k].layer : least;
			most = g->nodes[k].layer > most ? g->nodes[k].layer : most;
		}
		l->gap = least;
		if (l->kind != GRAPH_FAMILY) /* of that nothing else would tell */
			l->told = most > least + 1 || bits(all) > 6 || (bits(all) > 3 && broad[least]++ >= BROAD_MOST) || drawn >= DRAWN_MOST;
		drawn += !l->told;
	}
}

/* ---- too wide, too high ---- */

static int cards_in_row(int cols, bool trunks)
{
	return (cols - 2 - (trunks ? 2 * TRUNKS_MOST : 0)) / (CARD_LEAST + CARD_GAP);
}

static int widest(const struct graph *g)
{
	int most = 0;

	for (int layer = 0; layer < g->layers; layer++) {
		int n = 0;
		for (int i = 0; i < g->nodes_n; i++)
			n += g->nodes[i].layer == layer;
		most = n > most ? n : most;
	}
	return most;
}

/* It has a link to somebody who stands lower. */
static bool leads_down(const struct graph *g, int node)
{
	for (int i = 0; i < g->links_n; i++)
		for (int k = 0; k < g->nodes_n && !g->links[i].told; k++)
			if (ends_of(&g->links[i]) >> node & 1 && ends_of(&g->links[i]) >> k & 1 && g->nodes[k].layer > g->nodes[node].layer)
				return true;
	return false;
}

/* Rows of at most `most` cards, as even as can be: those that lead to lower ones stand in the last. */
static void fold(struct graph *g, int most)
{
	int old[GRAPH_NODES], row = 0;
	bool down[GRAPH_NODES];

	for (int i = 0; i < g->nodes_n; i++) {
		old[i] = g->nodes[i].layer;
		down[i] = leads_down(g, i);
	}
	for (int layer = 0; layer < g->layers; layer++) {
		int n = 0, at = 0, rows, each;

		for (int i = 0; i < g->nodes_n; i++)
			n += old[i] == layer;
		rows = (n + most - 1) / most;
		each = rows ? (n + rows - 1) / rows : 1;
		for (int later = 0; later < 2; later++)
			for (int i = 0; i < g->nodes_n; i++)
				if (old[i] == layer && down[i] == later)
					g->nodes[i].layer = row + at++ / each;
		row += rows;
	}
	g->layers = row;
}

/* Between which rows each link lies; one that passes a row of cards needs a column for it. */
static void span_links(struct graph *g)
{
	for (int pass = 0; pass < 2; pass++) /* a family is told nowhere else: it comes first */
		for (int i = 0; i < g->links_n; i++) {
			struct link *l = &g->links[i];
			int least = g->nodes_n, most = 0;

			if ((l->kind == GRAPH_FAMILY) == pass)
				continue;
			for (int k = 0; k < g->nodes_n; k++) {
				if (!(ends_of(l) >> k & 1))
					continue;
				least = g->nodes[k].layer < least ? g->nodes[k].layer : least;
				most = g->nodes[k].layer > most ? g->nodes[k].layer : most;
			}
			l->gap = least;
			l->last = most > least ? most - 1 : least;
			l->trunk = -1;
			if (l->told || l->last == l->gap)
				continue;
			if (g->trunks == TRUNKS_MOST)
				l->told = true;
			else
				l->trunk = 2 * g->trunks++;
		}
}

/* ---- order and columns ---- */

static int average_of_neighbours(const struct graph *g, int node, int otherwise)
{
	int sum = 0, n = 0;

	for (int i = 0; i < g->links_n; i++) {
		if (g->links[i].told || g->links[i].trunk >= 0 || !(ends_of(&g->links[i]) >> node & 1))
			continue;
		for (int k = 0; k < g->nodes_n; k++)
			if (ends_of(&g->links[i]) >> k & 1 && g->nodes[k].layer == g->nodes[node].layer - 1) {
				sum += g->nodes[k].col;
				n++;
			}
	}
	return n ? sum / n : otherwise;
}

/* From left to right: below those that feed it; where that is equal, by birth. */
static void give_columns(struct graph *g, int cols)
{
	int step = g->card + CARD_GAP, left = 1 + 2 * g->trunks;

	for (int layer = 0; layer < g->layers; layer++) {
		int order[GRAPH_NODES], want[GRAPH_NODES], n = 0, next = left;

		for (int i = 0; i < g->nodes_n; i++) {
			int at = n;
			if (g->nodes[i].layer != layer)
				continue;
			want[i] = average_of_neighbours(g, i, left + n * step);
			while (at > 0 && want[order[at - 1]] > want[i]) {
				order[at] = order[at - 1];
				at--;
			}
			order[at] = i;
			n++;
		}
		for (int k = 0; k < n; k++) {
			int last = cols - 1 - (n - k) * step + CARD_GAP, col = want[order[k]];
			if (k + 1 < n && want[order[k + 1]] - col < step) /* siblings spread round their middle */
				col -= step / 2;
			col = col < next ? next : col > last ? last : col;
			g->nodes[order[k]].col = col;
			next = col + step;
		}
	}
}

/* ---- where lines meet cards ---- */

/* The link lies below that node's row: at its foot, else at its head. */
static bool is_at_foot(const struct graph *g, int node, int link)
{
	return g->links[link].gap == g->nodes[node].layer;
}

/* Each link has a column of its own on each card, from the left. */
static int wanted_port(const struct graph *g, int node, int link)
{
	bool down = is_at_foot(g, node, link);
	int n = 0, all = 0, at;

	for (int i = 0; i < g->links_n; i++) {
		if (g->links[i].told || !(ends_of(&g->links[i]) >> node & 1) || is_at_foot(g, node, i) != down)
			continue;
		n += i < link;
		all++;
	}
	/* From above a line comes in beside where one would go straight down. */
	at = (down || g->links[link].straight ? 1 : 3) + n * (all > 3 ? 2 : 4);
	return g->nodes[node].col + (at < g->card ? at : g->card - 1);
}

/* A link whose two ends stand one above the other needs no row for a line across. */
static bool is_straight(const struct graph *g, int link)
{
	u32 all = ends_of(&g->links[link]);
	int col = -1;

	if (g->links[link].bent || g->links[link].gap != g->links[link].last)
		return false;
	for (int k = 0; k < g->nodes_n; k++)
		if (all >> k & 1) {
			if (col >= 0 && (wanted_port(g, k, link) != col ))
				return false;
			col = wanted_port(g, k, link);
		}
	return bits(all) > 1;
}

/* The rows of the gap that the line of a link takes in the column where it meets that card. */
static void stretch(const struct graph *g, int node, int link, int *gap, int *from, int *to)
{
	const struct link *l = &g->links[link];
	bool foot = is_at_foot(g, node, link);

	*gap = foot ? l->gap : g->nodes[node].layer - 1;
	*from = foot || l->straight ? 0 : l->track[*gap];
	*to = foot && !l->straight ? l->track[*gap] : GRAPH_LINKS;
}

static bool is_free(const struct graph *g, int node, int link, int col)
{
	int gap, from, to, gap2, from2, to2;

	stretch(g, node, link, &gap, &from, &to);
	for (int i = 0; i <= link; i++)
		for (int k = 0; k < g->nodes_n; k++) {
			if (g->links[i].told || !(ends_of(&g->links[i]) >> k & 1) || g->links[i].port[k] != col || i == link)
				continue;
			stretch(g, k, i, &gap2, &from2, &to2);
			if (gap == gap2 && from <= to2 && from2 <= to)
				return false;
		}
	return true;
}

/* False: on one of the cards there is no column left, so that lines would run into one another. */
static bool give_ports(struct graph *g, int link)
{
	struct link *l = &g->links[link];

	for (int k = 0; k < g->nodes_n; k++) {
		int wanted = wanted_port(g, k, link) - g->nodes[k].col, col = wanted + g->nodes[k].col;

		if (!(ends_of(l) >> k & 1))
			continue;
		for (int tries = 1; !is_free(g, k, link, col); tries++) {
			if (l->straight || tries == 2 * g->card)
				return false;
			/* Every second column first: lines side by side are hard to tell apart. */
			col = g->nodes[k].col + (wanted + 2 * tries + (tries >= g->card)) % g->card;
		}
		l->port[k] = col;
	}
	return true;
}

/* ---- rows ---- */

static void give_tracks(struct graph *g)
{
	memset(g->tracks, 0, sizeof g->tracks);
	memset(g->straights, 0, sizeof g->straights);
	for (int i = 0; i < g->links_n; i++) {
		struct link *l = &g->links[i];

		if (l->told)
			continue;
		l->straight = l->gap == l->last;
		l->straight = is_straight(g, i);
		if (l->straight)
			g->straights[l->gap]++;
		for (int gap = l->gap; gap <= l->last && !l->straight; gap++)
			l->track[gap] = (u8)g->tracks[gap]++;
	}
}

/* As long as lines would run into one another, one of them gets a row of its own; if it has one, it is told in words. */
static void give_lines(struct graph *g)
{
	for (bool again = true; again;) {
		again = false;
		give_tracks(g);
		for (int i = 0; i < g->links_n && !again; i++)
			if (!g->links[i].told && !give_ports(g, i)) {
				g->links[i].told = g->links[i].bent;
				g->links[i].bent = again = true;
			}
	}
}

void graph_give_told(struct graph *g)
{
	int told = g->told_n < TOLD_MOST ? g->told_n : TOLD_MOST, room = FOLD_ROWS - g->told_row;

	if (told > room && room >= 0 && g->nodes_n <= FOLD_NODES) /* the picture comes first; what is left out is counted */
		told = room > 0 || g->rows == g->told_row ? room : 1;
	g->rows = g->told_row + told;
}

static void give_rows(struct graph *g)
{
	int row = 0;

	give_lines(g);
	for (int layer = 0; layer < g->layers; layer++) {
		g->layer_row[layer] = row;
		row += CARD_ROWS;
		row += g->tracks[layer] ? g->tracks[layer] + 1 : g->straights[layer] ? 1 : layer + 1 < g->layers;
	}
	g->told_row = row;
	g->told_n = g->more;
	for (int i = 0; i < g->links_n; i++)
		g->told_n += g->links[i].told && g->links[i].kind != GRAPH_FAMILY;
	g->rows = 0;
	graph_give_told(g);
}

/* `together`: so many layers share a row. */
static bool lay_out(struct graph *g, int cols, int together)
{
	int most;

	for (int i = 0; i < g->nodes_n; i++)
		g->nodes[i].layer /= together;
	g->layers = (g->layers + together - 1) / together;
	if (cols >= FOLD_COLS && g->nodes_n <= FOLD_NODES && widest(g) > cards_in_row(cols, false))
		fold(g, cards_in_row(cols, true));
	span_links(g);
	most = widest(g);
	g->card = (cols - 2 - 2 * g->trunks) / most - CARD_GAP;
	if (g->card > CARD_MOST)
		g->card = CARD_MOST;
	if (g->card < CARD_LEAST)
		return false;
	give_columns(g, cols);
	give_rows(g);
	return true;
}

/* The last that can be told in words instead; false: there is none. */
static bool tell_one(struct graph *g)
{
	for (int i = g->links_n - 1; i >= 0; i--)
		if (!g->links[i].told && g->links[i].kind != GRAPH_FAMILY) {
			g->links[i].told = true;
			return true;
		}
	return false;
}

bool graph_lay_out(struct graph *g, int cols)
{
	struct graph plain;
	bool fits, may_fold = cols >= FOLD_COLS && g->nodes_n <= FOLD_NODES;

	give_layers(g);
	link_families(g);
	place_links(g);
	plain = *g;
	fits = lay_out(g, cols, 1);
	for (int together = 2; fits && may_fold && g->rows > FOLD_ROWS && together <= plain.layers; together++) {
		*g = plain;
		fits = lay_out(g, cols, together);
	}
	while (fits && may_fold && g->rows > FOLD_ROWS && tell_one(&plain)) {
		*g = plain;
		fits = lay_out(g, cols, 2);
	}
	return fits;
}
