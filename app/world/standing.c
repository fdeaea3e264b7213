/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * All of them at once: who could be woken by whom, who can move by itself, and what that makes of the whole.
 * A task stands still for good when nobody who can move is reached from it. Of those, the ones that
 * reach each other are a cycle (Tarjan's components); one that reaches nobody at all is a dead end, a
 * cycle of one. The whole is HANG only when those left over could be moved by outsiders alone: as long as a clock
 * runs, or somebody computes, a signal or the end of a process may still change everything.
 */
#include <stdlib.h>
#include <string.h>

#include "world/wait.h"

struct edge {
	u32 from, to;
};

struct graph {
	const struct world *w;
	struct world_standing *s;
	VEC(struct edge) edges; /* by `from`, ascending */
	u32 *first;             /* by task: index of its first edge; [tasks]: how many there are */
	u8 *anybody;            /* by task: whoever can move could come to what it waits for */
	u32 from;
};

/* ---- nodes and edges ---- */

/* A timer that is set ends it: the one it reads, one of those it polls. */
static bool is_timed(const struct world *w, u32 task, const struct wait *wait)
{
	if (wait->timeout != TIME_NONE || wait->reason == WHY_TIMER || signals_timer_seen(w, w->task[task].proc))
		return true;
	if (wait->ipc.kind == OBJ_TIMERFD)
		return w->counter[wait->ipc.object].due_ns != 0;
	for (u32 e = wait->reason == WHY_SEVERAL ? world_waited_for(w, task) : 0; e; e = w->watch[e].next) {
		u32 fd = w->watch[e].epoll ? 0 : world_fd_find(w, w->task[task].proc, w->watch[e].fd);
		const struct w_file *f = &w->file[w->watch[e].epoll ? w->watch[e].file : fd ? w->fd[fd].file : 0];

		if (f->kind == OBJ_TIMERFD && w->counter[f->object].due_ns)
			return true;
	}
	return false;
}

static enum stands mover(const struct world *w, u32 task, const struct wait *wait)
{
	const struct w_socket *socket = wait->ipc.kind == OBJ_SOCKET ? &w->socket[wait->ipc.object] : NULL;

	if (is_timed(w, task, wait))
		return STANDS_TIMED;
	if (wait->reason == WHY_TERMINAL || (wait->ipc.outside && !(socket && socket->timeouts)) ||
		(wait->pipe && w->pipe[wait->pipe].outside) || (wait->reason == WHY_SEVERAL && wait_several_outside(w, task)))
		return STANDS_OUTSIDE;
	return STANDS_UNKNOWN;
}

static enum stands first_look(const struct world *w, u32 task, struct wait *wait)
{
	*wait = (struct wait){0};
	if (!task_lives(w, task))
		return STANDS_GONE;
	if (w->task[task].state == TASK_STOPPED)
		return STANDS_STOPPED;
	if (w->task[task].state != TASK_BLOCKED && w->task[task].state != TASK_SPINNING)
		return STANDS_RUNS;
	wait_classify(w, task, wait);
	return wait->open_ended || signals_timer_pending(w, w->task[task].proc) ? mover(w, task, wait) : STANDS_STUCK;
}

static void add_edge(struct graph *g, u32 to)
{
	for (size_t i = g->first[g->from]; i < g->edges.n; i++)
		if (g->edges.at[i].to == to)
			return;
	*vec_push(&g->edges) = (struct edge){g->from, to};
}

static void add_waker(const struct world *w, u32 proc, u32 task, u32 fd, void *ctx)
{
	(void)fd;
	if (task && task_lives(w, task))
		add_edge(ctx, task);
	for (u32 t = task ? 0 : w->proc[proc].task_first; t; t = w->task[t].proc_next)
		if (task_lives(w, t))
			add_edge(ctx, t);
}

static void build(struct graph *g)
{
	u32 n = world_tasks(g->w);

	g->first = xmalloc((n + 1) * sizeof *g->first);
	g->anybody = xmalloc(n + 1);
	for (u32 t = 1; t < n; t++) {
		struct wait wait;

		g->from = t;
		g->first[t] = (u32)g->edges.n;
		g->s->of[t] = (u8)first_look(g->w, t, &wait);
		if (!wait.reason)
			continue;
		g->anybody[t] = wait.anybody;
		wait_wakers(g->w, t, &wait, add_waker, g);
		wait_end_of_children(g->w, t, add_waker, g);
	}
	g->first[n] = (u32)g->edges.n;
}

/* ---- who could still be woken ---- */

static bool may_be_woken(const struct graph *g, u32 t, bool somebody_moves)
{
	if (g->anybody[t] && somebody_moves)
		return true;
	for (u32 e = g->first[t]; e < g->first[t + 1]; e++)
		if (g->s->of[g->edges.at[e].to] != STANDS_STUCK)
			return true;
	return false;
}

static void spread(struct graph *g)
{
	u32 n = world_tasks(g->w);
	bool somebody = false, more = true;

	for (u32 t = 1; t < n; t++)
		somebody |= g->s->of[t] && g->s->of[t] != STANDS_STUCK;
	while (more) {
		more = false;
		for (u32 t = 1; t < n; t++)
			if (g->s->of[t] == STANDS_STUCK && may_be_woken(g, t, somebody)) {
				g->s->of[t] = STANDS_DEPENDS;
				somebody = more = true;
			}
	}
}

/* ---- cycles: strongly connected components among those that stand still ---- */

struct tarjan {
	struct graph *g;
	u32 *index, *low, *next; /* next: the edge to follow from there */
	u8 *on;
	VEC(u32) stack, path;
	u32 counter;
};

static void component(struct tarjan *j, u32 t)
{
	struct world_standing *s = j->g->s;
	u32 size = 0, member;
	bool itself = j->g->first[t] == j->g->first[t + 1]; /* a dead end */

	for (u32 e = j->g->first[t]; e < j->g->first[t + 1]; e++)
		itself |= j->g->edges.at[e].to == t;
	for (size_t i = j->stack.n; i-- > 0 && j->stack.at[i] != t;)
		size++;
	if (size || itself)
		s->cycles++;
	do {
		member = j->stack.at[--j->stack.n];
		j->on[member] = 0;
		if (size || itself)
			s->cycle[member] = s->cycles;
	} while (member != t);
}

static void enter(struct tarjan *j, u32 t)
{
	j->index[t] = j->low[t] = ++j->counter;
	j->next[t] = j->g->first[t];
	j->on[t] = 1;
	*vec_push(&j->stack) = t;
	*vec_push(&j->path) = t;
}

static void visit(struct tarjan *j, u32 root)
{
	enter(j, root);
	while (j->path.n) {
		u32 t = j->path.at[j->path.n - 1];

		if (j->next[t] < j->g->first[t + 1]) {
			u32 to = j->g->edges.at[j->next[t]++].to;

			if (!j->index[to])
				enter(j, to);
			else if (j->on[to] && j->index[to] < j->low[t])
				j->low[t] = j->index[to];
			continue;
		}
		j->path.n--;
		if (j->path.n && j->low[t] < j->low[j->path.at[j->path.n - 1]])
			j->low[j->path.at[j->path.n - 1]] = j->low[t];
		if (j->low[t] == j->index[t])
			component(j, t);
	}
}

static void find_cycles(struct graph *g)
{
	u32 n = world_tasks(g->w);
	struct tarjan j = {.g = g};

	j.index = xmalloc(n * sizeof *j.index);
	j.low = xmalloc(n * sizeof *j.low);
	j.next = xmalloc(n * sizeof *j.next);
	j.on = xmalloc(n);
	for (u32 t = 1; t < n; t++)
		if (g->s->of[t] == STANDS_STUCK && !j.index[t])
			visit(&j, t);
	free(j.index);
	free(j.low);
	free(j.next);
	free(j.on);
	free(j.stack.at);
	free(j.path.at);
}

/* ---- the whole ---- */

static enum verdict judge(const struct world_standing *s)
{
	if (!s->live)
		return VERDICT_ENDED;
	if (s->n[STANDS_RUNS])
		return VERDICT_RUNS;
	if (s->n[STANDS_STUCK] && !s->n[STANDS_TIMED] && !s->n[STANDS_UNKNOWN] && !s->n[STANDS_STOPPED])
		return VERDICT_HANG;
	return VERDICT_WAITS;
}

void world_standing(const struct world *w, struct world_standing *s)
{
	u32 n = world_tasks(w);
	struct graph g = {.w = w, .s = s};

	memset(s, 0, sizeof *s);
	s->of = xmalloc(n + 1);
	s->cycle = xmalloc((n + 1) * sizeof *s->cycle);
	build(&g);
	spread(&g);
	find_cycles(&g);
	for (u32 t = 1; t < n; t++) {
		s->n[s->of[t]]++;
		s->live += s->of[t] != STANDS_GONE;
		s->root_stuck |= s->of[t] == STANDS_STUCK && w->task[t].proc == w->h->pub.root;
	}
	for (u32 t = 1; t < n; t++)
		s->guessed |= s->of[t] == STANDS_STUCK && w->task[t].op.flags & EVF_GUESSED;
	s->verdict = judge(s);
	if (s->verdict == VERDICT_HANG && s->guessed) /* what is guessed proves nothing */
		s->verdict = VERDICT_WAITS;
	free(g.edges.at);
	free(g.first);
	free(g.anybody);
}

void world_standing_finish(struct world_standing *s)
{
	free(s->of);
	free(s->cycle);
}
