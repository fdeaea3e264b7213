/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the call that a task is poised before, or in, would do were it to run alone now. */
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/wait.h>

#include "world/private.h"

const struct w_file *outlook_file(const struct world *w, const struct w_task *t)
{
	u32 fd;

	if (t->op.file)
		return &w->file[t->op.file];
	fd = world_fd_find(w, t->proc, t->op.fd);
	return fd ? &w->file[w->fd[fd].file] : NULL;
}

static enum outlook outlook_read(const struct world *w, const struct w_task *t)
{
	const struct w_file *f = outlook_file(w, t);
	const struct w_pipe *p;

	if (f && f->kind >= OBJ_EVENTFD && f->kind <= OBJ_EPOLL)
		return counter_outlook(w, (u32)(t - w->task), f, true);
	if (f && f->kind != OBJ_PIPE)
		return OUTLOOK_UNKNOWN; /* a terminal, or something else */
	if (!f || !(f->access & ACCESS_READ) || t->op.size == 0 || f->flags & O_NONBLOCK)
		return OUTLOOK_GOES;
	p = &w->pipe[f->object];
	if (p->outside)
		return OUTLOOK_UNKNOWN;
	if (p->writers == 0 ||
		p->fill - p->ghost_take -
				(pipe_open_takes(w, f->object) - op_takes(&t->op, f->object)) >
			0)
		return OUTLOOK_GOES;
	return p->fill + p->ghost_put + pipe_open_puts(w, f->object) <= 0 ? OUTLOOK_BLOCKS
									  : OUTLOOK_UNKNOWN;
}

static enum outlook outlook_write(const struct world *w, const struct w_task *t)
{
	const struct w_file *f = outlook_file(w, t);
	const struct w_pipe *p;
	i64 size = op_size(&t->op), pages = size / PIPE_PAGE + 1;

	if (f && f->kind >= OBJ_EVENTFD && f->kind <= OBJ_EPOLL)
		return counter_outlook(w, (u32)(t - w->task), f, false);
	if (!f || f->kind != OBJ_PIPE)
		return f && f->kind == OBJ_TTY ? OUTLOOK_UNKNOWN : OUTLOOK_GOES;
	p = &w->pipe[f->object];
	if (!(f->access & ACCESS_WRITE) || size == 0 || f->flags & O_NONBLOCK)
		return OUTLOOK_GOES;
	if (p->outside)
		return OUTLOOK_UNKNOWN;
	if (p->readers == 0)
		return OUTLOOK_GOES; /* EPIPE */
	if (p->slots_sure && !p->pump_due)
		return slots_room(p, w, &t->op) == (u64)size - t->op.done ? OUTLOOK_GOES
									  : OUTLOOK_BLOCKS;
	/* not more slots than bytes are in use */
	return p->fill + p->ghost_put + pipe_open_puts(w, f->object) + pages <= p->slots_max
		       ? OUTLOOK_GOES
		       : OUTLOOK_UNKNOWN;
}

/* The child this wait is about: any one when 0. */
i32 outlook_pid(const struct w_op *op)
{
	if (op->call != CALL_waitid)
		return op->fd > 0 ? op->fd : 0;
	if (op->size == P_PIDFD)
		return (i32)op->hash; /* as the kernel said of the descriptor */
	return op->size == P_PID ? op->fd : 0;
}

/* The process group it is about, 0 none. */
u32 outlook_group(const struct w_op *op)
{
	bool by_group = op->call == CALL_waitid ? op->size == P_PGID : op->fd == 0 || op->fd < -1;

	return by_group ? (u32)op->hash : 0;
}

bool outlook_is_meant(const struct w_proc *child, i32 pid, u32 group)
{
	return pid ? child->pid == pid : !group || !child->group || child->group == group;
}

/* POISED or ENTER of a wait for a group: in which each of ours is, told as pairs (pid, group). */
void outlook_wait_found(struct world *w, u32 task, const struct ev_enter *ev)
{
	u32 proc = w->task[task].proc;

	for (u32 at = 0; at + 8 <= ev->held; at += 8) {
		u32 pair[2];

		memcpy(pair, ev->contents + at, sizeof pair);
		for (u32 c = w->proc[proc].child_first; c; c = w->proc[c].sibling)
			if ((u32)w->proc[c].pid == pair[0])
				w->proc[c].group = pair[1];
	}
}

enum outlook outlook_wait(const struct world *w, const struct w_task *t)
{
	i32 pid = outlook_pid(&t->op);
	u32 group = outlook_group(&t->op);
	bool living = false, ended = false, others = false;

	if (t->op.arg & WNOHANG)
		return OUTLOOK_GOES;
	for (u32 c = w->proc[t->proc].child_first; c; c = w->proc[c].sibling) {
		if (!outlook_is_meant(&w->proc[c], pid, group)) {
			others |= !pid;
			continue;
		}
		ended |= w->proc[c].ended;
		living |= !w->proc[c].ended;
	}
	if (others && !living && !ended && t->state == TASK_POISED)
		return OUTLOOK_UNKNOWN; /* one of them may be put into the group before */
	return ended || !living ? OUTLOOK_GOES /* ECHILD */ : OUTLOOK_BLOCKS;
}

/* ---- C library objects ---- */

u32 join_target(const struct world *w, u32 task)
{
	const struct w_task *t = &w->task[task];
	u32 found = w->proc[t->proc].task_first;

	if (sync_kind(t->op.call) != SYNC_THREAD || t->op.fd <= 0)
		return 0;
	while (found && w->task[found].tid != t->op.fd)
		found = w->task[found].proc_next;
	return found;
}

static enum outlook outlook_join(const struct world *w, u32 task)
{
	u32 target = join_target(w, task);

	if (!target)
		return OUTLOOK_UNKNOWN;
	return target == task || !task_lives(w, target) ? OUTLOOK_GOES : OUTLOOK_BLOCKS;
}

static enum outlook outlook_sem(const struct world *w, const struct w_task *t)
{
	const struct w_sync *s = &w->sync[t->op.sync];
	i64 takes = sem_open_takes(w, t->op.sync) - (t->op.open && !t->op.asleep);

	if (!sync_is_sure(w, t->op.sync))
		return OUTLOOK_UNKNOWN;
	if (s->value - takes > 0)
		return OUTLOOK_GOES;
	return s->value + sem_open_posts(w, t->op.sync) <= 0 ? OUTLOOK_BLOCKS : OUTLOOK_UNKNOWN;
}

/* PTHREAD_MUTEX_NORMAL waits for itself; the other kinds know their owner. */
static enum outlook outlook_mutex(const struct w_sync *s, u32 task)
{
	if (!s->owner)
		return OUTLOOK_GOES;
	if (s->owner_died)
		return s->robust ? OUTLOOK_GOES : OUTLOOK_BLOCKS;
	if (s->owner == task && s->kind == SYNC_MUTEX)
		return s->type == 1 || s->type == 2 ? OUTLOOK_GOES : OUTLOOK_BLOCKS;
	return OUTLOOK_BLOCKS;
}

static enum outlook outlook_rwlock(const struct w_sync *s, u32 task, bool share)
{
	if (s->owner)
		return s->owner == task ? OUTLOOK_GOES /* EDEADLK */ : OUTLOOK_BLOCKS;
	return share || s->value <= 0 ? OUTLOOK_GOES : OUTLOOK_BLOCKS;
}

enum outlook outlook_sync(const struct world *w, u32 task)
{
	const struct w_task *t = &w->task[task];
	const struct w_sync *s = &w->sync[t->op.sync];
	enum sync_verb verb = sync_verb(t->op.call);

	if (sync_kind(t->op.call) == SYNC_THREAD)
		return outlook_join(w, task);
	if (verb == VERB_WAIT)
		return OUTLOOK_BLOCKS;
	if (verb != VERB_TAKE && verb != VERB_SHARE)
		return OUTLOOK_GOES;
	if (!t->op.sync)
		return OUTLOOK_UNKNOWN;
	switch (s->kind) {
	case SYNC_SEM: return outlook_sem(w, t);
	case SYNC_MUTEX:
	case SYNC_SPIN: return outlook_mutex(s, task);
	case SYNC_RWLOCK: return outlook_rwlock(s, task, verb == VERB_SHARE);
	case SYNC_BARRIER:
		if (!s->limit)
			return OUTLOOK_UNKNOWN;
		return s->value + !t->op.open >= (i64)s->limit ? OUTLOOK_GOES : OUTLOOK_BLOCKS;
	default: return OUTLOOK_UNKNOWN;
	}
}

/* ---- any call ---- */

enum outlook world_outlook(const struct world *w, u32 task)
{
	const struct w_task *t = world_task(w, task);
	int by_rule;

	if (!t || !t->op.call)
		return OUTLOOK_UNKNOWN;
	by_rule = ipc_outlook(w, task);
	if (by_rule != OUTLOOK_COUNT)
		return (enum outlook)by_rule;
	switch (call_class(t->op.call)) {
	case CLASS_READ: return outlook_read(w, t);
	case CLASS_WRITE: return outlook_write(w, t);
	case CLASS_WAIT: return outlook_wait(w, t);
	case CLASS_SLEEP: return t->op.arg ? OUTLOOK_BLOCKS : OUTLOOK_GOES;
	case CLASS_PAUSE: return OUTLOOK_BLOCKS;
	case CLASS_POLL: return poll_outlook(w, task);
	case CLASS_FORK:
		return t->op.call == CALL_vfork || t->op.arg & CLONE_VFORK ? OUTLOOK_BLOCKS
									   : OUTLOOK_GOES;
	case CLASS_SPLICE:
	case CLASS_TEE:
	case CLASS_VMSPLICE: return OUTLOOK_UNKNOWN;
	case CLASS_SYNC: return outlook_sync(w, task);
	case CLASS_FUTEX: return OUTLOOK_UNKNOWN;
	case CLASS_OPEN: return t->op.object && t->op.role ? fifo_outlook(w, t) : OUTLOOK_GOES;
	case CLASS_NONE:
		return t->op.call == CALL_recvmsg || t->op.call == CALL_recvmmsg ? OUTLOOK_UNKNOWN
										 : OUTLOOK_GOES;
	default: return OUTLOOK_GOES;
	}
}
