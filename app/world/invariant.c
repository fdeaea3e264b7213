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
	for (u32 i = 1; i < w->h->use[POOL_CARRY].n; i++)
		held += w->carry[i].used;
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
		for (u32 t = p->openers; t; t = w->task[t].op.flow_next)
			if (!w->task[t].op.open || w->task[t].op.object != i || p->gone)
				return broken(where, "task %u is not inside open of fifo%u", t, p->name);
		if (readers != p->readers || writers != p->writers ||
			(p->fifo ? p->gone && p->files : !p->files != !!p->gone))
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

/* ---- shared memory ---- */

static bool check_maps(const struct world *w, struct str *where)
{
	u64 of_procs = 0, of_segments = 0;

	for (u32 i = 1; i < w->h->use[POOL_PROC].n; i++) {
		u64 end = 0;

		for (u32 m = w->proc[i].map_first; m; m = w->map[m].proc_next, of_procs++) {
			const struct w_map *map = &w->map[m];

			if (!map->used || map->proc != i || map->addr < end || !map->len ||
				!world_segment(w, map->segment) || w->segment[map->segment].gone)
				return broken(where, "map %u of P%u is out of order", m,
					w->proc[i].name);
			end = map->addr + map->len;
		}
		if (w->proc[i].ended && (w->proc[i].map_first || w->proc[i].sync_first))
			return broken(where, "P%u has ended and has memory", w->proc[i].name);
	}
	for (u32 i = 1; i < w->h->use[POOL_SEGMENT].n; i++)
		for (u32 m = w->segment[i].map_first; m; m = w->map[m].segment_next, of_segments++)
			if (w->map[m].segment != i)
				return broken(where, "map %u is not of segment %u", m, i);
	return of_procs == of_segments ||
	       broken(where, "processes have %llu maps, segments %llu",
		       (unsigned long long)of_procs, (unsigned long long)of_segments);
}

static bool check_lines(const struct world *w, u32 segment, struct str *where)
{
	const struct w_segment *s = &w->segment[segment];
	u32 n = 0;
	u8 bytes[LINE_BYTES];

	for (u32 l = s->line_first; l; l = w->line[l].of_next, n++) {
		if (!w->line[l].used || w->line[l].segment != segment)
			return broken(where, "line %u is not of segment %u", l, segment);
		if (world_memory(w, segment, w->line[l].index * LINE_BYTES, bytes, NULL,
			    LINE_BYTES) != (u32)__builtin_popcountll(w->line[l].known) &&
			w->line[l].index * LINE_BYTES + LINE_BYTES <= s->size)
			return broken(where, "line %u is not found", l);
	}
	return n == s->line_n ||
	       broken(where, "segment %u counts %u lines, has %u", segment, s->line_n, n);
}

static bool check_segments(const struct world *w, struct str *where)
{
	u32 gone = 0, lines = 0;

	for (u32 i = 1; i < w->h->use[POOL_SEGMENT].n; i++) {
		const struct w_segment *s = &w->segment[i];
		u64 last = 0;

		if (!s->used)
			continue;
		gone += s->gone;
		lines += s->line_n;
		if (s->gone && (s->map_first || s->files || s->owner))
			return broken(where, "segment %u is gone and in use", i);
		for (u32 f = s->files; f; f = w->file[f].next)
			if (w->file[f].kind != OBJ_SEGMENT || w->file[f].object != i)
				return broken(where, "file %u does not lead to segment %u", f, i);
		for (u32 y = s->sync_first; y; last = w->sync[y].off, y = w->sync[y].segment_next)
			if (w->sync[y].segment != i || w->sync[y].off < last)
				return broken(where, "object %u is not in segment %u", y, i);
		if (!check_lines(w, i, where))
			return false;
	}
	return (gone == w->h->gone_segments && lines == w->h->lines) ||
	       broken(where, "%u segments are gone, %u counted; %u lines, %u counted", gone,
		       w->h->gone_segments, lines, w->h->lines);
}

static bool check_accesses(const struct world *w, struct str *where)
{
	u32 linked = 0, ops = 0;
	u64 pairs = 0;

	for (u32 i = 1; i < w->h->use[POOL_SEGMENT].n; i++)
		for (u32 t = w->segment[i].accesses; t; t = w->task[t].op.next, linked++)
			if (!op_is_access(&w->task[t].op) || w->task[t].op.segment != i)
				return broken(where, "task %u does not access segment %u", t, i);
	for (u32 t = 1; t < w->h->use[POOL_TASK].n; t++) {
		const struct w_task *k = &w->task[t];
		bool race;

		ops += op_is_access(&k->op) && k->op.segment;
		pairs += world_conflict(w, t, &race) != 0;
		if (k->state == TASK_SPINNING &&
			(!k->spin_n || k->op.open || !op_is_access(&k->op)))
			return broken(where, "task %u spins on nothing", t);
		if (k->looks && (!w->looks[k->looks].used || w->looks[k->looks].task != t))
			return broken(where, "what task %u saw is another's", t);
		if (k->looks && k->state >= TASK_ZOMBIE)
			return broken(where, "task %u has ended and looks", t);
	}
	if (linked != ops)
		return broken(where, "%u accesses are known, %u listed", ops, linked);
	return !pairs == !w->h->pub.conflicts ||
	       broken(where, "%u conflicts are counted, %llu tasks have one", w->h->pub.conflicts,
		       (unsigned long long)pairs);
}

static bool check_sync(const struct world *w, u32 i, struct str *where)
{
	const struct w_sync *s = &w->sync[i];
	u32 waits = 0;
	u64 seq = 0;

	for (u32 t = s->open_ops; t; t = sync_op_next(w, t, i))
		if (w->task[t].op.sync != i && w->task[t].op.sync2 != i)
			return broken(where, "task %u has no call on object %u", t, i);
	for (u32 t = s->wait_first; t; t = w->task[t].sync_next, waits++) {
		if (w->task[t].waits_on != i || w->task[t].state != TASK_BLOCKED ||
			w->task[t].op.seq < seq)
			return broken(where, "task %u does not wait on object %u", t, i);
		seq = w->task[t].op.seq;
	}
	if (waits != s->wait_n)
		return broken(where, "object %u counts %u waiting, has %u", i, s->wait_n, waits);
	if (s->destroyed && !s->open_ops && !s->suspended)
		return broken(where, "object %u is destroyed and kept", i);
	if (s->kind != SYNC_SEM && s->value < 0)
		return broken(where, "object %u holds less than nothing", i);
	return true;
}

static bool check_syncs(const struct world *w, struct str *where)
{
	u64 holds = 0, held = 0, suspended = 0, outer = 0, links = 0;

	for (u32 i = 1; i < w->h->use[POOL_SYNC].n; i++) {
		if (!w->sync[i].used)
			continue;
		held += w->sync[i].owner && !w->sync[i].owner_died;
		suspended += w->sync[i].suspended;
		if (!check_sync(w, i, where))
			return false;
	}
	for (u32 t = 1; t < w->h->use[POOL_TASK].n; t++) {
		const struct w_task *k = &w->task[t];

		holds += k->holds;
		if (k->waits_on && (!world_sync(w, k->waits_on) || k->state != TASK_BLOCKED))
			return broken(where, "task %u waits on an object that is not there", t);
		if ((k->op.sync && !world_sync(w, k->op.sync)) ||
			(k->op.sync2 && !world_sync(w, k->op.sync2)))
			return broken(where, "task %u is in a call on no object", t);
		for (u32 o = k->outer; o; o = w->outer[o].next, links++)
			outer += !!w->outer[o].op.sync + !!w->outer[o].op.sync2;
	}
	for (u32 i = 1; i < w->h->use[POOL_OUTER].n; i++)
		links -= w->outer[i].used;
	if (links)
		return broken(where, "a call around another one is lost");
	return (holds == held && suspended == outer) ||
	       broken(where, "%llu objects are owned, tasks hold %llu; %llu suspended, %llu calls",
		       (unsigned long long)held, (unsigned long long)holds,
		       (unsigned long long)suspended, (unsigned long long)outer);
}

static bool check_objects(const struct world *w, struct str *where)
{
	for (u32 i = 1; i < w->h->use[POOL_COUNTER].n; i++)
		if (w->counter[i].used && !counter_holds(w, i, where))
			return false;
	if (!locks_hold(w, where))
		return false;
	for (u32 i = 1; i < w->h->use[POOL_QUEUE].n; i++)
		if (w->queue[i].used && !queue_holds(w, i, where))
			return false;
	for (u32 i = 1; i < w->h->use[POOL_SEMS].n; i++)
		if (w->sems[i].used && !sems_hold(w, i, where))
			return false;
	return true;
}

bool world_invariant(const struct world *w, struct str *where)
{
	return check_processes(w, where) && check_tables(w, where) && check_files(w, where) &&
	       check_holds(w, where) && check_pipes(w, where) && check_maps(w, where) &&
	       check_segments(w, where) && check_accesses(w, where) && check_syncs(w, where) && check_objects(w, where);
}
