/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * FIFOs, fifo(7): pipes with a name (fifo_name.c). Once open, one is a pipe like any other (pipe.c, transfer.c).
 * Here: open(2), which waits for a partner. Who is inside it counts
 * as an end already (fs/pipe.c, fifo_open): from when is not known, but from the moment it was found
 * asleep it surely does. When the last end is closed the contents vanish; the FIFO lives on while
 * it has a name.
 * open(2) looks the name up when it runs, a moment after its ENTER told where the name led: whose name went away
 * in between (NAME_WENT), or led nowhere yet, may be in another FIFO of that name.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "world/private.h"

/* op.object2 of an open: what may have happened since ENTER. */
enum {
	SAW_PARTNER = 1, /* the other end was, or may have been, open */
	SAW_NONE = 2,    /* no reader was there, as far as the log tells */
	IS_INSIDE = 4,   /* it was found asleep: it counts as an end */
	NAME_WENT = 16,  /* the name was being removed before it was found asleep: it may be in another of that name, or none */
};

u32 fifo_open_access(const struct w_op *op)
{
	static const u8 access[4] = {ACCESS_READ, ACCESS_WRITE, ACCESS_READ | ACCESS_WRITE, 0};

	return op->call == CALL_creat ? ACCESS_WRITE : access[op->arg & O_ACCMODE];
}

static u32 partner_of(u32 access)
{
	return access == ACCESS_READ ? ACCESS_WRITE : access == ACCESS_WRITE ? ACCESS_READ : 0;
}

/* Somebody inside an open(2) of that name with that access, which may have led here though it was told of otherwise; 0 none. */
static u32 seeker(const struct world *w, u32 pipe, u32 access)
{
	u64 name = fifo_name(w, pipe);

	for (u32 t = name ? 1 : w->h->use[POOL_TASK].n; t < w->h->use[POOL_TASK].n; t++) {
		const struct w_op *op = &w->task[t].op;

		if (op->open && op->off == name && call_class(op->call) == CLASS_OPEN && !(op->arg & O_PATH) && op->object != pipe &&
			(!op->object || op->object2 & NAME_WENT) && fifo_open_access(op) & access)
			return t;
	}
	return 0;
}

/* Whoever is about to open that name, and is not surely inside, may come into another of that name, or none. */
void fifo_name_goes(struct world *w, u64 name)
{
	for (u32 t = 1; t < w->h->use[POOL_TASK].n; t++) {
		struct w_op *op = &w->task[t].op;

		if (op->open && op->off == name && call_class(op->call) == CLASS_OPEN && op->object && !(op->object2 & IS_INSIDE))
			op->object2 |= NAME_WENT;
	}
}

/* ---- contents ---- */

void fifo_deserted(struct world *w, u32 pipe)
{
	struct w_pipe *p = &w->pipe[pipe];
	bool unsure = false;

	if (p->files)
		return;
	for (u32 t = p->openers; t; t = w->task[t].op.flow_next) {
		if (w->task[t].op.object2 & IS_INSIDE)
			return;
		unsure = true;
	}
	pipe_touch(w, pipe);
	if (unsure) { /* it may have come in before the last one went */
		p->ghost_take += p->fill > 0 ? p->fill : 0;
		pipe_unsure(w, pipe);
		return;
	}
	if (p->unlinked) {
		pipe_gone(w, pipe);
		return;
	}
	pipe_forget(w, pipe);
	pipe_set_capacity(w, pipe, 16 * PIPE_PAGE);
	p->capacity_most = p->capacity;
}

/* The new end may be the first of a new life: then what was inside has vanished. */
static void contents_may_have_vanished(struct world *w, u32 pipe)
{
	struct w_pipe *p = &w->pipe[pipe];

	if (p->outside || p->fill <= 0 || !p->files ||
		fifo_openers_hold(w, pipe, ACCESS_READ | ACCESS_WRITE, 0) ||
		!pipe_ends_may_be_gone(w, pipe, ACCESS_READ | ACCESS_WRITE, 0))
		return;
	p->ghost_take += p->fill;
	pipe_unsure(w, pipe);
}

/* ---- open(2) ---- */

bool fifo_openers_hold(const struct world *w, u32 pipe, u32 access, u32 witness)
{
	for (u32 t = w->pipe[pipe].openers; t; t = w->task[t].op.flow_next)
		if (t != witness && w->task[t].op.object2 & IS_INSIDE &&
			fifo_open_access(&w->task[t].op) & access)
			return true;
	return false;
}

/* An end comes: reads and writes that are open may have found none before. */
static void note_ends(struct world *w, u32 pipe)
{
	for (u32 t = w->pipe[pipe].open_ops; t; t = op_next(w, t, pipe)) {
		struct w_op *op = &w->task[t].op;

		if (op->pipe == pipe && op->role &&
			pipe_ends_may_be_gone(w, pipe, partner_of(op->role), 0))
			op->object2 |= FIFO_SAW_END;
	}
}

void fifo_begin(struct world *w, u32 task, const struct ev_enter *ev)
{
	struct w_op *op = &w->task[task].op;
	const char *path = (const char *)ev->contents;
	size_t n = strnlen(path, ev->held);

	if (op->call == CALL_mknod || op->call == CALL_mknodat)
		op->text = text_add(w, path, n);
	else if (ev->hash & FIFO_ID)
		op->object = fifo_known(w, ev->hash, path, n);
	else if (call_class(op->call) == CLASS_OPEN && n < ev->held && strncmp(path, "/dev/", 5) && strncmp(path, "/proc/", 6))
		op->text = text_add(w, path, n);
	else if (n < ev->held && !strncmp(path, "/dev/shm/", 9)) /* shm_open, shm_unlink */
		op->text = text_add(w, path, n);
	if ((call_class(op->call) == CLASS_OPEN || call_class(op->call) == CLASS_UNLINK) && n < ev->held)
		op->off = fifo_name_hash(path);
	if (op->object && call_class(op->call) != CLASS_UNLINK && !(op->arg & O_PATH))
		op->role = (u8)fifo_open_access(op);
	if (op->object)
		w->h->pub.last_pipe = op->object;
}

void fifo_open_enter(struct world *w, u32 task)
{
	struct w_op *op = &w->task[task].op;
	u32 pipe = op->object, access = op->role;
	struct w_pipe *p = &w->pipe[pipe];

	if (!pipe || !access)
		return;
	op->object2 = fifo_is_losing_name(w, pipe) ? NAME_WENT : 0;
	if ((access == ACCESS_READ ? p->writers : p->readers) || p->outside)
		op->object2 |= SAW_PARTNER;
	if (pipe_ends_may_be_gone(w, pipe, ACCESS_READ, 0))
		op->object2 |= SAW_NONE;
	for (u32 t = p->openers; t; t = w->task[t].op.flow_next) {
		struct w_op *other = &w->task[t].op;

		if (other->role & partner_of(access))
			op->object2 |= SAW_PARTNER;
		if (access & partner_of(other->role)) {
			other->object2 |= SAW_PARTNER;
			other->asleep = 0;
		}
	}
	op->flow_next = p->openers;
	p->openers = task;
	pipe_touch(w, pipe);
}

void fifo_end_came(struct world *w, u32 pipe, u32 access)
{
	for (u32 t = w->pipe[pipe].openers; t; t = w->task[t].op.flow_next)
		if (access & partner_of(w->task[t].op.role)) {
			w->task[t].op.object2 |= SAW_PARTNER;
			w->task[t].op.asleep = 0;
		}
}

/* Off the list; false when it was not on it. */
static bool opener_leaves(struct world *w, u32 task)
{
	struct w_op *op = &w->task[task].op;
	u32 *link = op->object ? &w->pipe[op->object].openers : NULL;

	while (link && *link && *link != task)
		link = &w->task[*link].op.flow_next;
	if (!link || !*link)
		return false;
	*link = op->flow_next;
	op->flow_next = 0;
	pipe_touch(w, op->object);
	return true;
}

void fifo_open_drop(struct world *w, u32 task)
{
	u32 pipe = w->task[task].op.object;

	if (!opener_leaves(w, task))
		return;
	fifo_end_gone(w, pipe);
	if (!w->pipe[pipe].files)
		fifo_deserted(w, pipe);
}

void fifo_end_gone(struct world *w, u32 pipe)
{
	if (w->pipe[pipe].readers)
		return;
	for (u32 t = w->pipe[pipe].openers; t; t = w->task[t].op.flow_next)
		w->task[t].op.object2 |= SAW_NONE;
}

/* The open came back with this FIFO: did somebody have the other end open meanwhile? */
static void judge_opened(struct world *w, const struct w_op *op)
{
	bool waits = op->role != (ACCESS_READ | ACCESS_WRITE) &&
		     !(op->role == ACCESS_READ && op->arg & O_NONBLOCK);

	if (waits && !(op->object2 & SAW_PARTNER) && !seeker(w, op->object, partner_of(op->role))) {
		/* its name is anybody's: from now on it counts as shared with processes that are not watched */
		w->pipe[op->object].outside = w->pipe[op->object].surprised = 1;
		pipe_unsure(w, op->object);
	}
	world_explain(w);
}

static void judge_refused(struct world *w, u32 task, const struct w_op *op)
{
	bool none = op->object2 & (SAW_NONE | NAME_WENT) || w->pipe[op->object].unlinked ||
		    pipe_ends_may_be_gone(w, op->object, ACCESS_READ, 0);

	if (op->role == ACCESS_WRITE && op->arg & O_NONBLOCK && none)
		world_explain(w);
	else
		world_drift(w, "open of fifo%u by task %u failed at event %llu, though somebody has it open for reading",
			w->pipe[op->object].name, task, (unsigned long long)world_now(w));
}

bool fifo_open_exit(struct world *w, u32 task, const struct ev_exit *ev)
{
	struct w_op *op = &w->task[task].op;
	u32 pipe = op->object;

	if (!opener_leaves(w, task))
		return false;
	w->h->pub.last_pipe = pipe;
	if (ev->ret >= 0 && ev->arg == w->pipe[pipe].ino) {
		judge_opened(w, op);
		note_ends(w, pipe);
		contents_may_have_vanished(w, pipe);
		return true;
	}
	if (ev->ret == -ENXIO)
		judge_refused(w, task, op);
	else if (ev->ret < 0)
		world_explain(w);
	fifo_end_gone(w, pipe);
	if (!w->pipe[pipe].files)
		fifo_deserted(w, pipe);
	return true;
}

/* The name led nowhere when the call began: the one FIFO of that name that was made since. */
static void find_where(struct world *w, u32 task)
{
	struct w_op *op = &w->task[task].op;
	u32 found = 0, n = 0;

	for (u32 i = 1; op->off && i < w->h->use[POOL_PIPE].n; i++)
		if (w->pipe[i].used && w->pipe[i].fifo && w->pipe[i].made_seq > op->seq && fifo_name(w, i) == op->off) {
			found = w->pipe[i].gone ? 0 : i;
			n++;
		}
	if (n != 1 || !found || fifo_may_be_lost(w, op->off, op->seq))
		return;
	op->object = found;
	op->role = (u8)fifo_open_access(op);
	fifo_open_enter(w, task);
	op->object2 &= ~(u32)NAME_WENT; /* where else could it sleep? */
}

void fifo_asleep(struct world *w, u32 task)
{
	struct w_op *op = &w->task[task].op;

	if (!op->object && !(op->arg & O_PATH))
		find_where(w, task);
	if (!op->object || !op->role)
		return;
	/* what it may have seen before it fell asleep did not wake it */
	op->object2 &= ~(u32)(SAW_PARTNER | SAW_NONE);
	if (op->object2 & NAME_WENT)
		return;
	op->asleep = 1;
	if (!(op->object2 & IS_INSIDE))
		note_ends(w, op->object);
	op->object2 |= IS_INSIDE;
	pipe_touch(w, op->object);
}

/* A signal that does nothing broke its sleep off: it is not inside until it has come in again. */
void fifo_awake(struct world *w, u32 task)
{
	struct w_op *op = &w->task[task].op;

	if (!op->object || !op->role)
		return;
	op->asleep = 0;
	op->object2 &= ~(u32)IS_INSIDE;
	if (w->pipe[op->object].unlinked)
		op->object2 |= NAME_WENT;
	fifo_end_gone(w, op->object);
}

void fifo_check_sleepers(struct world *w, u32 pipe)
{
	const struct w_pipe *p = &w->pipe[pipe];

	for (u32 t = p->openers; t && !p->outside; t = w->task[t].op.flow_next) {
		const struct w_op *op = &w->task[t].op;

		if (w->task[t].state != TASK_BLOCKED || !op->asleep)
			continue;
		if ((op->role == ACCESS_READ ? p->writers : p->readers) ||
			fifo_openers_hold(w, pipe, partner_of(op->role), t))
			world_drift(w, "open of fifo%u by task %u sleeps at event %llu, though its other end is open",
				p->name, t, (unsigned long long)world_now(w));
	}
}

/* ---- outlook ---- */

enum outlook fifo_outlook(const struct world *w, const struct w_task *t)
{
	const struct w_op *op = &t->op;
	const struct w_pipe *p = &w->pipe[op->object];
	u32 partner = partner_of(op->role);
	bool maybe = p->outside;

	if (!partner || op->arg & O_NONBLOCK)
		return OUTLOOK_GOES;
	if (op->open ? op->object2 & NAME_WENT : p->unlinked) /* the name leads elsewhere by now, or nowhere */
		return OUTLOOK_UNKNOWN;
	if (partner == ACCESS_WRITE ? p->writers : p->readers)
		return OUTLOOK_GOES;
	for (u32 o = p->openers; o; o = w->task[o].op.flow_next) {
		const struct w_op *other = &w->task[o].op;

		if (!(other->role & partner))
			continue;
		if (other->object2 & IS_INSIDE)
			return OUTLOOK_GOES;
		maybe = true;
	}
	return maybe || seeker(w, op->object, partner) ? OUTLOOK_UNKNOWN : OUTLOOK_BLOCKS;
}
