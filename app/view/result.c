/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a finished call did: "P1 closed fd 4, producer.c line 16. Result 0." */
#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "view/private.h"

struct result {
	const struct scene *s;
	const struct happening *h;
	const struct rec *r;
	struct ev_exit e;
	struct str *out;
};

static void add_through(const struct result *x, const char *how)
{
	const struct w_file *file = world_file(x->s->world, x->h->op.file);
	struct str object = {0};

	words_object(x->s, x->h->kind, x->h->pipe, &object);
	if (x->h->kind == OBJ_DISK && file)
		str_add_escaped(&object, world_text(x->s->world, file->title), strlen(world_text(x->s->world, file->title)));
	if (object.len)
		str_addf(x->out, " %s %s, fd %d", how, str_get(&object), x->h->op.fd);
	else
		str_addf(x->out, " %s fd %d", how, x->h->op.fd);
	str_finish(&object);
}

/* What that descriptor leads to, as its name: "pipe1", "sock2", "mq1 "/A""; false: it has none. */
static bool add_object_of_fd(const struct result *x, i32 number, struct str *out)
{
	const struct world *w = x->s->world;
	const struct w_task *t = world_task(w, x->r->task);
	const struct w_fd *fd = t && number >= 0 ? world_fd(w, world_fd_find(w, t->proc, number)) : NULL;
	const struct w_file *f = fd ? world_file(w, fd->file) : NULL;
	size_t before = out->len;
	u32 pipe = 0, kind = f ? object_of(w, fd->file, &pipe) : OBJ_NONE;
	char name[24] = "";

	if (!f)
		return false;
	if (kind == OBJ_MQ)
		words_queue_name(x->s, f->object, out);
	else if (kind == OBJ_DISK)
		str_add_escaped(out, world_text(w, f->title), strlen(world_text(w, f->title)));
	else if (kind >= OBJ_SOCKET)
		str_add(out, world_object_name(w, kind, f->object, name));
	else
		words_object(x->s, kind, pipe, out);
	return out->len > before;
}

/* The call, with the name of what each descriptor leads to behind it: "read of fd 3 (pipe1)", "read(3) on pipe1". */
static void add_call_with_names(const struct result *x)
{
	const struct w_op *op = &x->h->op;
	struct str call = {0}, name = {0};
	const char *from, *first, *second;
	char fd[2][24];

	words_op(x->s, x->r->task, op, false, &call);
	snprintf(fd[0], sizeof fd[0], "fd %d", op->fd);
	snprintf(fd[1], sizeof fd[1], "fd %d", op->fd2);
	from = str_get(&call);
	first = strstr(from, fd[0]);
	second = op->file2 || op->fd2 > 0 ? strstr(first ? first + strlen(fd[0]) : from, fd[1]) : NULL;
	for (int i = 0; i < 2; i++) {
		const char *at = i ? second : first;
		size_t len = strlen(fd[i]);

		if (!at || (at[len] >= '0' && at[len] <= '9'))
			continue;
		str_clear(&name);
		if (!add_object_of_fd(x, i ? op->fd2 : op->fd, &name))
			continue;
		str_add_bytes(x->out, from, (size_t)(at + len - from));
		str_addf(x->out, " (%s)", str_get(&name));
		from = at + len;
	}
	str_add(x->out, from);
	snprintf(fd[0], sizeof fd[0], "(%d", op->fd);
	first = x->s->style == STYLE_SHORT ? strstr(str_get(&call), fd[0]) : NULL;
	str_clear(&name);
	if (first && strchr(",)", first[strlen(fd[0])]) && add_object_of_fd(x, op->fd, &name))
		str_addf(x->out, " on %s", str_get(&name));
	str_finish(&call);
	str_finish(&name);
}

static void did_read(const struct result *x)
{
	u64 got = (u64)x->e.ret;

	if (got == 0 && x->h->op.size > 0) {
		str_add(x->out, " read end of file");
		add_through(x, "from");
		return;
	}
	str_addf(x->out, " read %llu byte%s", (unsigned long long)got, got == 1 ? "" : "s");
	if (x->h->bytes_n) {
		u32 n = x->h->bytes_n < got ? x->h->bytes_n : (u32)got;

		str_add(x->out, ", ");
		words_bytes(x->h->bytes, n, got, x->out);
		str_add(x->out, ",");
	}
	add_through(x, "from");
}

static void did_write(const struct result *x)
{
	const struct w_op *op = &x->h->op;
	u64 put = (u64)x->e.ret;
	const u8 *bytes;
	u32 n;
	bool known = bytes_of_write(x->s->log, op->pos, &bytes, &n);

	if (x->h->kind == OBJ_TTY && known && put == op->size) {
		str_add(x->out, " wrote ");
		words_bytes(bytes, n, put, x->out);
		str_add(x->out, " to its terminal");
		return;
	}
	str_addf(x->out, " wrote %llu", (unsigned long long)put);
	if (put < op->size)
		str_addf(x->out, " of %llu", (unsigned long long)op->size);
	str_addf(x->out, " byte%s", op->size == 1 ? "" : "s");
	if (known) {
		str_add(x->out, ", ");
		words_bytes(bytes, n < put ? n : put, put, x->out);
		str_add(x->out, ",");
	}
	add_through(x, "to");
}

static void did_fork(const struct result *x)
{
	str_addf(x->out, " returned from %s", words_call_name(&x->h->op));
}

/* From the world, which saw the end: a program that passes NULL is told no status. */
static int status_collected(const struct result *x)
{
	for (u32 i = world_procs(x->s->world); i-- > 1;) {
		const struct w_proc *p = world_proc(x->s->world, i);

		if (p && p->pid == x->e.ret && p->ended)
			return p->status;
	}
	return x->e.fd;
}

static void did_wait(const struct result *x)
{
	int status = status_collected(x);

	if (x->e.ret == 0 && x->h->op.call == CALL_wait4) {
		str_add(x->out, " looked for ended children and found none");
		return;
	}
	if (x->h->op.call == CALL_waitid) {
		str_add(x->out, x->e.fd > 0 ? " learnt with waitid of " : " returned from waitid");
		if (x->e.fd > 0)
			words_pid(x->s, x->e.fd, x->out);
		return;
	}
	str_add(x->out, " collected ");
	words_pid(x->s, x->e.ret, x->out);
	str_add(x->out, ", which ");
	if (WIFSIGNALED(status))
		str_add(x->out, "was ");
	if (WIFSTOPPED(status) || WIFCONTINUED(status))
		str_add(x->out, "has changed its state");
	else
		words_wait_status(status, x->out);
}

static void did_dup(const struct result *x)
{
	str_addf(x->out, " made fd %lld a duplicate of fd %d", (long long)x->e.ret, x->h->op.fd);
	if (x->h->pipe) {
		str_add(x->out, ", an end of ");
		words_object(x->s, x->h->kind, x->h->pipe, x->out);
	}
}

static void did_pipe(const struct result *x)
{
	const struct world *w = x->s->world;
	const struct w_task *t = world_task(w, x->r->task);
	const struct w_fd *fd = t ? world_fd(w, world_fd_find(w, t->proc, x->e.fd)) : NULL;
	u32 pipe = 0;
	char name[24];

	if (fd)
		object_of(w, fd->file, &pipe);
	str_addf(x->out, " made %s, to read fd %d, to write fd %d",
		pipe ? world_pipe_name(w, pipe, name) : "a pipe", x->e.fd, x->e.fd2);
}

static void did_close(const struct result *x)
{
	const struct w_op *op = &x->h->op;
	bool marks = op->call == CALL_close_range && op->arg & CLOSE_RANGE_CLOEXEC; /* they stay open till an exec */

	if (op->call == CALL_close_range && op->fd2 == INT32_MAX)
		str_addf(x->out, marks ? " made every fd from %d on close-on-exec" : " closed every fd from %d on", op->fd);
	else if (op->call == CALL_close_range)
		str_addf(x->out, marks ? " made fds %d to %d close-on-exec" : " closed fds %d to %d", op->fd, op->fd2);
	else
		str_addf(x->out, " closed fd %d", op->fd);
}

static void did_poll(const struct result *x)
{
	str_add(x->out, "'s ");
	words_op(x->s, x->r->task, &x->h->op, false, x->out);
	if (x->e.ret == 0)
		str_add(x->out, " found none ready in that time");
	else
		str_addf(x->out, " found %lld ready", (long long)x->e.ret);
}

/* Bytes that went from one descriptor to another inside the kernel. */
static void did_transfer(const struct result *x)
{
	const struct w_op *op = &x->h->op;

	str_addf(x->out, " %s %lld byte%s", op->call == CALL_splice ? "moved" : "copied", (long long)x->e.ret,
		x->e.ret == 1 ? "" : "s");
	for (int i = 0; i < 2; i++) {
		struct str name = {0};
		bool named = add_object_of_fd(x, i ? op->fd2 : op->fd, &name);

		str_addf(x->out, " %s %s%sfd %d", i ? "to" : "from", str_get(&name), named ? ", " : "", i ? op->fd2 : op->fd);
		str_add(x->out, named ? "," : "");
		str_finish(&name);
	}
	str_addf(x->out, " with %s", words_call_name(op));
}

/* Pages of its memory into a pipe; or, from a pipe's read end, out of it. */
static void did_vmsplice(const struct result *x)
{
	const struct w_file *file = world_file(x->s->world, x->h->op.file);
	bool out_of = file && file->access == ACCESS_READ;

	str_addf(x->out, " moved %lld byte%s", (long long)x->e.ret, x->e.ret == 1 ? "" : "s");
	add_through(x, out_of ? "from" : "to");
	str_add(x->out, " with vmsplice");
}

static void did_other(const struct result *x)
{
	const struct w_op *op = &x->h->op;

	switch (op->call) {
	case CALL_poll:
	case CALL_ppoll:
	case CALL_select:
	case CALL_pselect6:
		did_poll(x);
		return;
	case CALL_splice:
	case CALL_tee:
	case CALL_sendfile:
	case CALL_copy_file_range:
		did_transfer(x);
		return;
	case CALL_nanosleep:
	case CALL_clock_nanosleep:
		str_add(x->out, " has slept ");
		words_duration(op->arg, x->out);
		return;
	case CALL_kill:
	case CALL_tkill:
	case CALL_tgkill:
		str_add(x->out, " sent ");
		words_signal(op->fd2, x->out);
		str_add(x->out, " to ");
		words_pid(x->s, op->fd, x->out);
		return;
	case CALL_vmsplice: did_vmsplice(x); return;
	case CALL_fcntl:
		if (op->arg == F_SETFD) {
			str_addf(x->out, " made fd %d %s", op->fd, op->size & FD_CLOEXEC ? "close-on-exec" : "stay open over exec");
			return;
		}
		/* fall through */
	default: str_add(x->out, " finished "); add_call_with_names(x);
	}
}

static bool is_dup(const struct w_op *op)
{
	return op->call == CALL_dup || op->call == CALL_dup2 || op->call == CALL_dup3 ||
	       (op->call == CALL_fcntl && (op->arg == F_DUPFD || op->arg == F_DUPFD_CLOEXEC));
}

static void add_success(const struct result *x)
{
	if (is_dup(&x->h->op)) {
		did_dup(x);
		return;
	}
	switch (x->h->op.call) {
	case CALL_read:
	case CALL_readv:
	case CALL_preadv2: did_read(x); return;
	case CALL_write:
	case CALL_writev:
	case CALL_pwritev2: did_write(x); return;
	case CALL_pipe:
	case CALL_pipe2: did_pipe(x); return;
	case CALL_close:
	case CALL_close_range: did_close(x); return;
	case CALL_fork:
	case CALL_vfork:
	case CALL_clone:
	case CALL_clone3: did_fork(x); return;
	case CALL_wait4:
	case CALL_waitid: did_wait(x); return;
	default: did_other(x);
	}
}

static bool result_is_pid(const struct w_op *op)
{
	return op->call == CALL_fork || op->call == CALL_vfork || op->call == CALL_clone ||
	       op->call == CALL_clone3 || op->call == CALL_wait4;
}

/* ", the pid of P2", ", the id of thread P1.1": whom a fork or clone has made. */
static void add_born(const struct result *x)
{
	for (u32 i = world_tasks(x->s->world); i-- > 1;) {
		const struct w_task *t = world_task(x->s->world, i);

		if (!t || t->tid != x->e.ret)
			continue;
		str_add(x->out, t->nth > 1 ? ", the id of thread " : ", the pid of ");
		words_name(x->s, i, x->out);
		return;
	}
}

/* ERESTARTSYS and its like (512 to 516) never reach the program: words_result takes them first. */
static const char *error_name(int error)
{
	const char *name = strerrorname_np(error);

	return name ? name : "an error";
}

void words_result(
	const struct scene *s, const struct happening *h, const struct rec *r, struct str *out)
{
	struct result x = {.s = s, .h = h, .r = r, .out = out};

	memcpy(&x.e, rec_body(r), sizeof x.e);
	words_name(s, r->task, out);
	if ((r->flags & EVF_RESTART) || (x.e.ret <= -512 && x.e.ret >= -530)) {
		str_add(out, "'s ");
		words_op(s, r->task, &h->op, false, out);
		str_add(out, " was interrupted by a signal and begins again");
		words_at(s, h->op.site, out);
		str_add(out, ".\n");
		return;
	}
	if (words_result_queue(s, h, r, out) || words_result_fifo(s, h, r, out) || words_result_counter(s, h, r, out) ||
		words_result_lock(s, h, r, out) || words_result_signal(s, h, r, out) || words_result_socket(s, h, r, out) || words_result_memory(s, h, r, out))
		return;
	if (x.e.ret < 0 && x.e.ret > -4096) {
		int error = (int)-x.e.ret;

		str_add(out, "'s ");
		add_call_with_names(&x);
		str_add(out, " failed");
		words_at(s, h->op.site, out);
		str_addf(out, ". Result -1, errno %s: %s.\n", error_name(error), strerror(error));
		return;
	}
	add_success(&x);
	words_at(s, h->op.site, out);
	str_addf(out, ". Result %lld", (long long)x.e.ret);
	if (result_is_pid(&h->op) && x.e.ret > 0 && h->op.call != CALL_wait4) {
		add_born(&x);
	}
	str_add(out, ".\n");
}
