/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asking the kernel which locks a file has: /proc/locks, once for all of them. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/sysmacros.h>

#include "tracer/private.h"

enum { FILE_KEY, FILE_INO, FILE_DEV };

struct lock_line {
	char kind[16], type[16];
	int pid;
	unsigned major, minor;
	unsigned long long ino;
};

static bool is_ours(const struct tracer *t, int pid)
{
	for (size_t i = 0; i < t->all.n; i++)
		if (t->all.at[i]->tgid == pid)
			return true;
	return false;
}

/* "1: POSIX  ADVISORY  WRITE 4711 fe:01:1234 0 EOF"; a line of those that wait has "->" behind its number. */
static bool parse(const char *line, struct lock_line *l)
{
	return sscanf(line, "%*d: %15s %*s %15s %d %x:%x:%llu", l->kind, l->type, &l->pid, &l->major, &l->minor, &l->ino) == 6 &&
	       l->kind[0] != '-';
}

static bool observe_one(struct tracer *t, u64 key, u64 ino, u64 dev, struct err *err)
{
	u64 flocks = 0, posix = 0, ofd = 0, outside = 0;
	FILE *f = fopen("/proc/locks", "re");
	struct lock_line l;
	char line[256];

	if (!f)
		return true;
	while (fgets(line, sizeof line, f)) {
		if (!parse(line, &l) || l.ino != ino || makedev(l.major, l.minor) != dev)
			continue;
		flocks += !strcmp(l.kind, "FLOCK");
		ofd += !strcmp(l.kind, "OFDLCK");
		posix += !strcmp(l.kind, "POSIX");
		/* A flock is told with the pid of who took it, which may have ended since. */
		outside += !strcmp(l.kind, "POSIX") && l.pid > 0 && !is_ours(t, l.pid);
		outside += !strcmp(l.kind, "LEASE") || !strcmp(l.kind, "DELEG");
	}
	fclose(f);
	return emit_observe(t, NULL, OBS_LOCK, key, outside, flocks, posix, ofd, err);
}

bool tracer_observe_locks(struct tracer *t, bool all, struct err *err)
{
	for (u32 i = 1; t->locks && i < t->objects.n; i++) {
		struct object_seen *o = &t->objects.at[i];
		u64 key = o->detail[FILE_KEY];

		if (!o->ends || o->kind != SEEN_FILE || !(all || o->touched))
			continue;
		for (u32 k = i; k < t->objects.n; k++) /* its other open files are asked with it */
			if (t->objects.at[k].kind == SEEN_FILE && t->objects.at[k].detail[FILE_KEY] == key)
				t->objects.at[k].touched = false;
		if (!observe_one(t, key, o->detail[FILE_INO], o->detail[FILE_DEV], err))
			return false;
	}
	return true;
}
