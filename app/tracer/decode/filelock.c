/* SPDX-License-Identifier: GPL-3.0-or-later */
/* File locks: flock(2), fcntl(2) with F_SETLK and its like. A file is of no interest until a call locks it: then every
 * descriptor that any of ours has of it becomes known (SEEN_FILE: an open file, told apart by kcmp(2)), because closing one
 * gives locks back. What is opened later is looked at when it is closed. Reading and writing stay what they were. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "tracer/private.h"

enum { FILE_KEY, FILE_INO, FILE_DEV }; /* object_seen.detail of a file */

bool lock_command(u64 cmd)
{
	return cmd == F_SETLK || cmd == F_SETLKW || cmd == F_OFD_SETLK || cmd == F_OFD_SETLKW;
}

static bool fd_stat(struct tracee *x, int fd, struct stat *st)
{
	char path[64];

	snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)x->tid, fd);
	return stat(path, st) == 0;
}

/* The device of its file system, as /proc/locks has it: what stat(2) says of a file in an overlay is another one. */
static u64 device_of(const struct tracee *x, int fd, const struct stat *st)
{
	char path[64], line[4096];
	int mount = -1, id;
	unsigned major, minor;
	u64 dev = st->st_dev;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/fdinfo/%d", (int)x->tid, fd);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof line, f) && sscanf(line, "mnt_id: %d", &mount) != 1)
		;
	if (f)
		fclose(f);
	snprintf(path, sizeof path, "/proc/%d/mountinfo", (int)x->tid);
	f = mount >= 0 ? fopen(path, "re") : NULL;
	while (f && fgets(line, sizeof line, f))
		if (sscanf(line, "%d %*d %u:%u", &id, &major, &minor) == 3 && id == mount)
			dev = makedev(major, minor);
	if (f)
		fclose(f);
	return dev;
}

static u64 key_of(const struct stat *st)
{
	return st->st_ino ^ (u64)st->st_dev << 40;
}

/* The open file that the descriptor leads to, found among those known, or a new one. */
static u32 open_file(struct tracer *t, struct tracee *x, int fd, const struct stat *st)
{
	u32 index;

	for (size_t i = 0; i < t->all.n; i++) {
		const struct tracee *y = t->all.at[i];
		if (!y->fds || y->holding == IS_GONE)
			continue;
		for (u32 k = 0; k < y->fds->n; k++) {
			const struct fd_seen *s = &y->fds->fds[k];
			if (s->class == FDC_OBJECT && t->objects.at[s->pipe].kind == SEEN_FILE &&
			    t->objects.at[s->pipe].detail[FILE_KEY] == key_of(st) &&
			    syscall(SYS_kcmp, x->tid, y->tid, 0 /* KCMP_FILE */, fd, k) == 0)
				return s->pipe;
		}
	}
	index = object_find(t, SEEN_FILE, 0);
	t->objects.at[index].detail[FILE_KEY] = key_of(st);
	t->objects.at[index].detail[FILE_INO] = st->st_ino;
	t->objects.at[index].detail[FILE_DEV] = device_of(x, fd, st);
	return index;
}

/* A descriptor of which nothing is followed but that it is of a file, if that. */
static bool may_be_locked(enum fd_class class)
{
	return class == FDC_UNKNOWN || class == FDC_OTHER || class == FDC_FILE;
}

static bool adopt_one(struct tracer *t, struct tracee *x, int fd, const struct stat *st, struct err *err)
{
	enum fd_class class;
	u64 ignored, key = key_of(st), access;
	u32 flags = 0, index;
	bool cloexec = false;

	if (!may_be_locked((enum fd_class)fdmap_get(x->fds, fd)->class) || !fd_ask(x->tid, fd, &class, &ignored, &flags, &cloexec))
		return true;
	index = open_file(t, x, fd, st);
	fdmap_set(t, x->fds, fd, FDC_OBJECT, index, cloexec);
	t->locks = true;
	access = (flags & O_ACCMODE) == O_RDONLY ? 1 : (flags & O_ACCMODE) == O_WRONLY ? 2 : 3;
	return emit_observe(t, x, OBS_FD, (u64)(u32)fd | access << 32 | (u64)cloexec << 40 | 1ull << 48, t->objects.at[index].id,
	                    (flags & (u32)~(O_CLOEXEC | O_ACCMODE)) | key << 32, key >> 32 << 32, SEEN_FILE, err);
}

/* A close of it has passed its one stop: it is gone, or will be in a moment. Or a call that goes on may just have made it: its
 * EXIT tells of it. */
static bool is_in_between(const struct tracer *t, const struct tracee *x, int fd)
{
	for (size_t i = 0; i < t->all.n; i++) {
		const struct tracee *y = t->all.at[i];
		if (y->fds != x->fds)
			continue;
		if (y->call_nr == SYS_close && (int)y->args[0] == fd)
			return true;
		if (y->in_call && (y->entry.call == CALL_dup || y->entry.call == CALL_dup2 || y->entry.call == CALL_dup3 ||
		                   (y->entry.call == CALL_fcntl && (y->entry.arg == F_DUPFD || y->entry.arg == F_DUPFD_CLOEXEC)) ||
		                   y->entry.call == CALL_open || y->entry.call == CALL_openat ||
		                   y->entry.call == CALL_recvmsg || y->entry.call == CALL_recvmmsg))
			return true;
	}
	return false;
}

static void adopt_in(struct tracer *t, struct tracee *x, const struct stat *st, struct err *err)
{
	char path[64];
	struct dirent *d;
	struct stat other;
	DIR *dir;

	snprintf(path, sizeof path, "/proc/%d/fd", (int)x->tid);
	dir = opendir(path);
	while (dir && (d = readdir(dir))) {
		int fd = atoi(d->d_name);
		if (d->d_name[0] != '.' && !is_in_between(t, x, fd) && fd_stat(x, fd, &other) && other.st_ino == st->st_ino && other.st_dev == st->st_dev)
			adopt_one(t, x, fd, st, err);
	}
	if (dir)
		closedir(dir);
}

/* It is about to be locked: all descriptors of that file. False: no file that can be. */
bool lock_adopt(struct tracer *t, struct tracee *x, int fd)
{
	struct err ignored = {0}; /* a full disk shows itself at the next record */
	enum fd_class class = fd_class(t, x, fd);
	struct stat st;

	if (class == FDC_OBJECT)
		return object_of_fd(t, x, fd)->kind == SEEN_FILE;
	if (!may_be_locked(class) || !fd_stat(x, fd, &st) || (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode)))
		return false;
	for (size_t i = 0; i < t->all.n; i++) {
		struct tracee *y = t->all.at[i];
		if (y->fds && y->spawned && y->holding != IS_GONE && !y->ended && y->tid == y->tgid)
			adopt_in(t, y, &st, &ignored);
	}
	return fdmap_get(x->fds, fd)->class == FDC_OBJECT;
}

bool lock_closes(struct tracer *t, struct tracee *x, int fd)
{
	struct err ignored = {0};
	struct stat st;

	if (!may_be_locked((enum fd_class)fdmap_get(x->fds, fd)->class) || !fd_stat(x, fd, &st) || !S_ISREG(st.st_mode))
		return false;
	for (u32 i = 1; i < t->objects.n; i++)
		if (t->objects.at[i].ends && t->objects.at[i].kind == SEEN_FILE && t->objects.at[i].detail[FILE_KEY] == key_of(&st))
			return adopt_one(t, x, fd, &st, &ignored) && fdmap_get(x->fds, fd)->class == FDC_OBJECT;
	return false;
}

bool decode_flock(struct tracer *t, struct tracee *x, struct entry *e)
{
	e->fd = (i32)x->args[0];
	e->arg = x->args[1] & 0xffffffff;
	return lock_adopt(t, x, e->fd);
}

/* l_start and l_len as absolute [start, end], as fcntl(2) says. */
bool decode_fcntl_lock(struct tracer *t, struct tracee *x, struct entry *e)
{
	struct flock l;
	struct stat st;
	char path[64], line[128];
	i64 start, end, range[2];
	long long pos = 0;
	FILE *f;

	if (memory_read(x->tid, x->args[2], &l, sizeof l) != sizeof l || !lock_adopt(t, x, e->fd))
		return false;
	start = l.l_start;
	if (l.l_whence == SEEK_END && fd_stat(x, e->fd, &st))
		start += st.st_size;
	if (l.l_whence == SEEK_CUR) {
		snprintf(path, sizeof path, "/proc/%d/fdinfo/%d", (int)x->tid, e->fd);
		f = fopen(path, "re");
		if (f && fgets(line, sizeof line, f) && sscanf(line, "pos: %lld", &pos) == 1)
			start += pos;
		if (f)
			fclose(f);
	}
	end = l.l_len == 0 ? INT64_MAX : l.l_len > 0 ? start + (l.l_len - 1) : start - 1;
	start += l.l_len < 0 ? l.l_len : 0;
	range[0] = start;
	range[1] = end;
	e->size = (u16)l.l_type;
	e->held = sizeof range;
	memcpy(e->bytes, range, sizeof range);
	return true;
}
