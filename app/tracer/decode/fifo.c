/* SPDX-License-Identifier: GPL-3.0-or-later */
/* FIFOs, fifo(7): mkfifo (mknod(2)), open(2) of one, the end of its name. A path is looked up as the
 * program would (stat, never open: we must not be its partner). What lies under the system's own
 * folders is not looked up: no FIFO that a program talks through is there, and these are most of the
 * files that programs open. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "tracer/private.h"

u64 fifo_id(const struct stat *st)
{
	return S_ISFIFO(st->st_mode) && st->st_ino ? 1ull << 63 | (st->st_ino ^ (u64)st->st_dev << 40) : 0;
}

/* stat(2) of the path as the program means it. */
static bool look_up(struct tracee *x, int dir, const char *path, bool follow, struct stat *st)
{
	char full[PATH_KEPT + 64];

	if (path[0] == '/')
		snprintf(full, sizeof full, "/proc/%d/root%s", (int)x->tid, path);
	else if (dir == AT_FDCWD)
		snprintf(full, sizeof full, "/proc/%d/cwd/%s", (int)x->tid, path);
	else
		snprintf(full, sizeof full, "/proc/%d/fd/%d/%s", (int)x->tid, dir, path);
	return fstatat(AT_FDCWD, full, st, follow ? 0 : AT_SYMLINK_NOFOLLOW) == 0;
}

u64 fifo_at(struct tracee *x, int dir, const char *path, bool *may_come)
{
	struct stat st;

	if (look_up(x, dir, path, false, &st))
		return fifo_id(&st);
	if (may_come)
		*may_come = errno == ENOENT && path_is_own(path);
	return 0;
}

static bool starts_with(const char *path, const char *folder)
{
	return !strncmp(path, folder, strlen(folder));
}

/* Where nobody makes FIFOs. */
static bool is_system(const char *path)
{
	switch (path[1]) {
	case 'u': return starts_with(path, "/usr/");
	case 'l': return starts_with(path, "/lib");
	case 'e': return starts_with(path, "/etc/");
	case 'p': return starts_with(path, "/proc/");
	case 's': return starts_with(path, "/sys/");
	case 'd': return starts_with(path, "/dev/") && !starts_with(path, "/dev/shm/");
	default: return false;
	}
}

bool path_is_own(const char *path)
{
	return path[0] && !(path[0] == '/' && is_system(path));
}

/* One look tells both: between two looks the name could come, and neither would tell. */
u64 fifo_opened(struct tracee *x, int dir, const char *path, u64 flags, bool *may_come)
{
	struct stat st;

	*may_come = false;
	if (flags & (O_PATH | O_DIRECTORY) || (flags & (O_CREAT | O_EXCL)) == (O_CREAT | O_EXCL) || !path[0] ||
	    (path[0] == '/' && is_system(path)))
		return 0;
	if (look_up(x, dir, path, !(flags & O_NOFOLLOW), &st))
		return fifo_id(&st);
	*may_come = errno == ENOENT && !(flags & O_CREAT);
	return 0;
}

bool decode_mknod(struct tracer *t, struct tracee *x, struct entry *e)
{
	int at = e->call == CALL_mknodat;

	memory_read_string(x->tid, x->args[at], (char *)e->bytes, PATH_KEPT);
	e->held = (u32)strlen((char *)e->bytes) + 1;
	e->arg = x->args[at + 1] & 0xffffffff;
	t->fifos |= S_ISFIFO((mode_t)e->arg);
	return true;
}

void fifo_call_done(struct tracer *t, struct tracee *x, i64 ret, struct ev_exit *out)
{
	const struct entry *e = &x->entry;
	bool at = e->call == CALL_mknodat;

	if ((e->call != CALL_mknod && !at) || ret != 0)
		return;
	out->arg = fifo_at(x, at ? (int)x->args[0] : AT_FDCWD, (const char *)e->bytes, NULL);
	t->fifos = true;
}

bool fifo_note_name(struct tracer *t, struct tracee *x, int fd, u64 id, struct err *err)
{
	struct ev_name body = {.ino = id, .what = NAMED_PATH};
	char path[64], link[1024];
	ssize_t n;
	struct rec *r;
	bool ok;

	t->fifos = true;
	snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)x->tid, fd);
	n = readlink(path, link, sizeof link - 1);
	if (n < 0)
		return true;
	link[n] = 0;
	body.len = (u32)n + 1;
	r = emit_begin(t, REC_NAME, x, sizeof body + body.len, err, &ok);
	if (!r)
		return ok;
	memcpy(r + 1, &body, sizeof body);
	memcpy((u8 *)(r + 1) + sizeof body, link, body.len);
	emit_commit(t, r);
	return true;
}

void fifo_look_again(struct tracee *x)
{
	struct entry *e = &x->entry;
	int at = e->call == CALL_openat || e->call == CALL_openat2 || e->call == CALL_unlinkat;
	int dir = at ? (int)x->args[0] : AT_FDCWD;
	bool may_come;

	if (e->call == CALL_unlink || e->call == CALL_unlinkat)
		e->hash = fifo_at(x, dir, (const char *)e->bytes, NULL);
	else if (e->call == CALL_open || e->call == CALL_creat || at)
		e->hash = fifo_opened(x, dir, (const char *)e->bytes, e->arg, &may_come);
}

bool fifo_is_open(const struct entry *e)
{
	return e->hash >> 63 && (e->call == CALL_open || e->call == CALL_openat || e->call == CALL_openat2 || e->call == CALL_creat);
}

bool fifo_leads_elsewhere(struct tracee *x)
{
	u64 id = x->entry.hash;
	bool elsewhere;

	if (!fifo_is_open(&x->entry))
		return false;
	fifo_look_again(x);
	elsewhere = x->entry.hash != id;
	x->entry.hash = id;
	return elsewhere;
}
