/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What must hold after every record, whatever the log says. For tests and fuzzing: slow. */
#include "world/private.h"

static bool broken(struct str *where, const char *fmt, ...) PRINTF_LIKE(2, 3);
static bool broken(struct str *where, const char *fmt, ...)
{
	va_list ap;

	if (!where)
		return false;
	va_start(ap, fmt);
	str_vaddf(where, fmt, ap);
	va_end(ap);
	return false;
}

static bool check_processes(const struct world *w, struct str *where)
{
	for (u32 i = 1; i < w->h->use[POOL_PROC].n; i++) {
		const struct w_proc *p = &w->proc[i];
		u32 live = 0, ending = 0, execing = 0;

		for (u32 t = p->task_first; t; t = w->task[t].proc_next) {
			live += task_lives(w, t);
			ending += w->task[t].state == TASK_ENDING;
			execing +=
				w->task[t].op.open && call_class(w->task[t].op.call) == CLASS_EXEC;
			if (w->task[t].proc != i)
				return broken(where, "task %u is in two processes", t);
		}
		if (live != p->tasks || ending != p->ending || execing != p->execing)
			return broken(where,
				"P%u counts %u tasks, %u ending, %u in exec: it has %u, %u, %u",
				p->name, p->tasks, p->ending, p->execing, live, ending, execing);
		if (!p->fdt != !!p->ended)
			return broken(where, "P%u has ended: %u, its table: %u", p->name, p->ended,
				p->fdt);
		for (u32 c = p->child_first; c; c = w->proc[c].sibling)
			if (w->proc[c].parent != i || w->proc[c].reaped)
				return broken(where, "P%u is not a child of P%u", w->proc[c].name,
					p->name);
	}
	return true;
}

static bool check_tables(const struct world *w, struct str *where)
{
	for (u32 i = 1; i < w->h->use[POOL_FDT].n; i++) {
		u32 refs = 0;
		i32 last = INT32_MIN;

		if (!w->fdt[i].used)
			continue;
		for (u32 p = w->fdt[i].procs; p; p = w->proc[p].fdt_next)
			refs += w->proc[p].fdt == i;
		if (refs != w->fdt[i].refs || refs == 0)
			return broken(
				where, "table %u counts %u users, has %u", i, w->fdt[i].refs, refs);
		for (u32 d = w->fdt[i].first; d; d = w->fd[d].next) {
			if (!w->fd[d].used || w->fd[d].fdt != i ||
				(last != INT32_MIN && w->fd[d].fd <= last))
				return broken(
					where, "fd %d of table %u is out of order", w->fd[d].fd, i);
			last = w->fd[d].fd;
		}
	}
	return true;
}

static bool check_files(const struct world *w, struct str *where)
{
	for (u32 i = 1; i < w->h->use[POOL_FILE].n; i++) {
		const struct w_file *f = &w->file[i];
		u32 refs = 0, back = 0;

		if (!f->used)
			continue;
		for (u32 d = f->fd_first; d; back = d, d = w->fd[d].same) {
			refs++;
			if (!w->fd[d].used || w->fd[d].file != i || w->fd[d].same_back != back)
				return broken(
					where, "descriptor %u does not lead to file %u", d, i);
		}
		if (refs != f->refs || refs + f->op_refs == 0)
			return broken(
				where, "file %u counts %u descriptors, has %u", i, f->refs, refs);
		if (f->kind == OBJ_PIPE && (!world_pipe(w, f->object) || w->pipe[f->object].gone))
			return broken(where, "file %u leads to no pipe", i);
	}
	return true;
}

static bool check_holds(const struct world *w, struct str *where)
{
	u64 held = 0, holds = 0;

	for (u32 t = 1; t < w->h->use[POOL_TASK].n; t++) {
		const struct w_op *op = &w->task[t].op;

		if (op->file && !w->file[op->file].used)
			return broken(where, "task %u holds file %u, which is gone", t, op->file);
		if (!op->open && (op->file || op->file2 || op->pipe || op->pipe2))
			return broken(where, "task %u holds something in no call", t);
		held += !!op->file + !!op->file2;
	}
	for (u32 i = 1; i < w->h->use[POOL_FILE].n; i++)
		holds += w->file[i].used ? w->file[i].op_refs : 0;
	return held == holds || broken(where, "files are held %llu times, operations hold %llu",
					(unsigned long long)holds, (unsigned long long)held);
}

static bool check_contents(const struct world *w, const struct w_pipe *p, struct str *where)
{
	i64 spans = 0, slots = 0;
	u32 count = 0;

	for (u32 s = p->span_first; s; s = w->span[s].next)
		spans += (i64)w->span[s].len;
	for (u32 s = p->slot_first; s; s = w->slot[s].next, count++)
		slots += w->slot[s].len;
	if (spans - p->span_debt != p->fill)
		return broken(where, "pipe%u holds %lld bytes, its spans %lld - %lld", p->name,
			(long long)p->fill, (long long)spans, (long long)p->span_debt);
	if (count != p->slot_count)
		return broken(
			where, "pipe%u counts %u slots, has %u", p->name, p->slot_count, count);
	if (p->slots_sure && slots != p->fill)
		return broken(where, "pipe%u holds %lld bytes, its slots %lld", p->name,
			(long long)p->fill, (long long)slots);
	return true;
}

static bool check_pipes(const struct world *w, struct str *where)
{
	for (u32 i = 1; i < w->h->use[POOL_PIPE].n; i++) {
		const struct w_pipe *p = &w->pipe[i];
		u32 readers = 0, writers = 0;

		if (!p->used)
			continue;
		for (u32 f = p->files; f; f = w->file[f].next) {
			readers += !!(w->file[f].access & ACCESS_READ);
			writers += !!(w->file[f].access & ACCESS_WRITE);
		}
		if (readers != p->readers || writers != p->writers || !p->files != !!p->gone)
			return broken(where, "pipe%u counts %u readers, %u writers, has %u, %u",
				p->name, p->readers, p->writers, readers, writers);
		for (u32 t = p->open_ops; t; t = op_next(w, t, i)) {
			const struct w_op *op = &w->task[t].op;
			if (!op->open || (op->pipe != i && op->pipe2 != i) || op_puts(op, i) < 0)
				return broken(
					where, "task %u has no operation on pipe%u", t, p->name);
		}
		if (p->fill + p->ghost_put + pipe_open_puts(w, i) < 0)
			return broken(where, "pipe%u gave more than was put in", p->name);
		if (!check_contents(w, p, where))
			return false;
	}
	return true;
}

bool world_invariant(const struct world *w, struct str *where)
{
	return check_processes(w, where) && check_tables(w, where) && check_files(w, where) &&
	       check_holds(w, where) && check_pipes(w, where);
}
