/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Names that no schedule changes. A task: its creator's name and which of the creator's processes
 * it is, "1.2", and which thread of that, "1.2/3". What has a name of its own outside bears that
 * ("shm /ring"), for who opens it first depends on the schedule; other memory and pipes (creator:n-th).
 * A C library object in shared memory is where it lies; one in private memory is the n-th that its
 * maker made; one that nobody was seen to make lies at an address whose last 12 bits stay the same.
 */
#include <stdlib.h>
#include <string.h>

#include "world/private.h"

/* ---- tasks ---- */

void world_task_identity(const struct world *w, u32 task, struct str *out)
{
	VEC(u32) chain = {0};

	if (!world_task(w, task))
		return;
	for (u32 t = task; t; t = w->proc[w->task[t].proc].creator)
		*vec_push(&chain) = t;
	for (size_t i = chain.n; i-- > 0;) {
		const struct w_task *t = &w->task[chain.at[i]];

		str_addf(out, "%s%u", i + 1 < chain.n ? "." : "", w->proc[t->proc].nth);
		if (t->nth > 1)
			str_addf(out, "/%u", t->nth);
	}
	free(chain.at);
}

static u32 process_made_by(const struct world *w, u32 creator, u32 nth)
{
	for (u32 p = 1; p < world_procs(w); p++)
		if (w->proc[p].creator == creator && w->proc[p].nth == nth)
			return p;
	return 0;
}

static u32 thread_of(const struct world *w, u32 proc, u32 nth)
{
	u32 t = proc ? w->proc[proc].task_first : 0;

	while (t && w->task[t].nth != nth)
		t = w->task[t].proc_next;
	return t;
}

/* A number at *s, which goes on behind it; 0: there is none. */
static u32 number_take(const char **s)
{
	unsigned long n;
	char *end;

	if (**s < '1' || **s > '9')
		return 0;
	n = strtoul(*s, &end, 10);
	*s = end;
	return n > UINT32_MAX ? 0 : (u32)n;
}

u32 world_task_by_identity(const struct world *w, const char *identity)
{
	const char *s = identity;
	u32 task = 0;

	for (;;) {
		u32 proc = process_made_by(w, task, number_take(&s)), nth = 1;

		if (*s == '/') {
			s++;
			nth = number_take(&s);
		}
		task = thread_of(w, proc, nth);
		if (!task || *s != '.')
			break;
		s++;
	}
	return *s ? 0 : task;
}

/* ---- objects ---- */

static void made_by(const struct world *w, u32 creator, u32 nth, struct str *out)
{
	if (creator)
		world_task_identity(w, creator, out);
	else
		str_add(out, "0");
	str_addf(out, ":%u", nth);
}

static void process_identity(const struct world *w, u32 proc, struct str *out)
{
	world_task_identity(w, thread_of(w, proc, 1), out);
}

/* A System V segment that others can find by its key. */
static bool segment_has_key(const struct world *w, const struct w_segment *s)
{
	return s->kind == SEGMENT_SYSV && strcmp(world_text(w, s->title), "SYSV00000000") != 0;
}

void identity_of_segment(const struct world *w, u32 segment, struct str *out)
{
	const struct w_segment *s = &w->segment[segment];

	if (s->kind == SEGMENT_PRIVATE) {
		str_add(out, "memory ");
		if (s->owner)
			process_identity(w, s->owner, out);
		return;
	}
	str_add(out, "shm ");
	if (s->title && (s->kind == SEGMENT_POSIX || s->kind == SEGMENT_FILE || segment_has_key(w, s)))
		str_add(out, world_text(w, s->title));
	else
		made_by(w, s->creator, s->nth, out);
}

void identity_of_sync(const struct world *w, u32 sync, struct str *out)
{
	const struct w_sync *s = &w->sync[sync];

	str_addf(out, "%s ", sync_word(s->kind));
	if (s->title) {
		str_add(out, world_text(w, s->title));
	} else if (s->segment) {
		identity_of_segment(w, s->segment, out);
		str_addf(out, "+%llu", (unsigned long long)s->off);
	} else if (s->inited && s->creator) {
		made_by(w, s->creator, s->nth, out);
		if (w->task[s->creator].proc != s->proc) {
			str_add(out, " in ");
			process_identity(w, s->proc, out);
		}
	} else {
		process_identity(w, s->proc, out);
		str_addf(out, "@%03x", (unsigned)(s->off & 0xfff));
	}
}

void identity_made_by(const struct world *w, u32 creator, u32 nth, struct str *out)
{
	made_by(w, creator, nth, out);
}

static void identity_of_pipe(const struct world *w, u32 pipe, struct str *out)
{
	const struct w_pipe *p = &w->pipe[pipe];

	if (p->fifo && !p->creator) { /* its name is what all runs know it by */
		str_add(out, "fifo ");
		str_add(out, world_text(w, p->title));
		return;
	}
	str_add(out, p->fifo ? "fifo " : "pipe ");
	made_by(w, p->creator, p->nth, out);
}

static u32 segment_of_fd(const struct world *w, const struct w_task *t)
{
	u32 fd = world_fd_find(w, t->proc, t->op.fd);
	const struct w_file *f = fd ? &w->file[w->fd[fd].file] : NULL;

	return f && f->kind == OBJ_SEGMENT ? f->object : 0;
}

static void identity_of_access(const struct world *w, const struct w_op *op, struct str *out)
{
	identity_of_segment(w, op->segment, out);
	if (w->segment[op->segment].kind == SEGMENT_PRIVATE)
		str_addf(out, "@%03x", (unsigned)(op->off & 0xfff));
	else
		str_addf(out, "+%llu", (unsigned long long)op->off);
}

/* Its first argument is a descriptor. */
static bool is_on_fd(const struct w_op *op)
{
	switch (call_class(op->call)) {
	case CLASS_READ:
	case CLASS_WRITE:
	case CLASS_CLOSE:
	case CLASS_DUP:
	case CLASS_DUP2:
	case CLASS_FCNTL:
	case CLASS_IOCTL:
	case CLASS_SPLICE: return true;
	case CLASS_POLL: return op->call == CALL_epoll_wait || op->call == CALL_epoll_pwait || op->call == CALL_epoll_pwait2;
	default:
		return (op->call >= CALL_bind && op->call <= CALL_sendmmsg) || op->call == CALL_recvmsg ||
		       op->call == CALL_recvmmsg || op->call == CALL_timerfd_settime || op->call == CALL_epoll_ctl;
	}
}

void world_op_identity(const struct world *w, u32 task, struct str *out)
{
	const struct w_task *t = world_task(w, task);
	u32 pipe = world_op_pipe(w, task), segment;

	if (!t || t->state >= TASK_ZOMBIE || !t->op.call)
		return;
	switch (call_class(t->op.call)) {
	case CLASS_ACCESS:
	case CLASS_FUTEX:
		if (t->op.segment)
			identity_of_access(w, &t->op, out);
		return;
	case CLASS_SYNC:
		if (t->op.sync)
			identity_of_sync(w, t->op.sync, out);
		else if (t->op.text)
			str_addf(out, "sem %s", world_text(w, t->op.text));
		else if (join_target(w, task)) {
			str_add(out, "thread ");
			world_task_identity(w, join_target(w, task), out);
		}
		return;
	case CLASS_MMAP:
	case CLASS_FTRUNCATE:
	case CLASS_CLOSE:
	case CLASS_DUP:
	case CLASS_FCNTL:
		segment = segment_of_fd(w, t);
		if (segment)
			identity_of_segment(w, segment, out);
		break;
	default: break;
	}
	if (pipe)
		identity_of_pipe(w, pipe, out);
	else if (is_on_fd(&t->op) && socket_of_fd(w, task, t->op.fd)) {
		const struct w_socket *k = &w->socket[socket_of_fd(w, task, t->op.fd)];

		str_add(out, "sock ");
		identity_made_by(w, k->creator, k->nth, out);
	} else if (is_on_fd(&t->op) && counter_of_fd(w, task, t->op.fd))
		counter_identity(w, counter_of_fd(w, task, t->op.fd), out);
	else if (world_op_queue(w, task))
		queue_identity(w, world_op_queue(w, task), out);
	else if (ipc_is_sem_call(t->op.call) && t->op.object)
		sems_identity(w, t->op.object, out);
	else if ((t->op.call == CALL_mq_open || t->op.call == CALL_mq_unlink) && t->op.text)
		str_addf(out, "mq %s", world_text(w, t->op.text));
	else if ((t->op.call == CALL_shmat || t->op.call == CALL_shmctl) && t->op.segment)
		identity_of_segment(w, t->op.segment, out);
}
