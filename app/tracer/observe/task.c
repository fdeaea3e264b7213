/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asking the kernel about a task: /proc/TID/stat, syscall, schedstat (proc(5)). Nothing is stopped. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tracer/private.h"

static bool read_proc(pid_t tid, const char *name, char *buf, size_t n)
{
	char path[64];
	ssize_t got;
	int fd;

	snprintf(path, sizeof path, "/proc/%d/%s", (int)tid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	got = read(fd, buf, n - 1);
	close(fd);
	buf[got < 0 ? 0 : got] = 0;
	return got > 0;
}

static u64 voluntary_switches(pid_t tid)
{
	char buf[4096];
	const char *p;

	if (!read_proc(tid, "status", buf, sizeof buf) || !(p = strstr(buf, "\nvoluntary_ctxt_switches:")))
		return 0;
	return strtoull(p + 25, NULL, 10);
}

void tracer_probe(struct tracer *t, u32 task, struct probe *p)
{
	struct tracee *x = tracee_by_task(t, task);
	char buf[1024];
	unsigned long long on, waited, runs;
	const char *s;

	*p = (struct probe){.call = -1};
	if (!x)
		return;
	if (told_open(x) && told_open(x)->parked) { /* as good as asleep */
		*p = (struct probe){.state = 'S', .call = HOOK_CALL};
		return;
	}
	if (read_proc(x->tid, "schedstat", buf, sizeof buf) &&
	    sscanf(buf, "%llu %llu %llu", &on, &waited, &runs) == 3) {
		p->runs = runs;
		p->ran_ns = on;
	} else {
		p->runs = voluntary_switches(x->tid);
	}
	/* The name in stat may hold anything, a parenthesis too: the last one ends it. */
	if (!read_proc(x->tid, "stat", buf, sizeof buf) || !(s = strrchr(buf, ')')) || s[1] != ' ')
		return;
	p->state = s[2];
	p->in_vfork = x->vfork_parent;
	if (p->state != 'S' && p->state != 'D')
		return;
	if (read_proc(x->tid, "syscall", buf, sizeof buf) && buf[0] != 'r')
		p->call = (int)strtol(buf, NULL, 10);
}

/* The call it is inside of, as the log names it. */
static u16 call_inside(struct tracee *x)
{
	const struct told *w = told_open(x);

	return x->in_call && x->entry.logged ? x->entry.call : w ? w->call : 0;
}

bool task_is_gone(pid_t tid)
{
	char path[64], text[512];
	const char *s;

	snprintf(path, sizeof path, "/proc/%d", (int)tid);
	if (access(path, F_OK) < 0)
		return errno == ENOENT;
	return read_proc(tid, "stat", text, sizeof text) && (s = strrchr(text, ')')) && (s[2] == 'Z' || s[2] == 'X');
}

bool tracer_note_state(struct tracer *t, u32 task, enum obs_state state, struct err *err)
{
	struct tracee *x = tracee_by_task(t, task);
	u32 site = 0;

	if (x && x->in_call) { /* half a write may be in: the pipe is to be asked */
		fdmap_touch(t, x->fds, x->entry.fd);
		fdmap_touch(t, x->fds, x->entry.fd2);
	}
	if (!x)
		return true;
	if (state == OBS_BLOCKED)
		limit_put_back(t, x, true);
	if (!access_finish(t, x, err)) /* done long ago: it sleeps elsewhere, or computes */
		return false;
	if (!x->in_call && state == OBS_BLOCKED && !told_reopen(t, x, err))
		return false;
	if (state == OBS_BLOCKED ? !asleep_found(t, x, &site, err) : !found_over(t, x, err))
		return false;
	/* with the site, where the call's own record had none */
	return emit_observation(t, x, site, &(struct ev_observe){.what = OBS_STATE, .a = state,
		.b = x->found.call ? x->found.call : call_inside(x)}, err);
}

bool tracer_note_hold(struct tracer *t, u32 task, struct err *err)
{
	struct tracee *x = tracee_by_task(t, task);

	return !x || emit_observe(t, x, OBS_HOLD, 0, 0, 0, 0, 0, err);
}

bool tracer_note_choice(struct tracer *t, u32 task, enum choice_made made, int sig, struct err *err)
{
	struct tracee *x = tracee_by_task(t, task);

	return !x || emit_observe(t, x, OBS_CHOICE, made, (u64)sig, 0, 0, 0, err);
}

bool tracer_note_settled(struct tracer *t, struct err *err)
{
	return emit_observe(t, NULL, OBS_SETTLED, 1, 0, 0, 0, 0, err);
}
