/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asking the kernel what an eventfd holds: /proc/PID/fdinfo says it, and nothing is borrowed. */
#include <stdio.h>

#include "tracer/private.h"

static bool holder(struct tracer *t, u32 object, pid_t *tid, int *fd)
{
	for (size_t i = 0; i < t->all.n; i++) {
		const struct tracee *x = t->all.at[i];

		if (!x->fds || x->holding == IS_GONE || x->ended || !x->spawned)
			continue;
		for (u32 k = 0; k < x->fds->n; k++)
			if (x->fds->fds[k].class == FDC_OBJECT && x->fds->fds[k].pipe == object) {
				*tid = x->tid;
				*fd = (int)k;
				return true;
			}
	}
	return false;
}

static bool observe_one(struct tracer *t, u32 object, struct err *err)
{
	unsigned long long count = 0;
	char path[64], line[128];
	bool found = false;
	pid_t tid;
	FILE *f;
	int fd;

	t->objects.at[object].touched = false;
	if (!holder(t, object, &tid, &fd))
		return true;
	snprintf(path, sizeof path, "/proc/%d/fdinfo/%d", (int)tid, fd);
	f = fopen(path, "re");
	while (f && !found && fgets(line, sizeof line, f))
		found = sscanf(line, "eventfd-count: %llx", &count) == 1;
	if (f)
		fclose(f);
	return !found || emit_observe(t, NULL, OBS_COUNTER, t->objects.at[object].id, 0, count, 0, 0, err);
}

bool tracer_observe_counters(struct tracer *t, bool all, struct err *err)
{
	for (u32 i = 1; i < t->objects.n; i++) {
		const struct object_seen *o = &t->objects.at[i];

		if (o->ends && o->kind == SEEN_EVENTFD && (all || o->touched) && !observe_one(t, i, err))
			return false;
	}
	return true;
}
