/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Calls begin: what each asks of the tables, and the marks it leaves for others to see. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>

#include "world/private.h"

#define RANGE_UNSHARE 2u /* CLOSE_RANGE_UNSHARE, CLOSE_RANGE_CLOEXEC of linux/close_range.h */
#define RANGE_CLOEXEC 4u

static const u8 class_of[CALL_COUNT] = {
	[CALL_read] = CLASS_READ,
	[CALL_readv] = CLASS_READ,
	[CALL_preadv2] = CLASS_READ,
	[CALL_write] = CLASS_WRITE,
	[CALL_writev] = CLASS_WRITE,
	[CALL_pwritev2] = CLASS_WRITE,
	[CALL_pipe] = CLASS_PIPE,
	[CALL_pipe2] = CLASS_PIPE,
	[CALL_close] = CLASS_CLOSE,
	[CALL_close_range] = CLASS_CLOSE_RANGE,
	[CALL_dup] = CLASS_DUP,
	[CALL_dup2] = CLASS_DUP2,
	[CALL_dup3] = CLASS_DUP2,
	[CALL_fcntl] = CLASS_FCNTL,
	[CALL_ioctl] = CLASS_IOCTL,
	[CALL_open] = CLASS_OPEN,
	[CALL_openat] = CLASS_OPEN,
	[CALL_openat2] = CLASS_OPEN,
	[CALL_creat] = CLASS_OPEN,
	[CALL_fork] = CLASS_FORK,
	[CALL_vfork] = CLASS_FORK,
	[CALL_clone] = CLASS_FORK,
	[CALL_clone3] = CLASS_FORK,
	[CALL_unshare] = CLASS_UNSHARE,
	[CALL_execve] = CLASS_EXEC,
	[CALL_execveat] = CLASS_EXEC,
	[CALL_wait4] = CLASS_WAIT,
	[CALL_waitid] = CLASS_WAIT,
	[CALL_poll] = CLASS_POLL,
	[CALL_ppoll] = CLASS_POLL,
	[CALL_select] = CLASS_POLL,
	[CALL_pselect6] = CLASS_POLL,
	[CALL_epoll_wait] = CLASS_POLL,
	[CALL_epoll_pwait] = CLASS_POLL,
	[CALL_epoll_pwait2] = CLASS_POLL,
	[CALL_nanosleep] = CLASS_SLEEP,
	[CALL_clock_nanosleep] = CLASS_SLEEP,
	[CALL_pause] = CLASS_PAUSE,
	[CALL_rt_sigsuspend] = CLASS_PAUSE,
	[CALL_splice] = CLASS_SPLICE,
	[CALL_sendfile] = CLASS_SPLICE,
	[CALL_copy_file_range] = CLASS_SPLICE,
	[CALL_tee] = CLASS_TEE,
	[CALL_vmsplice] = CLASS_VMSPLICE,
	[CALL_futex] = CLASS_FUTEX,
	[CALL_load] = CLASS_ACCESS,
	[CALL_store] = CLASS_ACCESS,
	[CALL_update] = CLASS_ACCESS,
	[CALL_mmap] = CLASS_MMAP,
	[CALL_munmap] = CLASS_MUNMAP,
	[CALL_mremap] = CLASS_MREMAP,
	[CALL_msync] = CLASS_MSYNC,
	[CALL_ftruncate] = CLASS_FTRUNCATE,
	[CALL_memfd_create] = CLASS_MEMFD,
	[CALL_unlink] = CLASS_UNLINK,
	[CALL_unlinkat] = CLASS_UNLINK,
	[CALL_sem_init ... CALL_pthread_join] = CLASS_SYNC,
};

enum call_class call_class(unsigned call)
{
	return call < CALL_COUNT ? class_of[call] : CLASS_NONE;
}

static u32 table_of(const struct world *w, u32 task)
{
	return w->proc[w->task[task].proc].fdt;
}

u32 call_find_fd(const struct world *w, u32 task, i32 fd)
{
	u32 fdt = table_of(w, task);

	return fdt ? fd_find(w, fdt, fd) : 0;
}

static bool leads_to_pipe(const struct world *w, u32 file)
{
	return file && w->file[file].kind == OBJ_PIPE;
}

/* ---- ENTER ---- */

u32 call_hold_file(struct world *w, u32 task, i32 fd)
{
	u32 index = call_find_fd(w, task, fd);

	if (!index)
		return 0;
	file_hold(w, w->fd[index].file);
	if (leads_to_pipe(w, w->fd[index].file))
		w->h->pub.last_pipe = w->file[w->fd[index].file].object;
	if (w->file[w->fd[index].file].kind == OBJ_SEGMENT)
		w->h->pub.last_segment = w->file[w->fd[index].file].object;
	return w->fd[index].file;
}

/* The pipe that file leads to, if it may be used that way. */
static u32 pipe_for(const struct world *w, u32 file, u32 access)
{
	if (!leads_to_pipe(w, file) || !(w->file[file].access & access))
		return 0;
	return w->file[file].object;
}

static void enter_transfer(struct world *w, u32 task, u32 access)
{
	struct w_op *op = &w->task[task].op;

	op->file = call_hold_file(w, task, op->fd);
	op->pipe = pipe_for(w, op->file, access);
	op->role = (u8)access;
	if (op->pipe)
		pipe_op_begin(w, task);
}

static void enter_splice(struct world *w, u32 task, bool consumes)
{
	struct w_op *op = &w->task[task].op;

	op->file = call_hold_file(w, task, op->fd);
	op->file2 = call_hold_file(w, task, op->fd2);
	op->pipe = pipe_for(w, op->file, ACCESS_READ);
	op->pipe2 = pipe_for(w, op->file2, ACCESS_WRITE);
	op->role = consumes ? ACCESS_READ : 0;
	if (op->pipe == op->pipe2)
		op->pipe2 = 0; /* EINVAL */
	pipe_op_begin(w, task);
}

static void mark_closing(struct world *w, u32 task, i32 fd, int by)
{
	u32 index = call_find_fd(w, task, fd);

	if (!index || (by > 0 && w->fd[index].closing == UINT8_MAX) ||
		(by < 0 && w->fd[index].closing == 0))
		return;
	w->fd[index].closing = (u8)(w->fd[index].closing + by);
	if (by > 0 && leads_to_pipe(w, w->fd[index].file))
		w->h->pub.last_pipe = w->file[w->fd[index].file].object;
}

static void mark_range(struct world *w, u32 task, int by)
{
	const struct w_op *op = &w->task[task].op;
	u32 fdt = table_of(w, task);

	if (op->arg & RANGE_CLOEXEC || !fdt)
		return;
	for (u32 d = w->fdt[fdt].first; d; d = w->fd[d].next)
		if (w->fd[d].fd >= op->fd && w->fd[d].fd <= op->fd2)
			mark_closing(w, task, w->fd[d].fd, by);
}

static u64 pipe_size_rounded(u64 bytes)
{
	u64 size = PIPE_PAGE;

	while (size < bytes && size < 1ull << 31)
		size <<= 1;
	return size;
}

static void enter_fcntl(struct world *w, u32 task)
{
	struct w_op *op = &w->task[task].op;

	op->file = call_hold_file(w, task, op->fd);
	if (!op->file)
		return;
	if ((op->call == CALL_fcntl && op->arg == F_SETFL && op->size & O_NONBLOCK) ||
		(op->call == CALL_ioctl && op->arg == FIONBIO && op->size))
		w->file[op->file].was_nonblock = 1;
	if (op->call != CALL_fcntl || op->arg != F_SETPIPE_SZ || !leads_to_pipe(w, op->file))
		return;
	op->pipe = w->file[op->file].object;
	if (pipe_size_rounded(op->size) > w->pipe[op->pipe].capacity_most)
		w->pipe[op->pipe].capacity_most = pipe_size_rounded(op->size);
	pipe_op_begin(w, task);
}

/* What is known of a call as soon as it is seen, begun or not. */
static void find_rule(struct world *w, u32 task, const struct ev_enter *ev)
{
	struct w_op *op = &w->task[task].op;
	enum call_class class = call_class(op->call);

	if (class == CLASS_POLL)
		poll_begin(w, task, ev);
	if (class == CLASS_WAIT)
		outlook_wait_found(w, task, ev);
	if (class == CLASS_OPEN || class == CLASS_UNLINK || op->call == CALL_mknod || op->call == CALL_mknodat)
		fifo_begin(w, task, ev);
	if (class == CLASS_ACCESS)
		access_begin(w, task);
	if (class == CLASS_SYNC) {
		if (!op->text && ev->held &&
			(op->call == CALL_sem_open || op->call == CALL_sem_unlink))
			op->text = text_add(w, (const char *)ev->contents, ev->held);
		sync_begin(w, task);
	}
	ipc_found(w, task, ev);
	if (class == CLASS_FUTEX) {
		op->segment = segment_at(w, w->task[task].proc, op->arg, &op->off);
		if (op->segment && w->segment[op->segment].owner)
			op->segment = 0; /* its own memory */
	}
}

static void enter_rule(struct world *w, u32 task, const struct ev_enter *ev)
{
	struct w_op *op = &w->task[task].op;
	u32 fd;

	switch (call_class(op->call)) {
	case CLASS_READ: enter_transfer(w, task, ACCESS_READ); break;
	case CLASS_WRITE: enter_transfer(w, task, ACCESS_WRITE); break;
	case CLASS_VMSPLICE:
		fd = call_find_fd(w, task, op->fd);
		enter_transfer(w, task,
			fd && w->file[w->fd[fd].file].access & ACCESS_WRITE ? ACCESS_WRITE
									    : ACCESS_READ);
		break;
	case CLASS_SPLICE:
	case CLASS_TEE: enter_splice(w, task, op->call != CALL_tee); break;
	case CLASS_CLOSE: mark_closing(w, task, op->fd, 1); break;
	case CLASS_CLOSE_RANGE: mark_range(w, task, 1); break;
	case CLASS_DUP2:
		if (op->fd != op->fd2)
			mark_closing(w, task, op->fd2, 1);
		op->file = call_hold_file(w, task, op->fd);
		break;
	case CLASS_DUP: op->file = call_hold_file(w, task, op->fd); break;
	case CLASS_FCNTL:
	case CLASS_IOCTL: enter_fcntl(w, task); break;
	case CLASS_EXEC: w->proc[w->task[task].proc].execing++; break;
	case CLASS_FTRUNCATE: op->file = call_hold_file(w, task, op->fd); break;
	case CLASS_OPEN:
		fifo_open_enter(w, task);
		segment_enter(w, task, ev);
		break;
	case CLASS_UNLINK:
		fifo_unlink_enter(w, task);
		segment_enter(w, task, ev);
		break;
	default: break;
	}
	if (call_class(op->call) == CLASS_SPLICE)
		socket_splice_enter(w, task);
	if (!op->pipe && !op->pipe2)
		ipc_enter(w, task, ev);
}

static void fill_op(struct world *w, const struct rec *r, const struct ev_enter *ev, u64 pos)
{
	struct w_op *op = &w->task[r->task].op;

	block_zero(op, sizeof *op);
	op->call = r->call;
	op->fd = ev->fd;
	op->fd2 = ev->fd2;
	op->size = ev->size;
	op->arg = ev->arg;
	op->hash = ev->hash;
	op->held = ev->held;
	op->site = r->site;
	op->seq = world_now(w);
	op->pos = pos;
	op->flags = r->flags & (EVF_ATOMIC | EVF_VOLATILE | EVF_TOLD | EVF_GUESSED | EVF_UNREAD);
}

/* ---- calls inside a call of the C library ---- */

static void op_clear(struct world *w, u32 task);

/* A handler that interrupts sem_wait makes calls of its own: sem_wait stays open around them. */
static bool suspend_outer(struct world *w, u32 task)
{
	u32 index = pool_take(w, POOL_OUTER);

	if (!index)
		return false;
	sync_suspend(w, task);
	w->outer[index].op = w->task[task].op;
	w->outer[index].next = w->task[task].outer;
	w->task[task].outer = index;
	memset(&w->task[task].op, 0, sizeof w->task[task].op);
	return true;
}

void call_restore_outer(struct world *w, u32 task)
{
	u32 index = w->task[task].outer;

	if (!index)
		return;
	w->task[task].op = w->outer[index].op;
	w->task[task].outer = w->outer[index].next;
	pool_give(w, POOL_OUTER, index);
	sync_resume(w, task);
}

const struct w_op *world_outer(const struct world *w, u32 task)
{
	const struct w_task *t = world_task(w, task);

	return t && t->outer ? &w->outer[t->outer].op : NULL;
}

/* A call begins while another one is open. */
static void begin_inside(struct world *w, const struct rec *r, const struct ev_enter *ev)
{
	const struct w_op *op = &w->task[r->task].op;

	if (!(op->flags & EVF_TOLD) || call_class(op->call) != CLASS_SYNC)
		world_drift(w, "task %u begins a call inside another one", r->task);
	else if (op->call != r->call || op->arg != ev->arg)
		suspend_outer(w, r->task);
	else if (op->sync)
		sync_exit(w, r->task, NULL, EVF_RESTART); /* a signal sent it back */
}

/* Common to POISED and ENTER: the task lives, is in no call, and owes nothing. */
static bool may_begin(struct world *w, const struct rec *r, const struct ev_enter *ev)
{
	struct w_task *t = &w->task[r->task];

	if (t->state >= TASK_ZOMBIE) {
		world_drift(w, "task %u begins a call after its end", r->task);
		return false;
	}
	process_proves_life(w, r->task);
	if (t->owes_signal && !pipe_ends_may_be_gone(w, t->owes_signal, ACCESS_READ, r->task))
		world_drift(w, "task %u's write at event %llu came back short for no reason",
			r->task, (unsigned long long)t->last_seq);
	t->owes_signal = 0;
	if (t->op.open)
		begin_inside(w, r, ev);
	op_clear(w, r->task);
	return true;
}

void call_poised(struct world *w, const struct rec *r, const struct ev_enter *ev, u64 pos)
{
	if (r->call ==
		CALL_none) { /* before a signal: a call it interrupts stays open until it is delivered */
		process_proves_life(w, r->task);
		w->task[r->task].poised_signal = (u32)ev->fd;
		w->task[r->task].signal_site = r->site;
		task_set_state(w, r->task, TASK_POISED);
		return;
	}
	if (!may_begin(w, r, ev))
		return;
	fill_op(w, r, ev, pos);
	find_rule(w, r->task, ev);
	if (op_is_access(&w->task[r->task].op) && access_spins(w, r->task)) {
		task_set_state(w, r->task, TASK_SPINNING);
		return;
	}
	w->task[r->task].spin_n = 0;
	task_set_state(w, r->task, TASK_POISED);
}

void call_enter(struct world *w, const struct rec *r, const struct ev_enter *ev, u64 pos)
{
	if (!may_begin(w, r, ev))
		return;
	fill_op(w, r, ev, pos);
	w->task[r->task].op.open = 1;
	task_set_state(w, r->task, TASK_RUNNING);
	if (w->task[r->task].looks && !op_is_access(&w->task[r->task].op))
		looks_interrupt(w, r->task);
	find_rule(w, r->task, ev);
	enter_rule(w, r->task, ev);
}

/* ---- leaving a call ---- */

void call_drop_files(struct world *w, u32 task)
{
	struct w_op *op = &w->task[task].op;
	u32 file = op->file, file2 = op->file2;

	op->file = op->file2 = 0;
	if (file)
		file_unhold(w, file);
	if (file2)
		file_unhold(w, file2);
}

/* The marks that an open call left for others to see. */
void call_drop_marks(struct world *w, u32 task)
{
	const struct w_op *op = &w->task[task].op;
	struct w_proc *p = &w->proc[w->task[task].proc];

	switch (call_class(op->call)) {
	case CLASS_CLOSE: mark_closing(w, task, op->fd, -1); break;
	case CLASS_CLOSE_RANGE: mark_range(w, task, -1); break;
	case CLASS_DUP2:
		if (op->fd != op->fd2)
			mark_closing(w, task, op->fd2, -1);
		break;
	case CLASS_EXEC: p->execing--; break;
	case CLASS_OPEN: fifo_open_drop(w, task); break;
	default: break;
	}
}

static void op_clear(struct world *w, u32 task)
{
	struct w_op *op = &w->task[task].op;

	if (!op->call)
		return; /* all of it is 0 */
	if (call_class(op->call) == CLASS_POLL)
		poll_leave(w, task);
	if (ipc_is_sem_call(op->call) && !op->open)
		sysv_parts_drop(w, task);
	if (op_is_access(op))
		access_leave(w, task);
	else if (op->sync)
		sync_abandon(w, task);
	if (op->open) {
		call_drop_marks(w, task);
		if (op->pipe || op->pipe2)
			transfer_abandon(w, task);
		ipc_lost(w, task);
		if (op->carries)
			carry_drop(w, &op->carries);
		call_drop_files(w, task);
	}
	block_zero(op, sizeof *op);
}

void call_found(struct world *w, u32 task, u16 call)
{
	if (w->task[task].op.call == call)
		return;
	op_clear(w, task);
	w->task[task].op.call = call;
}

void call_drop_inner(struct world *w, u32 task)
{
	op_clear(w, task);
	call_restore_outer(w, task);
}

void call_abandon(struct world *w, u32 task)
{
	op_clear(w, task);
	while (w->task[task].outer) {
		call_restore_outer(w, task);
		op_clear(w, task);
	}
}
