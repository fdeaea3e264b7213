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

/* ---- what there is ---- */

int graph_node(const struct graph *g, u32 proc)
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

void graph_hold(struct graph *g, int node, u32 kind, u32 object, u32 access)
{
	struct link *l = link_of(g, kind, object);

	if (!l) {
		g->more = 1;
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
		graph_hold(g, node, OBJ_PIPE, f->object, f->access);
		return;
	case OBJ_SOCKET: /* a connection is one link, named by the end that was there first */
		sock = world_socket(s->world, f->object);
		if (sock && sock->peer)
			graph_hold(g, node, OBJ_SOCKET, sock->peer < f->object ? sock->peer : f->object,
				ACCESS_READ | ACCESS_WRITE);
		return;
	case OBJ_EVENTFD:
		graph_hold(g, node, OBJ_EVENTFD, f->object, ACCESS_READ | ACCESS_WRITE);
		return;
	case OBJ_PIDFD: graph_hold(g, node, OBJ_PIDFD, f->object, ACCESS_READ); return;
	case OBJ_MQ:
		graph_hold(g, node, OBJ_MQ, f->object, f->access);
		return;
	default: return;
	}
}

static void add_tasks(const struct scene *s, struct graph *g, u32 proc)
{
	for (u32 t = world_proc(s->world, proc)->task_first; t && g->tasks_n < GRAPH_TASKS;) {
		const struct w_task *task = world_task(s->world, t);

		if (task && task->state < TASK_ZOMBIE)
			g->tasks[g->tasks_n++] = t;
		t = task ? task->proc_next : 0;
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
			graph_hold(g, node, OBJ_SEGMENT, m->segment, ACCESS_READ | ACCESS_WRITE);
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
		if (p && p->outside && (!l->readers || !l->writers)) /* what all have inherited: the output */
			continue;
		if (bits(all) > 1 || (graph_is_waited_for(s, g, l) && !(p && p->outside)))
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
		g->nodes[i].parent = graph_node(g, world_proc(s->world, g->nodes[i].proc)->parent);
		find_holders(s, g, i);
		add_tasks(s, g, g->nodes[i].proc);
	}
	graph_hold_others(s, g);
	drop_lonely(s, g);
	return g->nodes_n > 0;
}

/* What is in an object, and who waits at it, must not be cut: its words stand below the picture, too. A pipe's name alone may. */
static void tell_cut(const struct scene *s, int cols, struct graph *g)
{
	for (int i = 0; i < g->links_n; i++) {
		struct link *l = &g->links[i];

		if (l->told || l->kind == GRAPH_FAMILY || l->kind == OBJ_PIPE || l->kind == OBJ_SOCKET || graph_has_room(s, g, i, cols))
			continue;
		l->cut = true;
		g->told_n++;
	}
	graph_give_told(g);
}

bool graph_make(const struct scene *s, int cols, struct graph *g)
{
	*g = (struct graph){0};
	if (!collect(s, g) || !graph_lay_out(g, cols))
		return false;
	tell_cut(s, cols, g);
	return true;
}
