/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "tracer/look/private.h"

/* "lock:	1: FLOCK  ADVISORY  WRITE 359 00:13:11691 0 EOF", proc_pid_fdinfo(5). */
static bool tell_lock(struct tracer *t, struct tracee *x, int fd, const char *line, struct err *err)
{
	char kind[16], type[16], to[32];
	unsigned long long start, end = INT64_MAX;
	const struct object_seen *o;
	u64 which;

	if (sscanf(line, "lock: %*d: %15s %*s %15s %*d %*s %llu %31s", kind, type, &start, to) != 4 || kind[0] == '-')
		return true;
	if (strcmp(to, "EOF"))
		end = strtoull(to, NULL, 10);
	which = !strcmp(kind, "FLOCK") ? 1 : !strcmp(kind, "POSIX") ? 2 : !strcmp(kind, "OFDLCK") ? 3 : 0;
	if (!which || !lock_adopt(t, x, fd))
		return true;
	o = object_of_fd(t, x, fd);
	return !o || emit_observe(t, x, OBS_LOCK_HELD, (u64)(u32)fd, which | (u64)!strcmp(type, "WRITE") << 8, start, end, 0, err);
}

/* "tfd:        5 events:       19 data:                5  pos:0 ino:9 sdev:a": what an epoll waits for. */
static bool tell_watch(struct tracer *t, struct tracee *x, int fd, const char *line, struct err *err)
{
	unsigned events;
	int target;

	return sscanf(line, "tfd: %d events: %x", &target, &events) != 2 ||
	       emit_observe(t, x, OBS_WATCH, (u64)(u32)fd, (u64)(u32)target, events, 0, 0, err);
}

/* "it_value: (3, 12)": what is left of a timer, 0 when it is not set. */
static bool tell_timer(struct tracer *t, struct tracee *x, int fd, const char *line, struct err *err)
{
	unsigned long long s, ns;

	return sscanf(line, "it_value: (%llu, %llu)", &s, &ns) != 2 ||
	       emit_observe(t, x, OBS_TIMER, (u64)(u32)fd, s * 1000000000 + ns, 0, 0, 0, err);
}

/* "Pid:	4711" */
static bool tell_pidfd(struct tracer *t, struct tracee *x, int fd, const char *line, struct err *err)
{
	int pid;

	return sscanf(line, "Pid: %d", &pid) != 1 || pid <= 0 || emit_observe(t, x, OBS_PIDFD, (u64)(u32)fd, (u64)(u32)pid, 0, 0, 0, err);
}

static bool tell_one(struct tracer *t, struct tracee *x, int fd, struct err *err)
{
	char path[64], line[256];
	bool ok = true;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/fdinfo/%d", (int)x->tid, fd);
	f = fopen(path, "re");
	while (ok && f && fgets(line, sizeof line, f)) {
		if (!strncmp(line, "lock:", 5))
			ok = tell_lock(t, x, fd, line, err);
		else if (!strncmp(line, "tfd:", 4))
			ok = tell_watch(t, x, fd, line, err);
		else if (!strncmp(line, "it_value:", 9))
			ok = tell_timer(t, x, fd, line, err);
		else if (!strncmp(line, "Pid:", 4))
			ok = tell_pidfd(t, x, fd, line, err);
	}
	if (f)
		fclose(f);
	return ok;
}

bool fdinfo_tell(struct tracer *t, struct tracee *x, struct err *err)
{
	char path[64];
	struct dirent *d;
	bool ok = true;
	DIR *dir;

	snprintf(path, sizeof path, "/proc/%d/fd", (int)x->tid);
	dir = opendir(path);
	while (ok && dir && (d = readdir(dir)))
		if (d->d_name[0] != '.')
			ok = tell_one(t, x, atoi(d->d_name), err);
	if (dir)
		closedir(dir);
	return ok;
}
