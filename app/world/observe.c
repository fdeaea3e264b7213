/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * World against kernel. At settled points every open operation belongs to a sleeping task, so
 * that the world's figures must be the kernel's. What disagrees is counted once and then adopted.
 */
#include <fcntl.h>

#include "world/private.h"

/* ---- tasks ---- */

static void observe_state(struct world *w, u32 task, u32 site, const struct ev_observe *ev)
{
	struct w_task *t = &w->task[task];

	if (!task_lives(w, task))
		return;
	if (ev->a == OBS_RUNNING)
		task_set_state(w, task, TASK_RUNNING);
	if (ev->a == OBS_RUNNING && t->op.open && call_class(t->op.call) == CLASS_OPEN)
		fifo_awake(w, task);
	if (ev->a == OBS_STOPPED)
		task_set_state(w, task, TASK_STOPPED);
	if (ev->a != OBS_BLOCKED)
		return;
	process_proves_life(w, task);
	task_set_state(w, task, TASK_BLOCKED);
	if (t->op.open && !t->op.site)
		t->op.site = site;
	if (t->op.open && t->op.sync)
		sync_asleep(w, task);
	else if (t->op.open && lock_is_call(&t->op))
		lock_asleep(w, task);
	else if (t->op.open && t->op.file && w->file[t->op.file].kind == OBJ_EVENTFD)
		counter_asleep(w, task);
	else if (t->op.open && call_class(t->op.call) == CLASS_OPEN)
		fifo_asleep(w, task);
	else if (t->op.open)
		pipe_op_asleep(w, task);
	else if (ev->b && ev->b < CALL_COUNT)
		call_found(w, task, (u16)ev->b);
}

static void observe_task_state(struct world *w, u32 task, u32 state)
{
	if (!task_lives(w, task))
		return;
	task_set_state(w, task, state);
	if (state == TASK_ENDING && w->proc[w->task[task].proc].ending == w->proc[w->task[task].proc].tasks)
		sysv_process_ends(w, w->task[task].proc);
}

/* ---- descriptors we did not see being made ---- */

/* The open file it leads to: one known already, or a new one. */
static u32 observed_file(struct world *w, u32 task, u32 fdt, const struct ev_observe *ev)
{
	u32 access = ev->a >> 32 & (ACCESS_READ | ACCESS_WRITE), pipe, same;
	u64 ino = ev->b;

	same = ev->d & UINT32_MAX;
	same = same && same <= INT32_MAX ? fd_find(w, fdt, (i32)(same - 1)) : 0;
	if (same)
		return w->fd[same].file;
	if (ev->e == 5)
		return socket_adopt(w, task, ev);
	if (ev->e == 6)
		return queue_adopt(w, ev);
	if (ev->e >= 7 && ev->e <= 12)
		return counter_adopt(w, ev);
	if (ev->e == 4) {
		u32 segment = segment_by_ino(w, ino);
		return segment ? file_new(w, OBJ_SEGMENT, segment, access, (u32)ev->c) : 0;
	}
	if (ev->e != 1)
		return file_new(w, ev->e == 2 ? OBJ_TTY : OBJ_OTHER, 0, access, (u32)ev->c);
	pipe = pipe_by_ino(w, ino);
	if (!pipe && ino & FIFO_ID)
		pipe = fifo_known(w, ino, "", 0);
	if (!pipe) {
		pipe = pipe_new(w, 0, ino, 16 * PIPE_PAGE);
		if (!pipe)
			return 0;
		w->pipe[pipe].outside = 1;
		pipe_unsure(w, pipe);
		if (ev->a >> 56 & 1 && (ev->a & UINT32_MAX) <= 2) { /* the program's own count from pipe1 */
			w->pipe[pipe].standard = 1 + (u32)(ev->a & UINT32_MAX);
			w->pipe[pipe].name = 0;
			w->h->pub.pipes_named--;
		}
	}
	return file_new(w, OBJ_PIPE, pipe, access, (u32)ev->c);
}

static bool is_the_same(const struct world *w, u32 fd, const struct ev_observe *ev)
{
	const struct w_file *f = &w->file[w->fd[fd].file];

	if (ev->e == 6)
		return f->kind == OBJ_MQ && w->queue[f->object].id == ev->b;
	if (ev->e == 5)
		return f->kind == OBJ_SOCKET && w->socket[f->object].ino == ev->b;
	if (ev->e == 4)
		return f->kind == OBJ_SEGMENT && w->segment[f->object].ino == ev->b;
	return ev->e == 1 && f->kind == OBJ_PIPE && w->pipe[f->object].ino == ev->b &&
	       f->access == (ev->a >> 32 & (ACCESS_READ | ACCESS_WRITE));
}

static void observe_fd(struct world *w, const struct rec *r, const struct ev_observe *ev)
{
	u32 proc = w->task[r->task].proc, fdt = w->proc[proc].fdt, how = ev->a >> 48 & 0xff;
	i32 fd = (i32)(ev->a & UINT32_MAX);
	u32 index = fdt ? fd_find(w, fdt, fd) : 0, file, from = 0;

	if (!fdt)
		return;
	if (index && how != FD_RECEIVED && is_the_same(w, index, ev)) {
		w->fd[index].cloexec = ev->a >> 40 & 1;
		return;
	}
	file = how == FD_RECEIVED ? carry_received(w, r->task, ev, &from) : 0;
	if (!file)
		file = observed_file(w, r->task, fdt, ev);
	index = file ? fd_add(w, fdt, fd, file) : 0;
	if (!index)
		return;
	w->fd[index].cloexec = ev->a >> 40 & 1;
	w->fd[index].how = how >= FD_OPENED && how <= FD_UNKNOWN ? (u8)how : FD_UNKNOWN;
	w->fd[index].from = from;
	w->fd[index].site = w->fd[index].got_site = r->site;
}

static void observe_fd_gone(struct world *w, u32 task, u64 fd)
{
	u32 fdt = w->proc[w->task[task].proc].fdt;
	u32 index = fdt && fd <= INT32_MAX ? fd_find(w, fdt, (i32)fd) : 0;

	if (index)
		fd_remove(w, index);
}

/* ---- pipes ---- */

/* Every open operation sleeps: what sleeping writers could put in is in, the rest waits. False if
 * some operation is still on its way. */
static bool pipe_settle(struct world *w, u32 pipe)
{
	struct w_pipe *p = &w->pipe[pipe];

	for (u32 t = p->open_ops; t; t = op_next(w, t, pipe))
		if (w->task[t].state != TASK_BLOCKED)
			return false;
	pipe_pump(w, pipe, 0);
	p->read_due = p->pump_due = 0;
	for (u32 t = p->open_ops; t; t = op_next(w, t, pipe)) {
		struct w_op *op = &w->task[t].op;
		op->asleep = op->alone = 1;
		op->lo = INT64_MAX;
		op->hi = INT64_MIN;
	}
	pipe_widen(w, pipe);
	pipe_quiet(w, pipe);
	return true;
}

/* Bytes of sleeping writes that the kernel has and whose share the rules cannot tell. */
static void attribute(struct world *w, u32 pipe, i64 bytes)
{
	struct w_pipe *p = &w->pipe[pipe];
	u32 writers = 0;

	for (u32 t = p->open_ops; t; t = op_next(w, t, pipe))
		writers += op_puts(&w->task[t].op, pipe) > 0;
	for (u32 t = p->open_ops; t; t = op_next(w, t, pipe)) {
		struct w_op *op = &w->task[t].op;
		i64 share = op_puts(op, pipe) - 1; /* it sleeps: something is left */

		if (share < 0)
			continue;
		op->loose |= writers > 1;
		if (share > bytes)
			share = bytes;
		spans_put(w, pipe, writers == 1 ? t : 0, op, op->done, (u64)share);
		op->done += (u64)share;
		op->tried = 1;
		p->fill += share;
		p->written += (u64)share;
		bytes -= share;
	}
}

/* More was attributed than they can have put in. */
static void retract(struct world *w, u32 pipe, i64 bytes)
{
	for (u32 t = w->pipe[pipe].open_ops; t && bytes > 0; t = op_next(w, t, pipe)) {
		struct w_op *op = &w->task[t].op;
		i64 share = op->loose ? (i64)op->done : 0;

		if (share > bytes)
			share = bytes;
		op->done -= (u64)share;
		bytes -= share;
	}
}

static i64 most_attributable(const struct world *w, u32 pipe)
{
	i64 most = 0;

	for (u32 t = w->pipe[pipe].open_ops; t; t = op_next(w, t, pipe)) {
		i64 left = op_puts(&w->task[t].op, pipe);
		most += left > 0 ? left - 1 : 0;
	}
	return most;
}

static void compare_bytes(struct world *w, u32 pipe, i64 seen)
{
	struct w_pipe *p = &w->pipe[pipe];
	i64 more = p->slots_sure ? 0 : most_attributable(w, pipe);
	bool dead;
	i64 least = p->fill - p->ghost_take - pipe_loose(w, pipe),
	    most = p->fill + p->ghost_put + more;

	if (!p->outside && (seen < least || seen > most))
		world_drift(w, "pipe%u holds %lld bytes at event %llu, the world says %lld",
			p->name, (long long)seen, (unsigned long long)world_now(w),
			(long long)p->fill);
	else if (more && seen > p->fill && !p->ghost_put && !p->ghost_take && !p->outside)
		attribute(w, pipe, seen - p->fill);
	else if (seen < p->fill)
		retract(w, pipe, p->fill - seen);
	if (seen == p->fill && !p->ghost_put && !p->ghost_take)
		return;
	/* where the dead may have had a share, that of the sleeping writers stays unknown */
	dead = p->ghost_put || p->ghost_take;
	p->ghost_take = dead ? more : 0;
	p->ghost_put = dead ? pipe_loose(w, pipe) : 0;
	pipe_set_fill(w, pipe, seen);
}

static void compare_slots(struct world *w, u32 pipe, u64 writable, u64 slots)
{
	struct w_pipe *p = &w->pipe[pipe];
	bool room = p->slot_count < p->slots_max;

	if (!p->slots_sure || p->outside)
		return;
	if (writable < 2 && writable != room)
		world_drift(w, "pipe%u %s at event %llu, the world says %u of %u slots are in use",
			p->name, writable ? "has a free slot" : "has no free slot",
			(unsigned long long)world_now(w), p->slot_count, p->slots_max);
	else if (slots != OBS_UNKNOWN && slots != p->slot_count)
		world_drift(w, "pipe%u uses %llu slots at event %llu, the world says %u", p->name,
			(unsigned long long)slots, (unsigned long long)world_now(w), p->slot_count);
	else
		return;
	pipe_unsure(w, pipe);
}

static void observe_pipe(struct world *w, const struct ev_observe *ev)
{
	u32 pipe = pipe_by_ino(w, ev->a);
	struct w_pipe *p = &w->pipe[pipe];

	if (!pipe || ev->b > INT64_MAX)
		return;
	p->seen_seq = world_now(w);
	p->seen_bytes = (i64)ev->b;
	if (!pipe_settle(w, pipe))
		return;
	if (ev->c != OBS_UNKNOWN && ev->c != p->capacity) {
		if (!p->outside)
			world_drift(w,
				"pipe%u has room for %llu bytes at event %llu, the world says %llu",
				p->name, (unsigned long long)ev->c,
				(unsigned long long)world_now(w), (unsigned long long)p->capacity);
		pipe_set_capacity(w, pipe, ev->c);
	}
	compare_bytes(w, pipe, (i64)ev->b);
	compare_slots(w, pipe, ev->d, ev->e);
}

/* ---- settled points ---- */

/* A task that sleeps though the world says it would go. */
static void check_sleepers(struct world *w, u32 pipe)
{
	const struct w_pipe *p = &w->pipe[pipe];
	bool sure = !p->outside && !p->ghost_put && !p->ghost_take;

	for (u32 t = p->open_ops; t && sure; t = op_next(w, t, pipe)) {
		const struct w_op *op = &w->task[t].op;
		enum call_class class = call_class(op->call);
		bool goes = false;

		if (class == CLASS_READ)
			goes = p->fill > 0 || p->writers == 0;
		if (class == CLASS_WRITE)
			goes = p->readers == 0 || (p->slots_sure && op_puts(op, pipe) <= 0);
		if (goes)
			world_drift(w,
				"%s(%d) of task %u sleeps at event %llu, but pipe%u holds %lld "
				"bytes "
				"and has %u writers, %u readers",
				call_name(op->call), op->fd, t, (unsigned long long)world_now(w),
				p->name, (long long)p->fill, p->writers, p->readers);
	}
}

static void observe_settled(struct world *w)
{
	u32 pipe = w->h->touched, unsettled = 0;

	w->h->touched = 0;
	while (pipe) {
		u32 next = w->pipe[pipe].touched_next;

		if (pipe_settle(w, pipe)) {
			check_sleepers(w, pipe);
			fifo_check_sleepers(w, pipe);
			w->pipe[pipe].touched = w->pipe[pipe].touched_next = 0;
		} else {
			w->pipe[pipe].touched_next = unsettled;
			unsettled = pipe;
		}
		pipe = next;
	}
	w->h->touched = unsettled;
	poll_check_sleepers(w);
	process_check_presumed(w);
	if (w->h->unlooked)
		memory_looked(w);
	if (w->h->sync_touched)
		sync_settled(w);
	w->h->pub.settled++;
	w->h->pub.is_settled = 1;
}

/* ---- memory ---- */

static void observe_hooked(struct world *w, u32 task)
{
	for (u32 t = w->proc[w->task[task].proc].task_first; t; t = w->task[t].proc_next)
		w->task[t].hooked = 1;
}

static void observe_segment(struct world *w, const struct ev_observe *ev)
{
	u32 segment = segment_find(w, ev->a, ev->b);

	if (segment)
		segment_resize(w, segment, ev->c);
}

void observe_apply(struct world *w, const struct rec *r, const struct ev_observe *ev)
{
	switch (ev->what) {
	case OBS_STATE: observe_state(w, r->task, r->site, ev); break;
	case OBS_ENDING: observe_task_state(w, r->task, TASK_ENDING); break;
	case OBS_HOLD: observe_task_state(w, r->task, TASK_HELD_EXIT); break;
	case OBS_FD: observe_fd(w, r, ev); break;
	case OBS_FD_GONE: observe_fd_gone(w, r->task, ev->a); break;
	case OBS_PIPE: observe_pipe(w, ev); break;
	case OBS_SOCKET: socket_observe(w, ev); break;
	case OBS_COUNTER: counter_observe(w, ev); break;
	case OBS_LOCK: lock_observe(w, ev); break;
	case OBS_QUEUE: queue_observe(w, r->task, ev); break;
	case OBS_SEMS: sems_observe(w, r->task, ev); break;
	case OBS_CARRIES: carry_note(w, r->task, ev); break;
	case OBS_LIMIT: w->task[r->task].op.limit = ev->a; break;
	case OBS_REACHES: inet_may_reach(w, r->task, ev); break;
	case OBS_SETTLED: observe_settled(w); break;
	case OBS_MODE: w->h->pub.mode = (u32)ev->a; break;
	case OBS_UNMAP: maps_cut(w, w->task[r->task].proc, ev->a, ev->b); break;
	case OBS_HOOKED: observe_hooked(w, r->task); break;
	case OBS_SEGMENT: observe_segment(w, ev); break;
	case OBS_SYNC: sync_observe(w, r->task, ev); break;
	case OBS_ENDS: looked_ends(w, ev); break;
	case OBS_LOCK_HELD: lock_found_held(w, r->task, ev); break;
	case OBS_WATCH: looked_watch(w, r->task, ev); break;
	case OBS_TIMER: looked_timer(w, r->task, ev); break;
	case OBS_PIDFD: looked_pidfd(w, r->task, ev); break;
	case OBS_ATTACHED: signals_attached(w, w->task[r->task].proc, ev); break;
	case OBS_UNKNOWN_CALL: w->h->pub.unknown++; break;
	default: break;
	}
}
