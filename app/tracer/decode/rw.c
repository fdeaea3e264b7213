/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read, write and their vector and splice forms: read(2), readv(2), splice(2), tee(2), sendfile(2). */
#include "tracer/private.h"

static bool is_operation(struct tracer *t, struct tracee *x, int fd, struct entry *e)
{
	enum fd_class class = fd_class(t, x, fd);

	if (class == FDC_TTY && t->opt.terminals) {
		e->hold = false; /* logged, seen when it blocks, never held */
		return true;
	}
	return class == FDC_PIPE || class == FDC_FILE || (class == FDC_OBJECT && (t->opt.files || object_of_fd(t, x, fd)->kind != SEEN_FILE));
}

bool decode_rw(struct tracer *t, struct tracee *x, struct entry *e)
{
	e->fd = (i32)x->args[0];
	if (!is_operation(t, x, e->fd, e))
		return false;
	e->size = x->args[2];
	if (e->call == CALL_write)
		e->data = x->args[1];
	event_entered(t, x, e);
	decode_written(t, x, e);
	return true;
}

/* Does it lead to memory that is not there? Then a read comes back short, as a write does. First and last bytes tell. */
static bool is_bad(struct tracee *x, const struct iovec *v)
{
	u64 at = (u64)(uintptr_t)v->iov_base;
	u8 byte;

	return v->iov_len && (memory_read(x->tid, at, &byte, 1) != 1 || memory_read(x->tid, at + v->iov_len - 1, &byte, 1) != 1);
}

/* A pipe's read stops before the piece that does not fit wholly into memory that is there, and a piece is a page at most. */
u32 read_cut_flag(const struct tracee *x, i64 ret)
{
	const struct entry *e = &x->entry;
	u64 from = x->args[1] + (u64)ret, left = e->size - (u64)ret,
	    last = from + (left < 4096 ? left : 4096) - 1;
	u8 byte;

	if (e->call != CALL_read || ret <= 0 || (u64)ret >= e->size ||
		(from - 1) >> 12 == last >> 12)
		return 0;
	return memory_read(x->tid, last, &byte, 1) == 1 ? 0 : EVF_UNREAD;
}

bool decode_vector(struct tracer *t, struct tracee *x, struct entry *e)
{
	struct iovec vec[1024]; /* IOV_MAX */
	size_t n = (u32)x->args[2]; /* the kernel takes no more of it */

	e->fd = (i32)x->args[0];
	if (!is_operation(t, x, e->fd, e))
		return false;
	if (n > ARRAY_LEN(vec))
		n = ARRAY_LEN(vec); /* the call fails with EINVAL */
	n = memory_read(x->tid, x->args[1], vec, n * sizeof *vec) / sizeof *vec;
	for (size_t i = 0; i < n; i++)
		e->size += vec[i].iov_len;
	if (e->call == CALL_writev || e->call == CALL_pwritev2) {
		e->vec = x->args[1];
		e->vec_n = n;
	} else {
		for (size_t i = 0; i < n && !e->flags; i++)
			e->flags |= is_bad(x, &vec[i]) ? EVF_UNREAD : 0;
	}
	decode_written(t, x, e);
	return true;
}

static bool is_stream(struct tracer *t, struct tracee *x, int fd)
{
	enum fd_class class = fd_class(t, x, fd);

	return class == FDC_PIPE || class == FDC_OBJECT;
}

bool decode_splice(struct tracer *t, struct tracee *x, struct entry *e)
{
	const u64 *a = x->args;
	bool in, out;

	switch (e->call) {
	case CALL_splice:
		e->fd = (i32)a[0];
		e->fd2 = (i32)a[2];
		e->size = a[4];
		e->arg = a[5];
		break;
	case CALL_tee:
		e->fd = (i32)a[0];
		e->fd2 = (i32)a[1];
		e->size = a[2];
		e->arg = a[3];
		break;
	case CALL_sendfile: /* out comes first here */
		e->fd = (i32)a[1];
		e->fd2 = (i32)a[0];
		e->size = a[3];
		break;
	default: { /* vmsplice */
		struct iovec vec[64];
		size_t n = (size_t)a[2];
		e->fd = (i32)a[0];
		n = memory_read(x->tid, a[1], vec, (n > 64 ? 64 : n) * sizeof *vec) / sizeof *vec;
		for (size_t i = 0; i < n; i++)
			e->size += vec[i].iov_len;
		e->arg = a[3];
	}
	}
	in = is_stream(t, x, e->fd);
	out = e->call != CALL_vmsplice && is_stream(t, x, e->fd2);
	return in || out;
}
