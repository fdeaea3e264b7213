/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Many processes in groups: those of which one waits for another belong together, and have a verdict of their own. */
#include <stdlib.h>
#include <string.h>

#include "view/private.h"
#include "view/report.h"

enum { WIDTH = 70 };

static u32 find(u32 *leader, u32 proc)
{
	while (leader[proc] != proc)
		proc = leader[proc] = leader[leader[proc]];
	return proc;
}

static void join(u32 *leader, u32 a, u32 b)
{
	a = find(leader, a);
	b = find(leader, b);
	if (a < b) /* the oldest leads: they are told in order of birth */
		leader[b] = a;
	else
		leader[a] = b;
}

static void join_all(const struct report *r, u32 *leader)
{
	const struct world *w = r->scene.world;

	for (u32 t = 1; t < world_tasks(w); t++) {
		struct why y;

		if (!world_why_wait(w, t, &y))
			continue;
		for (u32 i = 0; i < y.wakers_n && i < ARRAY_LEN(y.wakers); i++)
			if (y.wakers[i].proc && !y.wakers[i].outside)
				join(leader, world_task(w, t)->proc, y.wakers[i].proc);
	}
}

static enum verdict judge(const u32 n[STANDS_COUNT])
{
	if (n[STANDS_STUCK] && !n[STANDS_TIMED] && !n[STANDS_UNKNOWN] && !n[STANDS_STOPPED] && !n[STANDS_RUNS])
		return VERDICT_HANG;
	return n[STANDS_RUNS] ? VERDICT_RUNS : VERDICT_WAITS;
}

/* Whose wait says most of a group: one that somebody outside could end, else any that is not for a child. */
static int telling(const struct report *r, u32 task)
{
	struct why y;

	if (!world_why_wait(r->scene.world, task, &y))
		return 0;
	return r->standing->of[task] == STANDS_OUTSIDE ? 4
	       : r->standing->of[task] == STANDS_STUCK && y.reason != WHY_CHILD ? 3
	       : y.reason == WHY_CHILD || y.reason == WHY_TIMER || y.reason == WHY_OTHER ? 1
												    : 2;
}

/* A FIFO, a message queue, System V's semaphores: all that is needed is somebody who knows the name. */
static bool is_named(const struct report *r, u32 task)
{
	const struct w_pipe *p;
	struct why y;

	if (!world_why_wait(r->scene.world, task, &y))
		return false;
	p = world_pipe(r->scene.world, y.pipe);
	return y.reason == WHY_OPEN || y.object_kind == OBJ_MQ || y.object_kind == OBJ_SEMS || (y.pipe && p && p->fifo);
}

static void fill(const struct report *r, u32 *leader, struct report_group *g)
{
	const struct world *w = r->scene.world;
	u32 n[STANDS_COUNT] = {0}, guessed = 0;
	int best = 0;

	for (u32 p = g->proc; p < world_procs(w); p++) {
		if (!world_proc(w, p) || world_proc(w, p)->ended || find(leader, p) != g->proc)
			continue;
		g->processes++;
		for (u32 t = world_proc(w, p)->task_first; t; t = world_task(w, t)->proc_next) {
			n[r->standing->of[t]]++;
			guessed += world_task(w, t)->op.flags & EVF_GUESSED && r->standing->of[t] == STANDS_STUCK;
			g->stuck += r->standing->of[t] == STANDS_STUCK;
			g->named += is_named(r, t);
			if (telling(r, t) > best) {
				best = telling(r, t);
				g->task = t;
			}
		}
	}
	g->verdict = guessed ? VERDICT_WAITS : judge(n);
	g->outside = n[STANDS_OUTSIDE];
}

static int by_verdict(const void *a, const void *b)
{
	const struct report_group *x = a, *y = b;

	if ((x->verdict == VERDICT_HANG) != (y->verdict == VERDICT_HANG))
		return x->verdict == VERDICT_HANG ? -1 : 1;
	return (x->proc > y->proc) - (x->proc < y->proc);
}

struct report_group *report_groups(const struct report *r, u32 *n)
{
	const struct world *w = r->scene.world;
	u32 procs = world_procs(w), *leader = xmalloc((procs + 1) * sizeof *leader);
	struct report_group *all = xmalloc((procs + 1) * sizeof *all);

	*n = 0;
	for (u32 p = 1; p < procs; p++)
		leader[p] = p;
	join_all(r, leader);
	for (u32 p = 1; p < procs; p++)
		if (world_proc(w, p) && !world_proc(w, p)->ended && find(leader, p) == p) {
			all[*n] = (struct report_group){.proc = p};
			fill(r, leader, &all[(*n)++]);
		}
	qsort(all, *n, sizeof *all, by_verdict);
	free(leader);
	return all;
}

/* Behind what is there of the line, and in lines of their own what does not fit. */
static void add_reason(const struct report *r, u32 task, struct str *out)
{
	struct str line = {0}, wrapped = {0};
	size_t begun = out->len;
	const char *at, *end;

	while (begun && out->s[begun - 1] != '\n')
		begun--;
	str_add(out, "  ");
	words_reason(&r->scene, task, out);
	str_add(&line, out->s + begun);
	lines_wrap(str_get(&line), WIDTH, &wrapped);
	out->s[out->len = begun] = 0;
	for (at = str_get(&wrapped); *at; at = *end ? end + 1 : end) {
		end = strchrnul(at, '\n');
		str_addf(out, "%s%.*s\n", at == str_get(&wrapped) ? "" : "        ", (int)(end - at), at);
	}
	str_finish(&line);
	str_finish(&wrapped);
}

void report_group_line(const struct report *r, const struct report_group *g, u64 idle_ns, const char *cwd, struct str *out)
{
	const struct w_proc *p = world_proc(r->scene.world, g->proc);
	const char *name = r->redact || !r->scene.actor ? "" : r->scene.actor(r->scene.actor_arg, g->proc);
	u64 minutes = idle_ns / 60000000000ull;

	str_addf(out, "%-6s %6d %-12.24s %3u process%s", report_verdict(g->verdict), p->pid, name ? name : "", g->processes,
		g->processes == 1 ? "  " : "es");
	if (g->verdict != VERDICT_HANG) {
		add_reason(r, g->task, out);
		return;
	}
	if (idle_ns >= 1000000000)
		str_addf(out, "  since %llu %s", (unsigned long long)(minutes >= 120 ? minutes / 60 : minutes ? minutes : idle_ns / 1000000000),
			minutes >= 120 ? "h" : minutes ? "min" : "s");
	if (cwd[0] && !r->redact) {
		str_add(out, "  ");
		str_add_harmless(out, cwd);
	}
	str_add(out, "\n");
}
