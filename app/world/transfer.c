/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reads, writes and splices on a pipe: is the result one that Linux could have given? Where no
 * other operation overlapped and the slots are known, exactly one result is right; else the bytes
 * must lie within what the pipe may have held since ENTER.
 */
#include <errno.h>
#include <fcntl.h>

#include "world/private.h"

/* What the rules are asked about: one operation that has come back. */
struct done_op {
	u32 task, pipe;
	struct w_op *op;
	struct w_pipe *p;
	const struct w_file *file;
	i64 size, ret;
};

static bool interrupted(i64 ret)
{
	return ret == -EINTR || (ret <= -512 && ret >= -516); /* ERESTART*, seen by a tracer only */
}

/* Results that say nothing about the pipe: bad memory, no memory; a position or a flag that pipes do not have. */
static bool not_the_pipes_fault(const struct w_op *op, i64 ret)
{
	bool positioned = op->call == CALL_preadv2 || op->call == CALL_pwritev2;

	return ret == -EFAULT || ret == -ENOMEM || ret == -EINVAL || (positioned && (ret == -ESPIPE || ret == -EOPNOTSUPP));
}

/* It came to memory that is not there, and what was before that is in. */
static bool was_cut_by_memory(const struct done_op *d)
{
	return d->op->flags & EVF_UNREAD && d->ret < d->size;
}

static bool may_be_nonblocking(const struct done_op *d)
{
	/* RWF_NOWAIT is not in the log */
	return d->file->was_nonblock || d->op->call == CALL_preadv2 || d->op->call == CALL_pwritev2;
}

static bool exactly_known(const struct done_op *d)
{
	return d->op->alone && d->p->slots_sure && !d->p->outside && !d->p->ghost_put &&
	       !d->p->ghost_take;
}

static void judge(struct world *w, const struct done_op *d, bool ok)
{
	char task[24], pipe[24];

	if (ok) {
		world_explain(w);
		return;
	}
	world_drift(w, "%s(%d) of %s returned %lld at event %llu, but %s held %lld to %lld bytes",
		call_name(d->op->call), d->op->fd, world_task_name(w, d->task, task),
		(long long)d->ret, (unsigned long long)world_now(w),
		world_pipe_name(w, d->pipe, pipe), (long long)d->op->lo, (long long)d->op->hi);
}

/* ---- reads ---- */

static void take(struct world *w, const struct done_op *d, u64 bytes)
{
	spans_take(w, d->pipe, bytes);
	d->p->fill -= (i64)bytes;
	d->p->taken += bytes;
	d->p->pump_due = 1;
}

static bool read_took(struct world *w, const struct done_op *d)
{
	u64 discarded = 0, exact = slots_would_take(w, d->pipe, (u64)d->size, &discarded);
	bool ok;

	if (exactly_known(d) && (u64)d->ret == exact) {
		slots_take(w, d->pipe, exact + discarded);
		take(w, d, exact + discarded);
		return true;
	}
	ok = was_cut_by_memory(d) || (!exactly_known(d) && d->ret <= d->size &&
					     (d->ret == d->size || d->p->packets || d->ret >= d->op->lo));
	pipe_unsure(w, d->pipe);
	take(w, d, (u64)d->ret);
	if (d->p->packets && d->ret == d->size)
		d->p->ghost_take += PIPE_PAGE; /* the rest of a packet may have been thrown away */
	d->op->size = 0;                       /* it takes no more */
	return pipe_account_holds(w, d->pipe) && (ok || d->p->outside);
}

static bool was_empty(const struct done_op *d)
{
	if (d->p->outside)
		return true;
	return exactly_known(d) ? d->p->fill == 0 : d->op->lo <= 0;
}

/* The read saw an empty pipe; unless others came in between it is so now. */
static void learn_empty(struct world *w, const struct done_op *d)
{
	d->op->size = 0;
	if (d->op->alone && !d->p->outside)
		pipe_now_empty(w, d->pipe);
}

static bool read_ended(struct world *w, const struct done_op *d)
{
	bool empty = was_empty(d);

	if (d->size == 0)
		return true;
	learn_empty(w, d);
	return (d->op->object2 & FIFO_SAW_END || pipe_ends_may_be_gone(w, d->pipe, ACCESS_WRITE, d->task)) && empty;
}

static bool read_again(struct world *w, const struct done_op *d)
{
	bool ok = may_be_nonblocking(d) && was_empty(d);

	learn_empty(w, d);
	return ok;
}

/* ---- writes ---- */

static void put(struct world *w, const struct done_op *d, u64 bytes)
{
	spans_put(w, d->pipe, d->task, d->op, d->op->done, bytes);
	d->p->fill += (i64)bytes;
	d->p->written += bytes;
	d->op->done += bytes;
	d->p->read_due = 1;
}

/* Other operations can have made room, or taken part, while this write went on. */
static bool had_help(struct world *w, const struct done_op *d)
{
	return pipe_open_takes(w, d->pipe) > 0 || (d->op->asleep && d->p->pump_due);
}

/* A write that returns less than asked needs a reason. A signal's delivery comes after it. */
static void short_write_needs_reason(struct world *w, const struct done_op *d)
{
	if (d->ret < d->size && !may_be_nonblocking(d) && !d->p->outside && !was_cut_by_memory(d) &&
		!pipe_ends_may_be_gone(w, d->pipe, ACCESS_READ, 0))
		w->task[d->task].owes_signal = d->pipe;
}

static bool write_put_exactly(struct world *w, const struct done_op *d)
{
	u64 n = (u64)d->ret;

	if (d->op->asleep && op_puts(d->op, d->pipe))
		pipe_pump(w, d->pipe, d->task);
	else if (d->op->asleep)
		d->p->read_due = 1; /* all of it is in already */
	else if (n == slots_room(d->p, w, d->op))
		put(w, d, slots_put(w, d->pipe, d->op));
	d->p->read_due = 1;
	return d->op->done == n;
}

/* Bytes that were counted in and never came: a sleeping write attributed too much. */
static void unput(struct world *w, const struct done_op *d, u64 n)
{
	pipe_set_fill(w, d->pipe, d->p->fill + (i64)n - (i64)d->op->done);
	d->op->done = n;
}

static bool write_put(struct world *w, const struct done_op *d)
{
	u64 n = (u64)d->ret, before = d->op->done;
	bool exact = exactly_known(d), ok;
	/* a reader can only have made room for one that had to wait */
	bool waited = d->op->asleep || slots_room(d->p, w, d->op) < (u64)d->size;

	if (d->ret > d->size)
		return false;
	short_write_needs_reason(w, d);
	if (exact && write_put_exactly(w, d))
		return true;
	ok = was_cut_by_memory(d) || ((!exact || (waited && had_help(w, d))) && (n >= before || d->op->loose));
	if (n < d->op->done)
		unput(w, d, n);
	pipe_unsure(w, d->pipe);
	put(w, d, n - d->op->done);
	d->op->size = d->op->done;
	if (pipe_least(w, d->pipe) > (i64)d->p->capacity_most)
		ok = false;
	return ok || d->p->outside;
}

/* It came back without having put anything in. */
static bool write_put_nothing(struct world *w, const struct done_op *d)
{
	bool ok = d->op->done == 0 || d->op->loose || d->p->outside;

	if (d->op->done)
		unput(w, d, 0);
	d->op->size = 0;
	return ok;
}

static bool write_again(struct world *w, const struct done_op *d)
{
	bool full = d->op->hi >= (i64)d->p->slots_max || d->p->outside;

	if (exactly_known(d))
		full = slots_room(d->p, w, d->op) == 0;
	return write_put_nothing(w, d) && full && may_be_nonblocking(d);
}

static bool write_broken(struct world *w, const struct done_op *d)
{
	return write_put_nothing(w, d) &&
	       (d->op->object2 & FIFO_SAW_END || pipe_ends_may_be_gone(w, d->pipe, ACCESS_READ, d->task));
}

/* ---- one operation comes back ---- */

/* EBADF where the table has the right end is right only while somebody closes it. */
static bool bad_fd_is_right(const struct world *w, const struct done_op *d)
{
	u32 fdt = w->proc[w->task[d->task].proc].fdt, fd = fdt ? fd_find(w, fdt, d->op->fd) : 0;

	return !fd || w->fd[fd].closing || w->fd[fd].file != d->op->file;
}

static bool came_back(struct world *w, const struct done_op *d)
{
	bool reads = d->op->role == ACCESS_READ;

	if (d->ret == -EBADF)
		return bad_fd_is_right(w, d);
	if (interrupted(d->ret) || not_the_pipes_fault(d->op, d->ret))
		return reads || write_put_nothing(w, d);
	if (d->ret == -EAGAIN)
		return reads ? read_again(w, d) : write_again(w, d);
	if (reads && d->ret >= 0)
		return d->ret ? read_took(w, d) : read_ended(w, d);
	if (d->ret == -EPIPE && !reads)
		return write_broken(w, d);
	if (d->ret > 0)
		return write_put(w, d);
	return d->ret == 0 && d->size == 0;
}

void transfer_exit(struct world *w, u32 task, const struct ev_exit *ev, bool restart)
{
	struct w_op *op = &w->task[task].op;
	struct done_op d = {
		.task = task,
		.pipe = op->pipe,
		.op = op,
		.p = &w->pipe[op->pipe],
		.file = &w->file[op->file],
		.size = op_size(op),
		.ret = restart ? -EINTR : ev->ret,
	};

	w->h->pub.last_pipe = d.pipe;
	pipe_op_overlap(w, task, d.pipe);
	judge(w, &d, came_back(w, &d));
	op->size = op->role == ACCESS_WRITE ? op->done : 0; /* no further effect */
	pipe_op_end(w, task);
}

/* A read that sleeps undisturbed has taken nothing; a write has put in what the slots rule says. */
static bool share_is_known(const struct w_pipe *p, const struct w_op *op, u32 pipe)
{
	return op->alone && pipe_op_sleeps(p, op, pipe) &&
	       (op_takes(op, pipe) || (p->slots_sure && !op->loose));
}

/* It will never come back: what it may have done before the task died stays open for ever. */
void transfer_abandon(struct world *w, u32 task)
{
	struct w_op *op = &w->task[task].op;
	u32 pipes[2] = {op->pipe, op->pipe2};

	for (int i = 0; i < 2; i++) {
		struct w_pipe *p = &w->pipe[pipes[i]];

		if (!pipes[i])
			continue;
		pipe_op_overlap(w, task, pipes[i]);
		if (share_is_known(p, op, pipes[i]))
			continue;
		p->ghost_take += op->loose ? (i64)op->done : 0;
		p->ghost_take += op_takes(op, pipes[i]);
		p->ghost_put += op_puts(op, pipes[i]);
		if (op_takes(op, pipes[i]) || op_puts(op, pipes[i]))
			pipe_unsure(w, pipes[i]);
	}
	op->role = 0;
	op->size = op->done;
	pipe_op_end(w, task);
}

/* ---- splice, tee, sendfile, vmsplice ---- */

static bool splice_took(struct world *w, u32 task, u32 pipe, u64 n)
{
	struct w_pipe *p = &w->pipe[pipe];

	spans_take(w, pipe, n);
	p->fill -= (i64)n;
	p->taken += n;
	p->pump_due = 1;
	w->task[task].op.role = 0;
	return pipe_account_holds(w, pipe);
}

static bool splice_put(struct world *w, u32 pipe, u64 n)
{
	struct w_pipe *p = &w->pipe[pipe];

	spans_put(w, pipe, 0, NULL, 0, n);
	p->fill += (i64)n;
	p->written += n;
	p->read_due = 1;
	return p->outside || pipe_least(w, pipe) <= (i64)p->capacity_most;
}

void splice_exit(struct world *w, u32 task, const struct ev_exit *ev)
{
	struct w_op *op = &w->task[task].op;
	u32 from = op->role == ACCESS_READ ? op->pipe : 0;
	u32 to = op->role == ACCESS_WRITE ? op->pipe : op->pipe2;
	struct done_op d = {
		.task = task, .pipe = op->pipe ? op->pipe : op->pipe2, .op = op, .ret = ev->ret};
	bool ok = true;

	for (int i = 0; i < 2; i++) {
		u32 pipe = i ? op->pipe2 : op->pipe;
		if (!pipe)
			continue;
		pipe_op_overlap(w, task, pipe);
		w->h->pub.last_pipe = pipe;
		if (ev->ret > 0 && (pipe == from || pipe == to))
			pipe_unsure(w, pipe);
	}
	if (ev->ret > 0 && from)
		ok = splice_took(w, task, from, (u64)ev->ret);
	if (ev->ret > 0 && op->pipe && op->pipe2 && w->pipe[op->pipe].packets)
		w->pipe[op->pipe2].packets = 1; /* splice and tee keep PIPE_BUF_FLAG_PACKET */
	op->done = (u64)op_size(op); /* nothing more comes of it */
	if (ev->ret > 0 && to)
		ok = splice_put(w, to, (u64)ev->ret) && ok;
	if (ev->ret == -EPIPE && to)
		ok = pipe_ends_may_be_gone(w, to, ACCESS_READ, task);
	judge(w, &d, ok);
	op->role = 0;
	pipe_op_end(w, task);
}
