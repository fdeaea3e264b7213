/* SPDX-License-Identifier: GPL-3.0-or-later */
/* POSIX message queues: mq_overview(7). A queue is known by its inode, which the descriptor leads to in whatever
 * ipc namespace it was opened. What a receiver got is told by priority, length and hash, so that the world
 * knows which message it was. */
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <time.h>

#include "tracer/private.h"

enum { MESSAGE_MAX = 16 << 20 }; /* HARD_MSGSIZEMAX: a longer one is refused */

/* The system call's name has no slash; the programmer's has. */
static void read_name(struct tracee *x, struct entry *e)
{
	e->bytes[0] = '/';
	memory_read_string(x->tid, x->args[0], (char *)e->bytes + 1, PATH_KEPT - 1);
	e->held = (u32)strlen((char *)e->bytes) + 1;
}

bool decode_mq_open(struct tracer *t, struct tracee *x, struct entry *e)
{
	long attr[8] = {0};

	(void)t;
	read_name(x, e);
	e->arg = x->args[1] & 0xffffffff;
	if (e->arg & O_CREAT && x->args[3] && memory_read(x->tid, x->args[3], attr, sizeof attr) == sizeof attr)
		e->size = (u32)attr[1] | (u64)(u32)attr[2] << 32;
	return true;
}

bool decode_mq_unlink(struct tracer *t, struct tracee *x, struct entry *e)
{
	(void)t;
	read_name(x, e);
	return true;
}

static bool is_queue(struct tracer *t, struct tracee *x, int fd)
{
	const struct object_seen *o = object_of_fd(t, x, fd);

	return o && o->kind == SEEN_MQ;
}

/* An absolute time of the system's clock. One that has passed already is no wait, and what is no time at
 * all is an error: both stay as they are. */
static void read_deadline(struct tracee *x, struct entry *e)
{
	e->arg = decode_time(x, x->args[4], 1);
	if (e->arg == TIME_NONE)
		return;
	e->arg = time_until(CLOCK_REALTIME, e->arg);
	if (e->arg)
		e->timed = (struct timed){.kind = TIMED_POINTER, .arg = 4, .sys_result = -ETIMEDOUT, .ns = e->arg};
}

bool decode_mq_send(struct tracer *t, struct tracee *x, struct entry *e)
{
	e->fd = (i32)x->args[0];
	if (!is_queue(t, x, e->fd))
		return false;
	e->size = x->args[2];
	e->fd2 = (i32)x->args[3];
	if (e->size <= MESSAGE_MAX)
		e->data = x->args[1];
	read_deadline(x, e);
	return true;
}

bool decode_mq_receive(struct tracer *t, struct tracee *x, struct entry *e)
{
	e->fd = (i32)x->args[0];
	if (!is_queue(t, x, e->fd))
		return false;
	e->size = x->args[2];
	read_deadline(x, e);
	return true;
}

bool decode_mq_notify(struct tracer *t, struct tracee *x, struct entry *e)
{
	e->fd = (i32)x->args[0];
	e->arg = x->args[1] != 0;
	return is_queue(t, x, e->fd);
}

bool decode_mq_attr(struct tracer *t, struct tracee *x, struct entry *e)
{
	long flags;

	e->fd = (i32)x->args[0];
	e->arg = TIME_NONE;
	if (x->args[1] && memory_read(x->tid, x->args[1], &flags, sizeof flags) == sizeof flags)
		e->arg = (u64)flags;
	e->hold = e->arg != TIME_NONE; /* a look changes nothing */
	return is_queue(t, x, e->fd);
}

u64 hash_of_memory(pid_t tid, u64 addr, u64 n)
{
	u8 buf[16384];
	u64 hash = 0;

	while (n) {
		size_t want = n < sizeof buf ? (size_t)n : sizeof buf, got = memory_read(tid, addr, buf, want);
		hash = hash64(hash, buf, got);
		if (got < want)
			break;
		addr += got;
		n -= got;
	}
	return hash;
}

/* ---- what came of it ---- */

static void opened(struct tracer *t, struct tracee *x, int fd, struct ev_exit *out)
{
	u32 index = object_made(t, x, fd, true);
	struct err ignored = {0}; /* a full disk shows itself at the next record */
	struct mq_attr attr;
	struct stat st;
	char path[64];

	out->fd = out->fd2 = 0;
	if (!index)
		return;
	snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)x->tid, fd);
	if (stat(path, &st) == 0)
		out->arg2 = st.st_dev;
	out->arg = t->objects.at[index].id;
	if (queue_ask(x, fd, &attr, NULL)) {
		out->fd = (i32)attr.mq_maxmsg;
		out->fd2 = (i32)attr.mq_msgsize;
	}
	queue_announce(t, x, fd, index, false, &ignored);
}

/* The priority is stored first: a message that is stored over it leaves none to be read. */
static bool is_under(u64 at, u64 n, u64 message, u64 size)
{
	return at < message + size && message < at + n;
}

static void received(struct tracee *x, i64 ret, struct ev_exit *out)
{
	u32 priority;

	out->arg = OBS_UNKNOWN;
	if (x->args[3] && !is_under(x->args[3], sizeof priority, x->args[1], (u64)ret) && memory_read(x->tid, x->args[3], &priority, sizeof priority) == sizeof priority)
		out->arg = priority;
	out->arg2 = hash_of_memory(x->tid, x->args[1], (u64)ret);
}

void mq_call_done(struct tracer *t, struct tracee *x, i64 ret, struct ev_exit *out)
{
	struct object_seen *o;

	switch (x->entry.call) {
	case CALL_mq_open:
		opened(t, x, (int)ret, out);
		return;
	case CALL_mq_timedreceive:
		received(x, ret, out);
		break;
	case CALL_mq_timedsend:
		break;
	default:
		return;
	}
	o = object_of_fd(t, x, x->entry.fd);
	if (o)
		o->detail[MQ_TALLY] += x->entry.call == CALL_mq_timedsend ? 1 : (u64)-1;
}
