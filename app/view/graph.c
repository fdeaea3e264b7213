/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Up to a dozen processes and what is between them, in layers from above to below: who writes stands over who
 * reads, a parent over its children where nothing else connects them. The same world gives the same
 * picture. A link is an object (pipe, connection, segment, queue) with its holders in two neighbouring layers,
 * or a parent and its children; what lies across more layers is told in words below.
 */
#include <stdio.h>
#include <string.h>

#include "view/graph.h"

enum { CARD_LEAST = 13, CARD_MOST = 24, CARD_GAP = 2, CARD_ROWS = 2, BROAD_MOST = 2, TOLD_MOST = 6 };

/* ---- what there is ---- */

static int node_of(const struct graph *g, u32 proc)
{
	for (int i = 0; i < g->nodes_n; i++)
		if (g->nodes[i].proc == proc)
			return i;
	return -1;
}

static struct link *link_of(struct graph *g, u32 kind, u32 object)
{
	for (int i = 0; i < g->links_n; i++)
		if (g->links[i].kind == kind && g->links[i].object == object)
			return &g->links[i];
	if (g->links_n == GRAPH_LINKS)
		return NULL;
	g->links[g->links_n] = (struct link){.kind = kind, .object = object};
	return &g->links[g->links_n++];
}

static void hold(struct graph *g, int node, u32 kind, u32 object, u32 access)
{
	struct link *l = link_of(g, kind, object);

	if (!l) {
		g->overfull = true;
		return;
	}
	if (access & ACCESS_READ)
		l->readers |= 1u << node;
	if (access & ACCESS_WRITE)
		l->writers |= 1u << node;
}

static void hold_file(const struct scene *s, struct graph *g, int node, const struct w_file *f)
{
	const struct w_socket *sock;

	switch (f->kind) {
	case OBJ_PIPE:
		hold(g, node, OBJ_PIPE, f->object, f->access);
		return;
	case OBJ_SOCKET: /* a connection is one link, named by the end that was there first */
		sock = world_socket(s->world, f->object);
		if (sock && sock->peer)
			hold(g, node, OBJ_SOCKET, sock->peer < f->object ? sock->peer : f->object,
				ACCESS_READ | ACCESS_WRITE);
		return;
	case OBJ_MQ:
		hold(g, node, OBJ_MQ, f->object, f->access);
		return;
	default: return;
	}
}

static void find_holders(const struct scene *s, struct graph *g, int node)
{
	const struct w_proc *p = world_proc(s->world, g->nodes[node].proc);
	const struct w_fdt *table = world_fdt(s->world, p->fdt);

	for (u32 i = table ? table->first : 0; i;) {
		const struct w_fd *fd = world_fd(s->world, i);
		const struct w_file *f = fd ? world_file(s->world, fd->file) : NULL;

		if (f)
			hold_file(s, g, node, f);
		i = fd ? fd->next : 0;
	}
	for (u32 i = p->map_first; i;) {
		const struct w_map *m = world_map(s->world, i);
		const struct w_segment *seg = m ? world_segment(s->world, m->segment) : NULL;

		if (seg && seg->name && !seg->gone)
			hold(g, node, OBJ_SEGMENT, m->segment, ACCESS_READ | ACCESS_WRITE);
		i = m ? m->proc_next : 0;
	}
}

static u32 bits(u32 set)
{
	return (u32)__builtin_popcount(set);
}

/* Links of one process that nobody outside can have a part in are no links. */
static void drop_lonely(const struct scene *s, struct graph *g)
{
	int n = 0;

	for (int i = 0; i < g->links_n; i++) {
		const struct link *l = &g->links[i];
		u32 all = l->readers | l->writers;
		const struct w_pipe *p = l->kind == OBJ_PIPE ? world_pipe(s->world, l->object) : NULL;
		bool waited_for = false;

		for (int k = 0; p && k < g->nodes_n; k++)
			for (u32 t = world_proc(s->world, g->nodes[k].proc)->task_first; t;) {
				const struct w_task *task = world_task(s->world, t);
				waited_for |= task && task->state == TASK_BLOCKED && world_op_pipe(s->world, t) == l->object;
				t = task ? task->proc_next : 0;
			}
		if (p && p->outside && (!l->readers || !l->writers)) /* what all have inherited: the output */
			continue;
		if (bits(all) > 1 || (waited_for && !p->outside))
			g->links[n++] = *l;
	}
	g->links_n = n;
}

static bool collect(const struct scene *s, struct graph *g)
{
	for (u32 i = 1; i < world_procs(s->world); i++) {
		const struct w_proc *p = world_proc(s->world, i);

		if (!p || p->ended)
			continue;
		if (g->nodes_n == GRAPH_NODES)
			return false;
		g->nodes[g->nodes_n++] = (struct node){.proc = i, .parent = -1};
	}
	for (int i = 0; i < g->nodes_n; i++) {
		g->nodes[i].parent = node_of(g, world_proc(s->world, g->nodes[i].proc)->parent);
		find_holders(s, g, i);
	}
	drop_lonely(s, g);
	return g->nodes_n > 0 && !g->overfull;
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
		l->told = most > least + 1 || bits(all) > 6 || (bits(all) > 3 && broad[least]++ >= BROAD_MOST);
	}
}

/* ---- order and columns ---- */

static int average_of_neighbours(const struct graph *g, int node, int otherwise)
{
	int sum = 0, n = 0;

	for (int i = 0; i < g->links_n; i++) {
		u32 all = g->links[i].readers | g->links[i].writers;
		if (g->links[i].told || !(all >> node & 1))
			continue;
		for (int k = 0; k < g->nodes_n; k++)
			if (all >> k & 1 && g->nodes[k].layer == g->nodes[node].layer - 1) {
				sum += g->nodes[k].col;
				n++;
			}
	}
	return n ? sum / n : otherwise;
}

/* From left to right: below those that feed it; where that is equal, by birth. */
static void give_columns(struct graph *g, int cols)
{
	int step = g->card + CARD_GAP;

	for (int layer = 0; layer < g->layers; layer++) {
		int order[GRAPH_NODES], want[GRAPH_NODES], n = 0, next = 1;

		for (int i = 0; i < g->nodes_n; i++) {
			int at = n;
			if (g->nodes[i].layer != layer)
				continue;
			want[i] = average_of_neighbours(g, i, 1 + n * step);
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

/* ---- rows ---- */

/* Each link has a column of its own on each card, from the left. */
int graph_port(const struct graph *g, int node, int link)
{
	bool down = g->links[link].gap == g->nodes[node].layer;
	int n = 0, all = 0, at;

	for (int i = 0; i < g->links_n; i++) {
		u32 holders = g->links[i].readers | g->links[i].writers;
		if (g->links[i].told || !(holders >> node & 1) || (g->links[i].gap == g->nodes[node].layer) != down)
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
	u32 all = g->links[link].readers | g->links[link].writers;
	int col = -1;

	for (int k = 0; k < g->nodes_n; k++)
		if (all >> k & 1) {
			if (col >= 0 && graph_port(g, k, link) != col)
				return false;
			col = graph_port(g, k, link);
		}
	return bits(all) > 1;
}

static void give_rows(struct graph *g)
{
	int row = 0;

	for (int layer = 0; layer < g->layers; layer++) {
		int tracks = 0, straight = 0;

		g->layer_row[layer] = row;
		row += CARD_ROWS;
		for (int i = 0; i < g->links_n; i++) {
			struct link *l = &g->links[i];
			if (l->told || l->gap != layer)
				continue;
			l->straight = true;
			l->straight = is_straight(g, i);
			if (l->straight)
				straight++;
			else
				l->track = tracks++;
		}
		g->tracks[layer] = tracks;
		row += tracks ? tracks + 1 : straight ? 1 : layer + 1 < g->layers;
	}
	g->told_row = row;
	for (int i = 0; i < g->links_n; i++)
		g->told_n += g->links[i].told && g->links[i].kind != GRAPH_FAMILY;
	g->rows = row + (g->told_n < TOLD_MOST ? g->told_n : TOLD_MOST);
}

bool graph_make(const struct scene *s, int cols, struct graph *g)
{
	int most = 0;

	*g = (struct graph){0};
	if (!collect(s, g))
		return false;
	give_layers(g);
	link_families(g);
	place_links(g);
	for (int layer = 0; layer < g->layers; layer++) {
		int n = 0;
		for (int i = 0; i < g->nodes_n; i++)
			n += g->nodes[i].layer == layer;
		most = n > most ? n : most;
	}
	g->card = (cols - 2) / most - CARD_GAP;
	if (g->card > CARD_MOST)
		g->card = CARD_MOST;
	if (g->card < CARD_LEAST)
		return false;
	give_columns(g, cols);
	give_rows(g);
	return true;
}
