/* SPDX-License-Identifier: GPL-3.0-or-later */
/* graph.c: processes and what is between them; graph_layout.c: laid out; graph_draw.c: drawn. */
#ifndef VIEW_GRAPH_H
#define VIEW_GRAPH_H

#include "view/screen.h"

enum { GRAPH_NODES = 16, GRAPH_LINKS = 192, GRAPH_TASKS = 128, GRAPH_FAMILY = 1000, GRAPH_SYNC };

struct node {
	u32 proc;
	int parent; /* node, -1 none */
	int layer;
	int col;
	bool flows; /* its layer is that of what it reads or writes */
};
struct link {
	u32 kind, object;     /* enum object_kind (OBJ_FILE: a w_lock); GRAPH_SYNC: a w_sync; GRAPH_FAMILY: a parent (writer) and children */
	u32 readers, writers; /* nodes, as bits */
	int gap, last;        /* it lies below this layer; of many rows, down to below that one */
	int trunk;            /* the column where it passes the rows between, -1 none */
	u8 track[GRAPH_NODES]; /* its row in each gap */
	i32 port[GRAPH_NODES]; /* column in which it meets each node's card */
	bool straight;        /* one end right above the other: no row of its own */
	bool bent;            /* another line is in the way of a straight one */
	bool told;            /* in words below */
	bool cut;             /* likewise, and drawn: its label has too little room */
};
struct graph {
	struct node nodes[GRAPH_NODES];
	int nodes_n;
	u32 tasks[GRAPH_TASKS]; /* theirs, living: so many of them are asked what they wait for */
	int tasks_n;
	struct link links[GRAPH_LINKS];
	int links_n;
	int more; /* links beyond those there is room for: 1 says that there are some */
	int layers, card; /* card: columns of one */
	int layer_row[GRAPH_NODES], tracks[GRAPH_NODES], straights[GRAPH_NODES];
	int trunks; /* columns for them at the left, in twos */
	int told_row, told_n, rows;
};

/* False: too many for that width. */
bool graph_make(const struct scene *, int cols, struct graph *);
int graph_node(const struct graph *, u32 proc); /* -1 none */
void graph_hold(struct graph *, int node, u32 kind, u32 object, u32 access);
/* ---- graph_objects.c: what no descriptor, or more than one, leads to ---- */
void graph_hold_others(const struct scene *, struct graph *);
bool graph_is_waited_for(const struct scene *, const struct graph *, const struct link *);
/* Phrase: "pipe1 5 B", "sems1 [0]=0, P2 waits"; nothing of a family. */
void graph_text(const struct scene *, const struct graph *, const struct link *, struct str *);
/* graph_layout.c: nodes and links are known. */
bool graph_lay_out(struct graph *, int cols);
void graph_give_told(struct graph *); /* told_n is known: rows */
/* graph_draw.c: the label of a link is not cut. */
bool graph_has_room(const struct scene *, const struct graph *, int link, int cols);
/* Rows it wants at that width, 0: there is no picture. */
int graph_rows(const struct scene *, int cols);
void graph_draw(struct canvas *, struct area, const struct scene *, const struct view_state *);
/* The first task that is part of a dead end: nobody is left who could wake it; 0 none. */
u32 graph_stuck(const struct scene *);

#endif
