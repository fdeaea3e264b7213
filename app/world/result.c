/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Calls come back: what each result does to the tables, and whether they explain it. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "world/private.h"

#define RANGE_UNSHARE 2u /* CLOSE_RANGE_UNSHARE, CLOSE_RANGE_CLOEXEC of linux/close_range.h */
#define RANGE_CLOEXEC 4u
#define MEMFD_CLOEXEC 1u /* MFD_CLOEXEC */

static u32 table_of(const struct world *w, u32 task)
{
	return w->proc[w->task[task].proc].fdt;
}

static bool leads_to_pipe(const struct world *w, u32 file)
{
	return file && w->file[file].kind == OBJ_PIPE;
}

static void explain_if_pipe(struct world *w, u32 file)
{
	if (file && w->file[file].kind == OBJ_SEGMENT) {
		w->h->pub.last_segment = w->file[file].object;
		world_explain(w);
	}
	if (!leads_to_pipe(w, file))
		return;
	w->h->pub.last_pipe = w->file[file].object;
	world_explain(w);
}

/* A new descriptor appears under this number: what the world still has there must be on its way out. */
void result_make_room(struct world *w, u32 task, i32 fd)
{
	u32 there = call_find_fd(w, task, fd);

	if (!there)
		return;
	if (!w->fd[there].closing)
		world_drift(w, "%s gave fd %d to P%u at event %llu, which it had open already",
			call_name(w->task[task].op.call), fd, w->proc[w->task[task].proc].name,
			(unsigned long long)world_now(w));
	fd_remove(w, there);
}

/* Takes a descriptor of the table; returns its entry, 0 if there is no room. */
u32 result_give_fd(struct world *w, u32 task, i32 fd, u32 file, enum fd_how how, bool cloexec)
{
	u32 index, fdt = table_of(w, task);

	if (!fdt || !file)
		return 0;
	index = fd_add(w, fdt, fd, file);
	if (!index) {
		file_hold(w, file); /* nobody leads to it: let it go */
		file_unhold(w, file);
		return 0;
	}
	w->fd[index].how = (u8)how;
	w->fd[index].cloexec = cloexec;
	w->fd[index].site = w->fd[index].got_site = w->task[task].op.site;
	return index;
}

static void exit_pipe(struct world *w, u32 task, const struct ev_exit *ev)
{
	const struct w_op *op = &w->task[task].op;
	u32 flags = op->call == CALL_pipe2 ? (u32)op->arg : 0, pipe, ends[2];

	if (ev->ret != 0 || !table_of(w, task))
		return;
	result_make_room(w, task, ev->fd);
	result_make_room(w, task, ev->fd2);
	pipe = pipe_new(w, task, ev->arg, ev->arg2);
	if (!pipe)
		return;
	w->pipe[pipe].site = op->site;
	/* O_DIRECT is the write end's alone: create_pipe_files() in fs/pipe.c */
	ends[0] = file_new(w, OBJ_PIPE, pipe, ACCESS_READ, flags & ~(u32)O_DIRECT);
	ends[1] = file_new(w, OBJ_PIPE, pipe, ACCESS_WRITE, flags);
	result_give_fd(w, task, ev->fd, ends[0], FD_OPENED, flags & O_CLOEXEC);
	result_give_fd(w, task, ev->fd2, ends[1], FD_OPENED, flags & O_CLOEXEC);
	w->h->pub.last_pipe = pipe;
	world_explain(w);
}

static void segment_opened(
	struct world *w, u32 task, i32 fd, u32 segment, u32 access, bool cloexec)
{
	result_give_fd(w, task, fd, file_new(w, OBJ_SEGMENT, segment, access, 0), FD_OPENED, cloexec);
	segment_touch(w, segment);
	world_explain(w);
}

static void exit_memfd(struct world *w, u32 task, const struct ev_exit *ev)
{
	u32 segment = segment_find(w, ev->arg, ev->arg2);

	if (ev->ret < 0 || ev->ret > INT32_MAX || !table_of(w, task))
		return;
	result_make_room(w, task, (i32)ev->ret);
	if (segment)
		segment_opened(w, task, (i32)ev->ret, segment, ACCESS_READ | ACCESS_WRITE,
			w->task[task].op.arg & MEMFD_CLOEXEC);
}

static void disk_opened(struct world *w, u32 task, i32 fd, u32 access, u32 flags)
{
	u32 file = file_new(w, OBJ_DISK, 0, access, flags);

	if (!file)
		return;
	w->file[file].title = w->task[task].op.text;
	result_give_fd(w, task, fd, file, FD_OPENED, flags & O_CLOEXEC);
	world_explain(w);
}

static void exit_open(struct world *w, u32 task, const struct ev_exit *ev)
{
	static const u8 access[4] = {ACCESS_READ, ACCESS_WRITE, ACCESS_READ | ACCESS_WRITE, 0};
	u32 pipe, segment, flags = (u32)ev->arg2;

	fifo_open_exit(w, task, ev);
	if (ev->ret < 0 || ev->ret > INT32_MAX || !table_of(w, task))
		return;
	result_make_room(w, task, (i32)ev->ret);
	if (!ev->arg || !access[flags & O_ACCMODE])
		return;
	if (ev->arg & OPENED_FILE && !(ev->arg & FIFO_ID)) {
		disk_opened(w, task, (i32)ev->ret, access[flags & O_ACCMODE], flags);
		return;
	}
	pipe = pipe_by_ino(w, ev->arg);
	if (!pipe && ev->arg & FIFO_ID)
		pipe = fifo_led_to(w, task, ev->arg);
	segment = pipe && !w->task[task].op.text ? 0 : segment_by_ino(w, ev->arg);
	if (segment) {
		segment_opened(w, task, (i32)ev->ret, segment, access[flags & O_ACCMODE],
			flags & O_CLOEXEC);
		return;
	}
	if (!pipe) {
		pipe = pipe_new(w, 0, ev->arg, 16 * PIPE_PAGE);
		if (!pipe)
			return;
		w->pipe[pipe].outside = 1;
		pipe_unsure(w, pipe);
	}
	result_give_fd(w, task, (i32)ev->ret,
		file_new(w, OBJ_PIPE, pipe, access[flags & O_ACCMODE], flags), FD_OPENED,
		flags & O_CLOEXEC);
	w->h->pub.last_pipe = pipe;
	world_explain(w);
}

static void exit_close(struct world *w, u32 task, const struct ev_exit *ev)
{
	const struct w_op *op = &w->task[task].op;
	u32 fd = call_find_fd(w, task, op->fd);

	if (!fd || !w->fd[fd].closing)
		return; /* no end of ours, or somebody else's by now */
	w->fd[fd].closing--;
	if (ev->ret == -EBADF) {
		if (w->fd[fd].closing)
			return; /* another thread closes it too */
		world_drift(w, "close(%d) of P%u failed at event %llu, but it was open", op->fd,
			w->proc[w->task[task].proc].name, (unsigned long long)world_now(w));
	} else {
		explain_if_pipe(w, w->fd[fd].file);
	}
	fd_remove(w, fd); /* Linux closes whatever else close(2) says */
}

static void exit_close_range(struct world *w, u32 task, const struct ev_exit *ev)
{
	const struct w_op *op = &w->task[task].op;
	u32 fdt, next;

	call_drop_marks(w, task);
	if (ev->ret == 0 && op->arg & RANGE_UNSHARE)
		fdt_unshare(w, w->task[task].proc);
	fdt = table_of(w, task);
	for (u32 d = ev->ret == 0 && fdt ? w->fdt[fdt].first : 0; d; d = next) {
		next = w->fd[d].next;
		if (w->fd[d].fd < op->fd || w->fd[d].fd > op->fd2)
			continue;
		explain_if_pipe(w, w->fd[d].file);
		if (op->arg & RANGE_CLOEXEC)
			w->fd[d].cloexec = 1;
		else
			fd_remove(w, d);
	}
}

static void dup_made(struct world *w, u32 task, i32 new, bool cloexec)
{
	const struct w_op *op = &w->task[task].op;
	u32 index;

	result_make_room(w, task, new);
	if (!op->file)
		return; /* of a descriptor that the world does not know */
	index = result_give_fd(w, task, new, op->file, FD_DUP, cloexec);
	if (index)
		w->fd[index].from = (u32)op->fd;
	explain_if_pipe(w, op->file);
}

static void exit_dup(struct world *w, u32 task, const struct ev_exit *ev)
{
	const struct w_op *op = &w->task[task].op;
	u32 fd = call_find_fd(w, task, op->fd);

	if (ev->ret >= 0 && ev->ret <= INT32_MAX)
		dup_made(w, task, (i32)ev->ret,
			op->call == CALL_fcntl && op->arg == F_DUPFD_CLOEXEC);
	else if (ev->ret == -EBADF && fd && !w->fd[fd].closing)
		world_drift(w, "dup of fd %d of P%u failed at event %llu, but it was open", op->fd,
			w->proc[w->task[task].proc].name, (unsigned long long)world_now(w));
}

static void exit_dup2(struct world *w, u32 task, const struct ev_exit *ev)
{
	const struct w_op *op = &w->task[task].op;

	if (op->fd == op->fd2)
		return;
	if (ev->ret == op->fd2)
		dup_made(w, task, op->fd2, op->call == CALL_dup3 && op->arg & O_CLOEXEC);
	else
		call_drop_marks(w, task);
}

static void set_file_flags(struct world *w, const struct w_op *op, u32 flags)
{
	u32 file = op->file;
	struct w_file *f = &w->file[file];

	/* A write open at that time may have made packets or not. */
	if ((f->flags ^ flags) & O_DIRECT && f->op_refs > 1 && leads_to_pipe(w, file)) {
		pipe_unsure(w, f->object);
		w->pipe[f->object].packets = 1;
	}
	flags &= O_NONBLOCK | O_DIRECT;
	f->unsure = f->set_seq > op->seq && (f->unsure || f->flags != flags);
	f->set_seq = world_now(w);
	f->flags = flags;
	f->was_nonblock |= f->unsure || flags & O_NONBLOCK;
}

static void exit_pipe_size(struct world *w, u32 task, const struct ev_exit *ev)
{
	struct w_op *op = &w->task[task].op;
	u32 pipe = op->pipe;

	pipe_op_overlap(w, task, pipe);
	if (ev->ret > 0) {
		w->pipe[pipe].pump_due = 1; /* it may have made room */
		pipe_set_capacity(w, pipe, (u64)ev->ret);
	}
	pipe_op_end(w, task);
}

static void exit_fcntl(struct world *w, u32 task, const struct ev_exit *ev)
{
	struct w_op *op = &w->task[task].op;
	u32 fd = call_find_fd(w, task, op->fd);

	if (op->pipe)
		exit_pipe_size(w, task, ev);
	if (op->arg == F_DUPFD || op->arg == F_DUPFD_CLOEXEC) {
		exit_dup(w, task, ev);
		return;
	}
	if (op->arg == F_SETFL && ev->ret == 0 && op->file)
		set_file_flags(w, op, (u32)op->size);
	if (op->arg == F_SETFD && ev->ret == 0 && fd)
		w->fd[fd].cloexec = op->size & FD_CLOEXEC;
	if (op->arg == F_GETPIPE_SZ && ev->ret > 0 && leads_to_pipe(w, op->file) &&
		w->pipe[w->file[op->file].object].capacity != (u64)ev->ret) {
		if (!w->pipe[w->file[op->file].object].outside)
			world_drift(w, "F_GETPIPE_SZ of pipe%u gave %lld, not %llu",
				w->pipe[w->file[op->file].object].name, (long long)ev->ret,
				(unsigned long long)w->pipe[w->file[op->file].object].capacity);
		pipe_set_capacity(w, w->file[op->file].object, (u64)ev->ret);
		return;
	}
	explain_if_pipe(w, op->file);
}

static void exit_ioctl(struct world *w, u32 task, const struct ev_exit *ev)
{
	struct w_op *op = &w->task[task].op;
	u32 fd = call_find_fd(w, task, op->fd);

	if (ev->ret == 0 && op->arg == FIONBIO && op->file)
		set_file_flags(w, op,
			(w->file[op->file].flags & O_DIRECT) | (op->size ? O_NONBLOCK : 0));
	if (ev->ret == 0 && fd && (op->arg == FIOCLEX || op->arg == FIONCLEX))
		w->fd[fd].cloexec = op->arg == FIOCLEX;
	explain_if_pipe(w, op->file);
}

static void exit_wait(struct world *w, u32 task, const struct ev_exit *ev)
{
	const struct w_op *op = &w->task[task].op;
	bool by_pid = op->size == P_PID;

	if (op->call == CALL_wait4) {
		/* wait(NULL) asks for no status (fd -1): then only the options say what may have come. */
		bool over = ev->fd == -1 ? !(op->arg & (WUNTRACED | WCONTINUED))
					 : WIFEXITED(ev->fd) || WIFSIGNALED(ev->fd);

		if (ev->ret > 0 && ev->ret <= INT32_MAX && over)
			process_reap(w, task, (i32)ev->ret, true);
		return;
	}
	if (ev->ret == 0 && ev->fd > 0) {
		if (op->arg & WEXITED && !(op->arg & WNOWAIT) && ev->fd2 >= CLD_EXITED && ev->fd2 <= CLD_DUMPED)
			process_reap(w, task, ev->fd, true);
		return;
	}
	/* waitid: which child it was is not in the record; sure when one only can be meant */
	if (ev->ret == 0 && op->arg & WEXITED && !(op->arg & WNOWAIT))
		process_reap(w, task, by_pid ? op->fd : 0, false);
}

/* A transfer on a descriptor that cannot be used that way, or that the world does not know. */
static void exit_no_transfer(struct world *w, u32 task, const struct ev_exit *ev)
{
	const struct w_op *op = &w->task[task].op;

	if (op->file && w->file[op->file].kind == OBJ_DISK && ev->ret > 0) {
		u64 *moved = op->role == ACCESS_READ ? &w->file[op->file].got : &w->file[op->file].put;

		*moved += (u64)ev->ret;
	}
	if (!leads_to_pipe(w, op->file))
		return;
	if (ev->ret < 0)
		world_explain(w);
	else
		world_drift(w,
			"%s(%d) of task %u returned %lld, but that is the wrong end of pipe%u",
			call_name(op->call), op->fd, task, (long long)ev->ret,
			w->pipe[w->file[op->file].object].name);
}

static void exit_rule(struct world *w, u32 task, const struct ev_exit *ev)
{
	struct w_op *op = &w->task[task].op;

	switch (call_class(op->call)) {
	case CLASS_PIPE: exit_pipe(w, task, ev); break;
	case CLASS_OPEN: exit_open(w, task, ev); break;
	case CLASS_CLOSE: exit_close(w, task, ev); break;
	case CLASS_CLOSE_RANGE: exit_close_range(w, task, ev); break;
	case CLASS_DUP: exit_dup(w, task, ev); break;
	case CLASS_DUP2: exit_dup2(w, task, ev); break;
	case CLASS_FCNTL: exit_fcntl(w, task, ev); break;
	case CLASS_IOCTL: exit_ioctl(w, task, ev); break;
	case CLASS_WAIT: exit_wait(w, task, ev); break;
	case CLASS_FORK: process_forked(w, task, ev->ret); break;
	case CLASS_UNSHARE:
		if (ev->ret == 0 && op->arg & CLONE_FILES)
			fdt_unshare(w, w->task[task].proc);
		break;
	case CLASS_EXEC: call_drop_marks(w, task); break;
	case CLASS_MEMFD: exit_memfd(w, task, ev); break;
	case CLASS_MMAP:
	case CLASS_MUNMAP:
	case CLASS_MREMAP:
	case CLASS_FTRUNCATE: segment_exit(w, task, ev); break;
	case CLASS_UNLINK:
		segment_exit(w, task, ev);
		if (ev->ret == 0)
			fifo_unlinked(w, task);
		break;
	default: break;
	}
}

static void remember_last(struct world *w, const struct rec *r, const struct ev_exit *ev)
{
	struct w_task *t = &w->task[r->task];

	t->last_call = r->call;
	t->last_failed = ev->ret < 0 && ev->ret >= -4095 ? (u16)-ev->ret : 0;
	t->last_fd = t->op.fd;
	t->last_peeked = (r->call == CALL_recvmsg || r->call == CALL_recvmmsg) && t->op.arg & MSG_PEEK;
	t->last_ret = ev->ret;
	t->last_seq = world_now(w);
	t->last_site = t->op.site ? t->op.site : r->site;
}

/* The call around it ends though the one inside was not seen to. */
static void back_to_outer(struct world *w, const struct rec *r)
{
	const struct w_op *outer = world_outer(w, r->task);

	if (!outer || outer->call != r->call)
		return;
	if (w->task[r->task].op.open)
		world_drift(w, "%s of task %u never ended", call_name(w->task[r->task].op.call),
			r->task);
	call_drop_inner(w, r->task);
}

void call_exit(struct world *w, const struct rec *r, const struct ev_exit *ev)
{
	struct w_op *op = &w->task[r->task].op;
	enum call_class class;

	if (!op->open || op->call != r->call)
		back_to_outer(w, r);
	class = call_class(op->call);
	if (!op->open || op->call != r->call) {
		if (call_class(r->call) != CLASS_EXEC ||
			ev->ret != 0) /* EXEC has closed that one */
			world_drift(w, "%s of task %u ends at event %llu, but never began",
				call_name(r->call), r->task, (unsigned long long)world_now(w));
		return;
	}
	remember_last(w, r, ev);
	task_set_state(w, r->task, TASK_RUNNING);
	op->flags |= r->flags & EVF_UNREAD;
	if (class == CLASS_SPLICE && op->flow && !(r->flags & EVF_RESTART))
		socket_splice_exit(w, r->task, ev);
	if (!op->pipe && !op->pipe2)
		ipc_exit(w, r->task, ev, r->flags);
	if (class == CLASS_READ || class == CLASS_WRITE) {
		if (op->pipe)
			transfer_exit(w, r->task, ev, r->flags & EVF_RESTART);
		else if (!(r->flags & EVF_RESTART))
			exit_no_transfer(w, r->task, ev);
	} else if (class == CLASS_SYNC) {
		sync_exit(w, r->task, ev, r->flags);
	} else if (class == CLASS_ACCESS) {
		if (!(r->flags & EVF_RESTART))
			access_exit(w, r->task, ev);
		access_leave(w, r->task);
	} else if (op->pipe2 || (op->pipe && class != CLASS_FCNTL)) {
		splice_exit(w, r->task, ev);
	} else if (r->flags & EVF_RESTART) {
		call_drop_marks(w, r->task);
		if (op->pipe)
			pipe_op_end(w, r->task);
	} else {
		exit_rule(w, r->task, ev);
	}
	if (op->carries)
		carry_drop(w, &op->carries);
	if (class == CLASS_POLL)
		poll_leave(w, r->task);
	call_drop_files(w, r->task);
	block_zero(op, sizeof *op);
	if (w->task[r->task].outer)
		call_restore_outer(w, r->task);
}
