/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Pipes: birth, ends, end; and the operations open on one. Between its ENTER and its EXIT an
 * operation may or may not have had its effect: a pipe's `fill` counts what came back, and what
 * it may hold lies between fill - (what open ones may take) and fill + (what open ones may put).
 * An operation known to sleep has no effect until something wakes it, so that held runs, in which
 * one task moves at a time, are known exactly.
 */
#include <fcntl.h>

#include "world/private.h"

/* ---- birth and end ---- */

static u32 *ino_bucket(struct world *w, u64 ino)
{
	return &w->h->by_ino[ino % INO_BUCKETS];
}

u32 pipe_by_ino(const struct world *w, u64 ino)
{
	u32 pipe = w->h->by_ino[ino % INO_BUCKETS];

	while (pipe && w->pipe[pipe].ino != ino)
		pipe = w->pipe[pipe].ino_next;
	return pipe;
}

u32 pipe_new(struct world *w, u32 creator, u64 ino, u64 capacity)
{
	u32 index = pool_take(w, POOL_PIPE);
	struct w_pipe *p = &w->pipe[index];

	if (!index)
		return 0;
	p->name = ++w->h->pub.pipes_named;
	p->creator = creator;
	p->nth = creator ? ++w->task[creator].made_pipes : ++w->h->outside_n;
	p->ino = ino;
	p->made_seq = world_now(w);
	p->slots_sure = p->spans_sure = 1;
	pipe_set_capacity(w, index, capacity);
	p->capacity_most = p->capacity;
	p->ino_next = *ino_bucket(w, ino);
	*ino_bucket(w, ino) = index;
	pipe_touch(w, index);
	return index;
}

void pipe_set_capacity(struct world *w, u32 pipe, u64 capacity)
{
	struct w_pipe *p = &w->pipe[pipe];

	if (capacity > 1ull << 40)
		capacity = 1ull << 40; /* nonsense; the kernel allows 2 GiB */
	p->capacity = capacity;
	p->slots_max = (u32)(capacity / PIPE_PAGE);
	if (capacity > p->capacity_most)
		p->capacity_most = capacity;
}

void pipe_touch(struct world *w, u32 pipe)
{
	struct w_pipe *p = &w->pipe[pipe];

	p->touched_seq = world_now(w);
	if (p->touched)
		return;
	p->touched = 1;
	p->touched_next = w->h->touched;
	w->h->touched = pipe;
}

static void forget_oldest_gone(struct world *w)
{
	u32 oldest = w->h->gone_first, *link = &w->h->touched;

	w->h->gone_first = w->pipe[oldest].gone_next;
	if (!w->h->gone_first)
		w->h->gone_last = 0;
	w->h->gone_n--;
	if (w->pipe[oldest].touched) {
		while (*link != oldest)
			link = &w->pipe[*link].touched_next;
		*link = w->pipe[oldest].touched_next;
	}
	if (w->h->pub.last_pipe == oldest)
		w->h->pub.last_pipe = 0;
	pool_give(w, POOL_PIPE, oldest);
}

/* Nobody holds an end: contents vanish. It stays to be looked at until many others have gone. */
void pipe_gone(struct world *w, u32 pipe)
{
	struct w_pipe *p = &w->pipe[pipe];
	u32 *link = ino_bucket(w, p->ino);

	while (*link != pipe)
		link = &w->pipe[*link].ino_next;
	*link = p->ino_next;
	p->ino_next = 0;
	slots_clear(w, pipe);
	spans_clear(w, pipe);
	p->fill = p->ghost_put = p->ghost_take = 0;
	p->gone = 1;
	if (w->h->gone_last)
		w->pipe[w->h->gone_last].gone_next = pipe;
	else
		w->h->gone_first = pipe;
	w->h->gone_last = pipe;
	if (++w->h->gone_n > GONE_PIPES_KEPT)
		forget_oldest_gone(w);
}

void pipe_file_added(struct world *w, u32 file)
{
	struct w_file *f = &w->file[file];
	struct w_pipe *p = &w->pipe[f->object];

	f->next = p->files;
	p->files = file;
	p->readers += !!(f->access & ACCESS_READ);
	p->writers += !!(f->access & ACCESS_WRITE);
	if (p->fifo)
		fifo_end_came(w, f->object, f->access);
}

void pipe_file_gone(struct world *w, u32 file)
{
	struct w_file *f = &w->file[file];
	struct w_pipe *p = &w->pipe[f->object];
	u32 *link = &p->files;

	while (*link != file)
		link = &w->file[*link].next;
	*link = f->next;
	p->readers -= !!(f->access & ACCESS_READ);
	p->writers -= !!(f->access & ACCESS_WRITE);
	p->read_due |= p->writers == 0;
	p->pump_due |= p->readers == 0;
	pipe_touch(w, f->object);
	if (p->fifo)
		fifo_end_gone(w, f->object);
	if (!p->files && p->fifo)
		fifo_deserted(w, f->object);
	else if (!p->files)
		pipe_gone(w, f->object);
}

/* ---- open operations ---- */

i64 op_size(const struct w_op *op)
{
	return (i64)(op->size < RW_MAX ? op->size : RW_MAX);
}

i64 op_takes(const struct w_op *op, u32 pipe)
{
	return op->pipe == pipe && op->role == ACCESS_READ ? op_size(op) : 0;
}

i64 op_puts(const struct w_op *op, u32 pipe)
{
	if (op->pipe2 != pipe && !(op->pipe == pipe && op->role == ACCESS_WRITE))
		return 0;
	return op_size(op) - (i64)op->done;
}

u32 op_next(const struct world *w, u32 task, u32 pipe)
{
	const struct w_op *op = &w->task[task].op;

	return op->pipe == pipe ? op->next : op->next2;
}

bool pipe_op_sleeps(const struct w_pipe *p, const struct w_op *op, u32 pipe)
{
	if (!op->asleep)
		return false;
	return op_takes(op, pipe) ? !p->read_due : !p->pump_due;
}

i64 pipe_open_puts(const struct world *w, u32 pipe)
{
	i64 sum = 0;

	for (u32 t = w->pipe[pipe].open_ops; t; t = op_next(w, t, pipe))
		sum += op_puts(&w->task[t].op, pipe);
	return sum;
}

i64 pipe_open_takes(const struct world *w, u32 pipe)
{
	/* A read throws the rest of a packet away: up to a page more than it asked for. */
	i64 sum = 0, more = w->pipe[pipe].packets ? PIPE_PAGE : 0;

	for (u32 t = w->pipe[pipe].open_ops; t; t = op_next(w, t, pipe)) {
		i64 takes = op_takes(&w->task[t].op, pipe);
		sum += takes ? takes + more : 0;
	}
	return sum;
}

/* What was attributed to one of several sleeping writers may have been another's. */
i64 pipe_loose(const struct world *w, u32 pipe)
{
	i64 sum = 0;

	for (u32 t = w->pipe[pipe].open_ops; t; t = op_next(w, t, pipe))
		sum += w->task[t].op.loose ? (i64)w->task[t].op.done : 0;
	return sum;
}

i64 pipe_least(const struct world *w, u32 pipe)
{
	return w->pipe[pipe].fill - w->pipe[pipe].ghost_take - pipe_open_takes(w, pipe) -
	       pipe_loose(w, pipe);
}

void pipe_widen(struct world *w, u32 pipe)
{
	const struct w_pipe *p = &w->pipe[pipe];
	i64 least = pipe_least(w, pipe);
	i64 most = p->fill + p->ghost_put + pipe_open_puts(w, pipe);

	for (u32 t = p->open_ops; t; t = op_next(w, t, pipe)) {
		struct w_op *op = &w->task[t].op;
		i64 lo = least + op_takes(op, pipe), hi = most - op_puts(op, pipe);

		if (op->pipe != pipe)
			continue; /* the second pipe of a splice is not judged by its range */
		if (lo < 0)
			lo = 0;
		if (lo < op->lo)
			op->lo = lo;
		if (hi > op->hi)
			op->hi = hi;
	}
}

static void restart_range(struct w_op *op)
{
	op->lo = INT64_MAX;
	op->hi = INT64_MIN;
}

void pipe_unsure(struct world *w, u32 pipe)
{
	struct w_pipe *p = &w->pipe[pipe];

	p->slots_sure = p->spans_sure = 0;
	if (p->slot_first)
		slots_clear(w, pipe);
}

/* Nothing left that could change the pipe, or what others find in it. */
static bool op_is_spent(const struct w_op *op, u32 pipe)
{
	return !op_takes(op, pipe) && !op_puts(op, pipe) && call_class(op->call) != CLASS_FCNTL;
}

void pipe_op_overlap(struct world *w, u32 task, u32 pipe)
{
	struct w_pipe *p = &w->pipe[pipe];
	struct w_op *op = &w->task[task].op;

	for (u32 t = p->open_ops; t; t = op_next(w, t, pipe)) {
		struct w_op *other = &w->task[t].op;

		if (t == task || pipe_op_sleeps(p, other, pipe) || op_is_spent(other, pipe))
			continue;
		if (op->asleep && other->asleep && op_puts(op, pipe) && op_puts(other, pipe))
			continue; /* writers woken from the queue go in turn: pipe_pump */
		op->alone = other->alone = 0;
		pipe_unsure(w, pipe);
	}
}

static void op_link(struct world *w, u32 task, u32 pipe, u32 *next)
{
	struct w_pipe *p = &w->pipe[pipe];

	*next = p->open_ops;
	p->open_ops = task;
	pipe_op_overlap(w, task, pipe);
	pipe_touch(w, pipe);
	pipe_widen(w, pipe);
	pipe_quiet(w, pipe);
	w->h->pub.last_pipe = pipe;
}

void pipe_op_begin(struct world *w, u32 task)
{
	struct w_op *op = &w->task[task].op;

	op->alone = 1;
	restart_range(op);
	if (op->pipe2)
		op_link(w, task, op->pipe2, op->pipe2 == op->pipe ? &op->next : &op->next2);
	if (op->pipe && op->pipe != op->pipe2)
		op_link(w, task, op->pipe, &op->next);
	if (op->role == ACCESS_WRITE && w->file[op->file].flags & O_DIRECT)
		w->pipe[op->pipe].packets = 1;
}

static void op_unlink(struct world *w, u32 task, u32 pipe)
{
	struct w_pipe *p = &w->pipe[pipe];
	u32 next = op_next(w, task, pipe), t = p->open_ops;

	if (t == task) {
		p->open_ops = next;
		return;
	}
	while (t && op_next(w, t, pipe) != task)
		t = op_next(w, t, pipe);
	if (!t)
		return;
	if (w->task[t].op.pipe == pipe)
		w->task[t].op.next = next;
	else
		w->task[t].op.next2 = next;
}

bool pipe_account_holds(struct world *w, u32 pipe)
{
	struct w_pipe *p = &w->pipe[pipe];
	i64 least = -(pipe_open_puts(w, pipe) + p->ghost_put);

	if (p->fill >= least)
		return true;
	pipe_set_fill(w, pipe, least);
	return p->outside;
}

static void op_leave(struct world *w, u32 task, u32 pipe)
{
	op_unlink(w, task, pipe);
	if (!pipe_account_holds(w, pipe))
		world_drift(w, "by event %llu more was taken from pipe%u than was put in",
			(unsigned long long)world_now(w), w->pipe[pipe].name);
	pipe_touch(w, pipe);
	pipe_widen(w, pipe);
	pipe_quiet(w, pipe);
}

void pipe_op_end(struct world *w, u32 task)
{
	struct w_op *op = &w->task[task].op;
	u32 pipe = op->pipe, pipe2 = op->pipe2;

	if (pipe)
		op_leave(w, task, pipe);
	if (pipe2 && pipe2 != pipe)
		op_leave(w, task, pipe2);
	op->pipe = op->pipe2 = op->next = op->next2 = 0;
}

/* ---- certainly empty ---- */

void pipe_forget(struct world *w, u32 pipe)
{
	struct w_pipe *p = &w->pipe[pipe];

	slots_clear(w, pipe);
	spans_clear(w, pipe);
	p->fill = p->ghost_put = p->ghost_take = 0;
	p->slots_sure = p->spans_sure = 1;
	p->packets = 0;
	p->pump_due = 0;
	p->read_due = p->writers == 0;
}

void pipe_quiet(struct world *w, u32 pipe)
{
	struct w_pipe *p = &w->pipe[pipe];

	if (!p->open_ops) {
		p->capacity_most = p->capacity;
		p->pump_due = p->read_due = 0;
	}
	if (p->fill || p->ghost_put || p->ghost_take || p->outside || pipe_open_puts(w, pipe))
		return;
	if (!p->slots_sure || !p->spans_sure)
		pipe_forget(w, pipe);
	/* A blocking read open on an empty pipe has had no effect: it is as good as asleep. */
	for (u32 t = p->open_ops; t; t = op_next(w, t, pipe)) {
		struct w_op *op = &w->task[t].op;

		if (p->writers && op->pipe == pipe && call_class(op->call) == CLASS_READ &&
			!w->file[op->file].was_nonblock) {
			op->asleep = op->alone = 1;
			p->read_due = 0;
		}
	}
}

void pipe_now_empty(struct world *w, u32 pipe)
{
	if (pipe_open_puts(w, pipe) || pipe_open_takes(w, pipe))
		return; /* open ones may have changed it since */
	pipe_forget(w, pipe);
}

void pipe_set_fill(struct world *w, u32 pipe, i64 bytes)
{
	struct w_pipe *p = &w->pipe[pipe];

	pipe_unsure(w, pipe);
	if (bytes < p->fill)
		spans_take(w, pipe, (u64)(p->fill - bytes));
	if (bytes > p->fill)
		spans_put(w, pipe, 0, NULL, 0, (u64)(bytes - p->fill));
	p->fill = bytes;
	pipe_quiet(w, pipe);
}

/* ---- sleeping operations ---- */

static u32 first_in_turn(const struct world *w, u32 pipe)
{
	u32 first = 0;

	for (u32 t = w->pipe[pipe].open_ops; t; t = op_next(w, t, pipe)) {
		const struct w_op *op = &w->task[t].op;

		if (!op->asleep || call_class(op->call) != CLASS_WRITE || op_puts(op, pipe) <= 0)
			continue;
		if (!first || op->turn < w->task[first].op.turn)
			first = t;
	}
	return first;
}

/* Puts in what fits of a write that did not fit; one that fills the pipe queues up behind the rest. */
static u64 op_pump(struct world *w, u32 task, u32 pipe)
{
	struct w_pipe *p = &w->pipe[pipe];
	struct w_op *op = &w->task[task].op;
	u64 put = slots_put(w, pipe, op);

	spans_put(w, pipe, task, op, op->done, put);
	p->fill += (i64)put;
	p->written += put;
	op->done += put;
	if (put && op_puts(op, pipe))
		op->turn = ++p->turns;
	return put;
}

/* fs/pipe.c wakes one writer at a time, the one that sleeps longest. */
void pipe_pump(struct world *w, u32 pipe, u32 until)
{
	struct w_pipe *p = &w->pipe[pipe];
	u32 task;

	while (p->slots_sure && p->readers && (task = first_in_turn(w, pipe)) != 0)
		if (!op_pump(w, task, pipe) || task == until)
			break;
	if (!until)
		p->pump_due = 0;
}

static void op_asleep_on(struct world *w, u32 task, u32 pipe)
{
	struct w_pipe *p = &w->pipe[pipe];
	struct w_op *op = &w->task[task].op;

	if (!op->asleep)
		op->turn = ++p->turns;
	pipe_touch(w, pipe);
	pipe_op_overlap(w, task, pipe);
	op->asleep = 1;
	/* a splice that sleeps has moved nothing yet; a write has put in what fits */
	if (op_puts(op, pipe) && call_class(op->call) == CLASS_WRITE) {
		if (pipe_open_takes(w, pipe)) {
			/* it has put something in; a reader that was asleep may be taking of it */
			pipe_unsure(w, pipe);
			p->read_due = 1;
		} else if (op->alone && p->slots_sure && !op->tried && p->readers) {
			op_pump(w, task, pipe);
		}
	} else {
		restart_range(op); /* it found nothing so far */
		op->alone = 1;
	}
	pipe_widen(w, pipe);
	pipe_quiet(w, pipe);
}

void pipe_op_asleep(struct world *w, u32 task)
{
	struct w_op *op = &w->task[task].op;

	if (op->pipe2)
		op_asleep_on(w, task, op->pipe2);
	if (op->pipe && op->pipe != op->pipe2)
		op_asleep_on(w, task, op->pipe);
}

/* ---- who could still hold an end ---- */

/* May this descriptor of this process be closed already, though the log does not say so yet? */
static bool fd_may_be_gone(const struct w_fd *fd, const struct w_proc *proc)
{
	return fd->closing || proc->ending >= proc->tasks || (proc->execing && fd->cloexec);
}

static bool fd_gone_or_presumed(struct world *w, u32 fd, u32 pipe, u32 access, u32 witness)
{
	u32 table = w->fd[fd].fdt;

	for (u32 p = w->fdt[table].procs; p; p = w->proc[p].fdt_next) {
		if (fd_may_be_gone(&w->fd[fd], &w->proc[p]))
			continue;
		if (!witness || w->task[witness].proc == p)
			return false;
		process_presume_dead(w, p, pipe, access);
	}
	return true;
}

bool pipe_ends_may_be_gone(struct world *w, u32 pipe, u32 access, u32 witness)
{
	struct w_pipe *p = &w->pipe[pipe];

	if (p->outside)
		return true;
	if (p->openers && fifo_openers_hold(w, pipe, access, witness))
		return false;
	for (u32 f = p->files; f; f = w->file[f].next) {
		if (!(w->file[f].access & access))
			continue;
		if (w->file[f].carried && !carry_may_be_gone(w, f, witness))
			return false;
		for (u32 d = w->file[f].fd_first; d; d = w->fd[d].same)
			if (!fd_gone_or_presumed(w, d, pipe, access, witness))
				return false;
	}
	return true;
}

bool file_may_be_gone(struct world *w, u32 file, u32 socket, u32 witness)
{
	if (w->file[file].carried && !carry_may_be_gone(w, file, witness))
		return false;
	for (u32 d = w->file[file].fd_first; d; d = w->fd[d].same)
		if (!fd_gone_or_presumed(w, d, socket, ACCESS_SOCKET, witness))
			return false;
	return true;
}
