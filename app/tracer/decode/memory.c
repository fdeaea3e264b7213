/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory that is shared: mmap(2) with MAP_SHARED, ftruncate(2), msync(2), memfd_create(2), the end
 * of a name (unlink(2)), and futex(2) where it is not private to a process. Read-only mappings of
 * the system's own files (locale archives, gconv caches) pass unseen: nobody here writes them. */
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <stdio.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "tracer/private.h"

/* A regular file that is about to be mapped is a segment from now on, and so is the descriptor. */
static bool file_becomes_segment(struct tracer *t, struct tracee *x, int fd, bool writable)
{
	struct err ignored = {0}; /* a full disk shows itself at the next record */
	char path[64], link[1024];
	ssize_t n;
	u32 seg;

	snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)x->tid, fd);
	n = readlink(path, link, sizeof link - 1);
	link[n < 0 ? 0 : n] = 0;
	if (n < 0 || (!writable && mapping_is_system(link)))
		return false;
	seg = segment_of_fd(t, x->tid, fd, true);
	return seg && fdmap_adopt_segment(t, x, fd, seg, &ignored);
}

bool decode_mmap(struct tracer *t, struct tracee *x, struct entry *e)
{
	const u64 *a = x->args;
	enum fd_class class;

	e->size = a[1];
	e->arg = (a[2] & 0xffffffff) | a[3] << 32;
	e->hash = a[5];
	if (a[3] & MAP_ANONYMOUS)
		return true;
	e->fd = (i32)a[4];
	class = fd_class(t, x, e->fd);
	return class == FDC_SEGMENT ||
	       (class == FDC_OTHER && file_becomes_segment(t, x, e->fd, a[2] & PROT_WRITE));
}

bool decode_msync(struct tracer *t, struct tracee *x, struct entry *e)
{
	(void)t;
	e->arg = x->args[0];
	e->size = x->args[1];
	e->fd2 = (i32)x->args[2];
	return space_find(x->space, e->arg) != NULL;
}

bool decode_ftruncate(struct tracer *t, struct tracee *x, struct entry *e)
{
	e->fd = (i32)x->args[0];
	e->arg = x->args[1];
	return fd_class(t, x, e->fd) == FDC_SEGMENT;
}

bool decode_memfd(struct tracer *t, struct tracee *x, struct entry *e)
{
	(void)t;
	e->held = (u32)memory_read_string(x->tid, x->args[0], (char *)e->bytes, PATH_KEPT) + 1;
	e->arg = x->args[1] & 0xffffffff;
	return true;
}

/* Does a name of this process's lead to a segment that is known? */
static bool leads_to_segment(struct tracer *t, struct tracee *x, int dir, const char *path)
{
	char full[PATH_KEPT + 64];
	struct stat st;
	u32 seg;

	if (path[0] == '/')
		snprintf(full, sizeof full, "/proc/%d/root%s", (int)x->tid, path);
	else if (dir == AT_FDCWD)
		snprintf(full, sizeof full, "/proc/%d/cwd/%s", (int)x->tid, path);
	else
		snprintf(full, sizeof full, "/proc/%d/fd/%d/%s", (int)x->tid, dir, path);
	if (lstat(full, &st) < 0 || !S_ISREG(st.st_mode))
		return false;
	seg = segment_by_path(t, &st);
	return seg && t->segments.at[seg].announced;
}

bool decode_unlink(struct tracer *t, struct tracee *x, struct entry *e)
{
	bool at = e->call == CALL_unlinkat;
	char path[PATH_KEPT];
	bool may_come = false; /* nothing has that name yet: a FIFO may, before the call runs */

	if (at && x->args[2])
		return false; /* a folder */
	memory_read_string(x->tid, x->args[at], path, sizeof path);
	if (t->fifos)
		e->hash = fifo_at(x, at ? (int)x->args[0] : AT_FDCWD, path, &may_come);
	if (!e->hash && !may_come && strncmp(path, "/dev/shm/", 9) &&
	    (t->segments.n < 2 || !leads_to_segment(t, x, at ? (int)x->args[0] : AT_FDCWD, path)))
		return false;
	e->held = (u32)strlen(path) + 1;
	memcpy(e->bytes, path, e->held);
	return true;
}

/* futex(2): which operations wait, and against which clock. */
static u64 futex_time(struct tracee *x, int op)
{
	int clock = op & FUTEX_CLOCK_REALTIME ? CLOCK_REALTIME : CLOCK_MONOTONIC;
	u64 ns;

	switch (op & FUTEX_CMD_MASK) {
	case FUTEX_WAIT:
		return decode_time(x, x->args[3], 1);
	case FUTEX_LOCK_PI:
		clock = CLOCK_REALTIME;
		break;
	case FUTEX_WAIT_BITSET:
	case FUTEX_WAIT_REQUEUE_PI:
	case FUTEX_LOCK_PI2:
		break;
	default:
		return TIME_NONE;
	}
	ns = decode_time(x, x->args[3], 1);
	return ns == TIME_NONE ? ns : time_until(clock, ns);
}

bool decode_futex(struct tracer *t, struct tracee *x, struct entry *e)
{
	if (t && t->opt.sleepers) /* who sleeps in one is found by looking, private or not */
		return false;
	if (x->args[1] & FUTEX_PRIVATE_FLAG) {
		if (t && !t->opt.times)
			return false;
		e->hold = false;
	}
	e->arg = x->args[0];
	e->fd = (i32)x->args[1];
	e->size = x->args[2] & 0xffffffff;
	e->hash = futex_time(x, e->fd);
	e->timed = (struct timed){.kind = e->hash == TIME_NONE ? TIMED_NOT : TIMED_POINTER, .arg = 3,
	                          .sys_result = -ETIMEDOUT, .ns = e->hash};
	return true;
}

/* ---- what came of it ---- */

static void segment_resized(struct tracer *t, struct tracee *x, int fd, struct ev_exit *out)
{
	char path[64];
	struct stat st;
	u32 seg = segment_of_fd(t, x->tid, fd, true);

	snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)x->tid, fd);
	if (!seg || stat(path, &st) < 0)
		return;
	shadow_cut(&t->segments.at[seg], (u64)st.st_size);
	t->segments.at[seg].size = (u64)st.st_size;
	out->arg = t->segments.at[seg].ino;
	out->arg2 = t->segments.at[seg].dev;
}

void memory_call_done(struct tracer *t, struct tracee *x, i64 ret, struct ev_exit *out)
{
	const struct entry *e = &x->entry;
	struct err ignored = {0};
	u32 seg;

	switch (e->call) {
	case CALL_mmap:
		seg = maps_made(t, x, (u64)ret, &ignored);
		if (seg) {
			out->arg = t->segments.at[seg].ino;
			out->arg2 = t->segments.at[seg].dev;
		}
		break;
	case CALL_ftruncate:
		segment_resized(t, x, e->fd, out);
		break;
	case CALL_memfd_create:
		seg = segment_of_fd(t, x->tid, (int)ret, false);
		out->fd = (i32)ret;
		if (!seg)
			break;
		segment_announce(t, x, seg, &ignored);
		fdmap_set(t, x->fds, (int)ret, FDC_SEGMENT, seg, e->arg & MFD_CLOEXEC);
		out->arg = t->segments.at[seg].ino;
		out->arg2 = t->segments.at[seg].dev;
		break;
	default:
		break;
	}
}
