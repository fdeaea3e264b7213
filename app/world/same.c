/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Two runs compared. Actors and pipes are matched by identity, (creator, n-th of its kind that it
 * made), which no schedule changes; pids, inodes, times and display names may differ.
 */
#include <stdlib.h>
#include <string.h>

#include "world/private.h"

struct pairing {
	const struct world *a, *b;
	u32 *task, *proc, *pipe, *file; /* index in a -> index in b, 0 not yet */
	struct str *where;
};

struct identity {
	u32 creator, nth, index;
};

static bool differ(struct pairing *x, const char *fmt, ...) PRINTF_LIKE(2, 3);
static bool differ(struct pairing *x, const char *fmt, ...)
{
	va_list ap;

	if (!x->where)
		return false;
	va_start(ap, fmt);
	str_vaddf(x->where, fmt, ap);
	va_end(ap);
	return false;
}

static int by_identity(const void *p, const void *q)
{
	const struct identity *a = p, *b = q;

	if (a->creator != b->creator)
		return a->creator < b->creator ? -1 : 1;
	return (a->nth > b->nth) - (a->nth < b->nth);
}

/* ---- matching ---- */

static struct identity *identities_of_procs(const struct world *w, size_t *n)
{
	struct identity *at = xmalloc(world_procs(w) * sizeof *at);

	*n = 0;
	for (u32 i = 1; i < world_procs(w); i++)
		at[(*n)++] = (struct identity){w->proc[i].creator, w->proc[i].nth, i};
	qsort(at, *n, sizeof *at, by_identity);
	return at;
}

static struct identity *identities_of_pipes(const struct world *w, size_t *n)
{
	struct identity *at = xmalloc(world_pipes(w) * sizeof *at);

	*n = 0;
	for (u32 i = 1; i < world_pipes(w); i++)
		if (w->pipe[i].used && !w->pipe[i].gone)
			at[(*n)++] = (struct identity){w->pipe[i].creator, w->pipe[i].nth, i};
	qsort(at, *n, sizeof *at, by_identity);
	return at;
}

static u32 find_identity(const struct identity *at, size_t n, u32 creator, u32 nth)
{
	struct identity key = {creator, nth, 0};
	const struct identity *found = n ? bsearch(&key, at, n, sizeof *at, by_identity) : NULL;

	return found ? found->index : 0;
}

static u32 thread_of(const struct world *w, u32 proc, u32 nth)
{
	u32 t = w->proc[proc].task_first;

	while (t && w->task[t].nth != nth)
		t = w->task[t].proc_next;
	return t;
}

/* Creators are born before what they create: one pass in order of birth is enough. */
static bool pair_tasks(struct pairing *x)
{
	size_t n;
	struct identity *procs = identities_of_procs(x->b, &n);
	bool ok = true;

	for (u32 t = 1; ok && t < world_tasks(x->a); t++) {
		const struct w_task *task = &x->a->task[t];
		const struct w_proc *proc = &x->a->proc[task->proc];

		if (!x->proc[task->proc])
			x->proc[task->proc] =
				find_identity(procs, n, x->task[proc->creator], proc->nth);
		if (x->proc[task->proc])
			x->task[t] = thread_of(x->b, x->proc[task->proc], task->nth);
		if (!x->task[t])
			ok = differ(x, "P%u (thread %u) is in the one only", proc->name, task->nth);
	}
	free(procs);
	if (ok && world_tasks(x->a) != world_tasks(x->b))
		ok = differ(x, "there are %u tasks in the one, %u in the other",
			world_tasks(x->a) - 1, world_tasks(x->b) - 1);
	return ok;
}

static bool pair_pipes(struct pairing *x)
{
	size_t n, na;
	struct identity *pipes = identities_of_pipes(x->b, &n);
	struct identity *own = identities_of_pipes(x->a, &na);
	bool ok = n == na || differ(x, "there are %zu pipes in the one, %zu in the other", na, n);

	for (size_t i = 0; ok && i < na; i++) {
		u32 found = find_identity(pipes, n, x->task[own[i].creator], own[i].nth);

		x->pipe[own[i].index] = found;
		if (!found)
			ok = differ(x, "pipe%u is in the one only", x->a->pipe[own[i].index].name);
	}
	free(pipes);
	free(own);
	return ok;
}

/* ---- comparing ---- */

static bool same_tasks(struct pairing *x)
{
	for (u32 t = 1; t < world_tasks(x->a); t++) {
		const struct w_task *a = &x->a->task[t], *b = &x->b->task[x->task[t]];
		char name[24];

		if (a->state == b->state && a->op.call == b->op.call && a->op.open == b->op.open &&
			a->op.fd == b->op.fd && a->op.fd2 == b->op.fd2 &&
			a->op.done == b->op.done && a->op.hash == b->op.hash)
			continue;
		return differ(x, "%s is at another place or in another state",
			world_task_name(x->a, t, name));
	}
	return true;
}

/* Open files are matched as descriptors lead to them: shared in the one, shared in the other. */
static bool same_file(struct pairing *x, u32 fa, u32 fb)
{
	const struct w_file *a = &x->a->file[fa], *b = &x->b->file[fb];

	if (x->file[fa])
		return x->file[fa] == fb;
	x->file[fa] = fb;
	if (a->kind != b->kind || a->access != b->access || a->flags != b->flags ||
		a->refs != b->refs)
		return false;
	return a->kind != OBJ_PIPE || x->pipe[a->object] == b->object;
}

static bool same_descriptors(struct pairing *x, u32 pa, u32 pb)
{
	u32 da = x->a->fdt[x->a->proc[pa].fdt].first, db = x->b->fdt[x->b->proc[pb].fdt].first;

	for (; da && db; da = x->a->fd[da].next, db = x->b->fd[db].next) {
		const struct w_fd *a = &x->a->fd[da], *b = &x->b->fd[db];

		if (a->fd != b->fd || a->cloexec != b->cloexec || a->how != b->how ||
			!same_file(x, a->file, b->file))
			return differ(
				x, "fd %d of P%u is not the same", a->fd, x->a->proc[pa].name);
	}
	return (!da && !db) || differ(x, "P%u has not the same descriptors", x->a->proc[pa].name);
}

static bool same_procs(struct pairing *x)
{
	for (u32 i = 1; i < world_procs(x->a); i++) {
		const struct w_proc *a = &x->a->proc[i], *b = &x->b->proc[x->proc[i]];

		if (a->ended != b->ended || a->status != b->status || a->reaped != b->reaped ||
			a->tasks != b->tasks || x->proc[a->parent] != b->parent ||
			strcmp(world_text(x->a, a->exec_path), world_text(x->b, b->exec_path)) != 0)
			return differ(x, "P%u is not the same", a->name);
		if (!same_descriptors(x, i, x->proc[i]))
			return false;
	}
	return true;
}

static bool same_contents(struct pairing *x, const struct w_pipe *a, const struct w_pipe *b)
{
	u32 sa = a->span_first, sb = b->span_first;

	if (!a->spans_sure || !b->spans_sure)
		return true; /* the order is not known in one of them; the bytes were counted */
	for (; sa && sb; sa = x->a->span[sa].next, sb = x->b->span[sb].next) {
		const struct w_span *p = &x->a->span[sa], *q = &x->b->span[sb];

		if (x->task[p->task] != q->task || p->off != q->off || p->len != q->len ||
			p->hash != q->hash)
			return false;
	}
	return !sa && !sb;
}

static bool same_pipes(struct pairing *x)
{
	for (u32 i = 1; i < world_pipes(x->a); i++) {
		const struct w_pipe *a = &x->a->pipe[i], *b = &x->b->pipe[x->pipe[i]];

		if (!x->pipe[i])
			continue;
		if (a->fill != b->fill)
			return differ(x, "pipe%u holds %lld bytes in the one, %lld in the other",
				a->name, (long long)a->fill, (long long)b->fill);
		if (a->capacity != b->capacity || a->readers != b->readers ||
			a->writers != b->writers)
			return differ(x, "pipe%u has not the same size or ends", a->name);
		if (a->slots_sure && b->slots_sure && a->slot_count != b->slot_count)
			return differ(x, "pipe%u uses %u slots in the one, %u in the other",
				a->name, a->slot_count, b->slot_count);
		if (!same_contents(x, a, b))
			return differ(x, "pipe%u holds other bytes", a->name);
	}
	return true;
}

bool world_same(const struct world *a, const struct world *b, struct str *where)
{
	struct pairing x = {
		.a = a,
		.b = b,
		.where = where,
		.task = xmalloc(world_tasks(a) * sizeof(u32)),
		.proc = xmalloc(world_procs(a) * sizeof(u32)),
		.pipe = xmalloc(world_pipes(a) * sizeof(u32)),
		.file = xmalloc(a->h->use[POOL_FILE].n * sizeof(u32)),
	};
	bool same = pair_tasks(&x) && pair_pipes(&x) && same_tasks(&x) && same_procs(&x) &&
		    same_pipes(&x);

	free(x.task);
	free(x.proc);
	free(x.pipe);
	free(x.file);
	return same;
}
