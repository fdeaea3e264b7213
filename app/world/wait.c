/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a blocked or spinning task waits for: one wait, from its call and the objects. */
#include <sys/mman.h>

#include "world/wait.h"

static void wait_on_pipe(const struct world *w, struct wait *wait, enum why_reason reason, u32 pipe)
{
	const struct w_pipe *p = &w->pipe[pipe];

	wait->reason = reason;
	wait->pipe = pipe;
	wait->access = reason == WHY_EMPTY ? ACCESS_WRITE : ACCESS_READ;
	wait->anybody = p->fifo && !p->unlinked;
	wait->open_ended = p->outside || p->ghost_put || p->ghost_take ||
			   (reason == WHY_EMPTY && (p->fill > 0 || p->writers == 0)) ||
			   (reason == WHY_FULL && (p->pump_due || p->readers == 0));
}

static void wait_in_transfer(const struct world *w, const struct w_task *t, struct wait *wait)
{
	const struct w_file *f = outlook_file(w, t);
	bool reads = call_class(t->op.call) == CLASS_READ;

	if (f && f->kind == OBJ_PIPE)
		wait_on_pipe(w, wait, reads ? WHY_EMPTY : WHY_FULL, f->object);
	else if (f && f->kind == OBJ_TTY)
		wait->reason = WHY_TERMINAL;
}

static void wait_in_splice(const struct world *w, const struct w_task *t, struct wait *wait)
{
	if (t->op.pipe && t->op.role != ACCESS_WRITE && w->pipe[t->op.pipe].fill <= 0)
		wait_on_pipe(w, wait, WHY_EMPTY, t->op.pipe);
	else if (t->op.pipe2 || t->op.role == ACCESS_WRITE)
		wait_on_pipe(w, wait, WHY_FULL, t->op.pipe2 ? t->op.pipe2 : t->op.pipe);
	else if (w->file[t->op.file2].kind == OBJ_SOCKET && socket_room_wait(w, w->file[t->op.file2].object, &wait->ipc))
		wait->reason = WHY_FULL; /* sendfile(2) into a socket; that it is that, and not the file, is likely: open-ended */
}

static void wait_in_open(const struct world *w, const struct w_task *t, struct wait *wait)
{
	if (!t->op.object || !t->op.role)
		return;
	wait->reason = WHY_OPEN;
	wait->pipe = t->op.object;
	wait->access = ACCESS_READ + ACCESS_WRITE - t->op.role;
	wait->anybody = !w->pipe[wait->pipe].unlinked;
	wait->open_ended = w->pipe[wait->pipe].outside || fifo_outlook(w, t) != OUTLOOK_BLOCKS;
}

static bool has_vfork_child(const struct world *w, u32 task)
{
	for (u32 c = w->proc[w->task[task].proc].child_first; c; c = w->proc[c].sibling)
		if (w->proc[c].vfork && w->proc[c].creator == task)
			return true;
	return false;
}

/* ---- waits for memory, and for what lies in it ---- */

static void wait_on_place(const struct world *w, u32 task, struct wait *wait, u32 segment, u64 off)
{
	const struct w_segment *s = &w->segment[segment];

	wait->segment = segment;
	wait->off = off;
	wait->proc = segment ? 0 : maps_of(w, w->task[task].proc);
	/* those who made it are not watched */
	wait->open_ended = segment && ((!s->creator && !s->enclosed) || s->shared_outside);
	wait->anybody = segment && s->title && !s->unlinked &&
			(s->kind == SEGMENT_POSIX || s->kind == SEGMENT_FILE);
}

static void wait_for_owner(const struct w_sync *s, struct wait *wait)
{
	u32 holder = s->owner || s->value != 1 ? s->owner : s->readers[0]; /* the only reader */

	wait->reason = WHY_MUTEX;
	if (s->owner_died) {
		wait->nobody = !s->robust;
		wait->open_ended = s->robust;
	} else if (holder && !(s->shaky & 1)) {
		wait->task = holder;
	} else if (!s->owner && s->value <= 0) {
		wait->open_ended = true; /* free, or locked before anybody looked */
	} else {
		return;
	}
	wait->anybody = false;
}

static void wait_on_sync(const struct world *w, u32 task, struct wait *wait)
{
	const struct w_op *op = &w->task[task].op;
	u32 sync = op->relocking && op->sync2 ? op->sync2 : op->sync;
	const struct w_sync *s = &w->sync[sync];

	wait->sync = sync;
	wait_on_place(w, task, wait, s->segment, s->off);
	switch (s->kind) {
	case SYNC_SEM:
		wait->reason = WHY_SEM;
		wait->open_ended |= s->value > 0 && s->value_sure;
		break;
	case SYNC_COND: wait->reason = WHY_COND; break;
	case SYNC_BARRIER:
		wait->reason = WHY_BARRIER;
		wait->open_ended |= s->limit && op->done != s->generation;
		break;
	default: wait_for_owner(s, wait);
	}
	if (sync_is_timed(op->call) && !op->relocking) {
		wait->timeout = op->hash;
		wait->open_ended |= op->hash != TIME_NONE;
	}
}

static void wait_in_join(const struct world *w, u32 task, struct wait *wait)
{
	u32 target = join_target(w, task);

	wait->reason = WHY_THREAD;
	wait->task = target;
	wait->proc = target ? 0 : w->task[task].proc; /* any of its threads */
	wait->open_ended = target && !task_lives(w, target);
}

static void wait_in_futex(const struct world *w, u32 task, struct wait *wait)
{
	const struct w_op *op = &w->task[task].op;

	wait->reason = WHY_FUTEX;
	wait->timeout = op->hash ? op->hash : TIME_NONE;
	/* Whoever maps the word could wake; of private memory those who share the address space, whatever the word stands for. */
	wait->open_ended = false;
	wait_on_place(w, task, wait, op->segment, op->off);
	wait->open_ended |= wait->timeout != TIME_NONE;
}

static void wait_spinning(const struct world *w, u32 task, struct wait *wait)
{
	const struct w_op *op = &w->task[task].op;

	wait->reason = WHY_SPIN;
	wait_on_place(w, task, wait, op->segment, op->off);
	if (w->segment[op->segment].owner)
		wait->proc = w->segment[op->segment].owner;
}

/* As the family of the call says. */
static bool wait_by_rule(const struct world *w, u32 task, struct wait *wait)
{
	struct ipc_wait ipc;

	if (!ipc_wait_of(w, task, &ipc))
		return false;
	wait->ipc = ipc;
	wait->reason = ipc.reason;
	wait->timeout = ipc.timeout;
	wait->anybody = ipc.anybody;
	wait->open_ended = ipc.open_ended;
	wait->off = ipc.off;
	return true;
}

static void classify(const struct world *w, u32 task, struct wait *wait)
{
	const struct w_task *t = &w->task[task];

	*wait = (struct wait){.reason = WHY_OTHER, .timeout = TIME_NONE, .open_ended = true};
	if (wait_by_rule(w, task, wait))
		return;
	switch (call_class(t->op.call)) {
	case CLASS_READ:
	case CLASS_WRITE: wait_in_transfer(w, t, wait); break;
	case CLASS_SPLICE:
	case CLASS_TEE:
	case CLASS_VMSPLICE: wait_in_splice(w, t, wait); break;
	case CLASS_WAIT:
		wait->reason = WHY_CHILD;
		wait->pid = outlook_pid(&t->op);
		wait->group = outlook_group(&t->op);
		wait->anybody = wait->group != 0; /* setpgid(2): others may join it */
		wait->open_ended = outlook_wait(w, t) != OUTLOOK_BLOCKS;
		break;
	case CLASS_SLEEP:
		wait->reason = WHY_TIMER;
		wait->timeout = t->op.arg;
		break;
	case CLASS_POLL:
		wait->reason = WHY_SEVERAL;
		wait->timeout = t->op.arg;
		wait->open_ended = t->op.arg != TIME_NONE || poll_outlook(w, task) != OUTLOOK_BLOCKS;
		break;
	case CLASS_PAUSE: wait->reason = WHY_SIGNAL; break;
	case CLASS_FUTEX: wait_in_futex(w, task, wait); break;
	case CLASS_OPEN: wait_in_open(w, t, wait); break;
	case CLASS_ACCESS:
		if (t->state == TASK_SPINNING)
			wait_spinning(w, task, wait);
		break;
	case CLASS_SYNC:
		if (t->op.sync)
			wait_on_sync(w, task, wait);
		else if (sync_kind(t->op.call) == SYNC_THREAD)
			wait_in_join(w, task, wait);
		break;
	case CLASS_FORK:
		if (!has_vfork_child(w, task))
			break;
		wait->reason = WHY_VFORK;
		wait->open_ended = false;
		break;
	default: break;
	}
}

/* What a blocked or spinning task waits for. Unless it is a pipe's end or a child, the wait is open-ended. */
void wait_classify(const struct world *w, u32 task, struct wait *wait)
{
	const struct w_op *op = &w->task[task].op;

	classify(w, task, wait);
	if (op->limit && op->open && wait->timeout == TIME_NONE) { /* its socket's */
		wait->timeout = op->limit;
		wait->open_ended = true;
	}
}
