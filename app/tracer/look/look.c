/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include "tracer/lean.h"
#include "tracer/look/private.h"

enum { THREADS_MOST = 4096 };

/* ---- may it be looked at? ---- */

static long status_of(pid_t pid, const char *field)
{
	char path[64], line[256];
	size_t n = strlen(field);
	long value = -1;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
	f = fopen(path, "re");
	while (f && value < 0 && fgets(line, sizeof line, f))
		if (!strncmp(line, field, n) && line[n] == ':')
			value = strtol(line + n + 1, NULL, 10);
	if (f)
		fclose(f);
	return value;
}

static char state_of(pid_t tid)
{
	char path[64], text[256] = "", *p;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/stat", (int)tid);
	f = fopen(path, "re");
	if (f && !fgets(text, sizeof text, f))
		text[0] = 0;
	if (f)
		fclose(f);
	p = strrchr(text, ')');
	return p && p[1] == ' ' ? p[2] : 0;
}


static bool may_open(pid_t pid, const char *name)
{
	char path[64], byte;
	bool ok;
	int fd;

	snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	/* Gone meanwhile, or in between: that is no refusal. */
	ok = fd >= 0 ? read(fd, &byte, 1) >= 0 || (errno != EPERM && errno != EACCES) : errno != EPERM && errno != EACCES;
	if (fd >= 0)
		close(fd);
	return ok;
}

bool look_may_attach(pid_t pid)
{
	return may_open(pid, "syscall");
}

void look_refusal(char *text, size_t room)
{
	FILE *f = fopen("/proc/sys/kernel/yama/ptrace_scope", "re");
	int scope = 0;

	if (f && fscanf(f, "%d", &scope) != 1)
		scope = 0;
	if (f)
		fclose(f);
	if (scope)
		snprintf(text, room, "kernel.yama.ptrace_scope is %d, and it is no child of this process", scope);
	else
		snprintf(text, room, "the kernel refuses to let it be asked (a container, or a filter)");
}

static bool refuse(pid_t pid, struct err *err)
{
	long uid = status_of(pid, "Uid");
	const struct passwd *who = uid >= 0 ? getpwuid((uid_t)uid) : NULL;

	if (geteuid() && uid >= 0 && (uid_t)uid != geteuid())
		return err_set(err, EXIT_MACHINE, "process %d belongs to user %s, and what it has open is not for us to see: "
			       "sudo ipclab why -p %d", (int)pid, who ? who->pw_name : "another", (int)pid);
	return err_set(err, EXIT_MACHINE, "what process %d has open is not for us to see (it changed its user or group, or this is a "
		       "container without SYS_PTRACE): sudo ipclab why -p %d", (int)pid, (int)pid);
}

bool look_check(pid_t *pid, struct err *err)
{
	long tgid = status_of(*pid, "Tgid");
	char path[64];
	DIR *dir;

	if (tgid <= 0)
		return err_set(err, EXIT_USAGE, "there is no process %d; `ps -e` lists those there are", (int)*pid);
	*pid = (pid_t)tgid;
	if (*pid == getpid())
		return err_set(err, EXIT_USAGE, "that is ipclab itself, which asks and does not wait");
	if (state_of(*pid) == 'Z' || state_of(*pid) == 'X')
		return err_set(err, EXIT_USAGE, "process %d has ended already; its parent %ld has not collected it yet: ipclab why -p %ld",
			       (int)*pid, status_of(*pid, "PPid"), status_of(*pid, "PPid"));
	if (status_of(*pid, "VmSize") < 0 && status_of(*pid, "Kthread") != 0)
		return err_set(err, EXIT_USAGE, "process %d is a thread of the kernel: it makes no system calls", (int)*pid);
	snprintf(path, sizeof path, "/proc/%d/fd", (int)*pid);
	dir = opendir(path);
	if (!dir)
		return errno == ENOENT ? err_set(err, EXIT_USAGE, "process %d ended just now", (int)*pid) : refuse(*pid, err);
	closedir(dir);
	return true;
}

/* ---- who there is ---- */

static struct tracee *met(struct tracer *t, pid_t tid, struct tracee *leader)
{
	struct tracee *x = tracee_add(t, tid);

	x->tgid = leader ? leader->tid : tid;
	x->attached = x->exec_done = x->born_seen = true;
	x->holding = IS_RUNNING;
	x->fds = leader ? fdmap_share(leader->fds) : fdmap_create();
	x->space = leader ? space_share(leader->space) : space_create();
	return x;
}

static size_t threads_of(pid_t pid, pid_t *tids)
{
	struct dirent *d;
	char path[64];
	size_t n = 0;
	DIR *dir;

	snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
	dir = opendir(path);
	while (dir && (d = readdir(dir)))
		if (d->d_name[0] >= '1' && d->d_name[0] <= '9' && n < THREADS_MOST)
			tids[n++] = (pid_t)atoi(d->d_name);
	if (dir)
		closedir(dir);
	return n;
}

/* Asleep in vfork(2), or a clone(2) like it: which is told as D. */
static bool in_vfork(pid_t tid)
{
	struct asleep a;

	if (!look_may_attach(tid))
		return state_of(tid) == 'D' && refused_in_vfork(tid);
	return asleep_read(tid, &a) && (a.nr == SYS_vfork || (a.nr == SYS_clone && a.args[0] & CLONE_VFORK) || a.nr == SYS_clone3);
}

/* The thread that made it, when it waits in vfork for it: then it is the youngest of its children. */
static struct tracee *waits_in_vfork(struct tracer *t, const struct scan *s, const struct seen_process *p)
{
	for (u32 i = 1; i < t->tasks.n; i++) {
		struct tracee *x = t->tasks.at[i];
		bool youngest = true;
		if (!x || x->tgid != p->ppid || !in_vfork(x->tid))
			continue;
		for (size_t k = 0; k < s->all.n; k++)
			youngest &= s->all.at[k].ppid != p->ppid || s->all.at[k].started <= p->started;
		if (youngest)
			return x;
	}
	return NULL;
}

static bool tell_process(struct tracer *t, const struct scan *s, const struct seen_process *p, struct err *err)
{
	struct tracee *parent = tracee_by_tid(t, p->ppid), *maker = waits_in_vfork(t, s, p), *x;
	pid_t tids[THREADS_MOST];
	size_t n;

	if (tracee_by_tid(t, p->pid))
		return true;
	x = met(t, p->pid, NULL);
	if (maker)
		maker->vfork_parent = true;
	if (!emit_spawn(t, x, maker ? maker->task : parent ? parent->task : 0, EVF_ATTACHED | (maker ? EVF_VFORK : 0), err) ||
	    (!maker && !emit_exec(t, x, x->task, err)) || !attach_note(t, x, err))
		return false; /* who waits in vfork waits for an exec: it has not come */
	n = threads_of(p->pid, tids);
	for (size_t i = 0; i < n; i++)
		if (!tracee_by_tid(t, tids[i]) &&
		    !emit_spawn(t, met(t, tids[i], x), x->task, EVF_THREAD | EVF_FILES | EVF_ATTACHED, err))
			return false;
	return true;
}

/* Parents are older than their children. */
static const struct seen_process *next_oldest(const struct scan *s, const pid_t *pids, u32 n, const struct seen_process *after)
{
	const struct seen_process *best = NULL;

	for (u32 i = 0; i < n; i++) {
		const struct seen_process *p = scan_find(s, pids[i]);
		if (!p || (after && (p->started < after->started || (p->started == after->started && p->pid <= after->pid))))
			continue;
		if (!best || p->started < best->started || (p->started == best->started && p->pid < best->pid))
			best = p;
	}
	return best;
}

/* ---- what each does ---- */

static bool tell_dead(struct tracer *t, struct tracee *x, bool process, struct err *err)
{
	struct ev_end body = {0};
	bool ok;
	struct rec *r = emit_begin(t, REC_END, x, sizeof body, err, &ok);

	if (!r)
		return ok;
	r->flags = process ? EVF_LAST : 0;
	memcpy(r + 1, &body, sizeof body);
	emit_commit(t, r);
	return true;
}

static bool tell_state(struct tracer *t, struct tracee *x, const struct probe *p, bool full, struct err *err)
{
	switch (p->state) {
	case 'T':
	case 't': return tracer_note_state(t, x->task, OBS_STOPPED, err);
	case 'D':
		if (!in_vfork(x->tid))
			return true;
		x->vfork_parent = true;
		/* fall through */
	case 'S':
		if (!full && !refused_tell(t, x, err))
			return false;
		return tracer_note_state(t, x->task, OBS_BLOCKED, err);
	case 'Z':
	case 'X': return tell_dead(t, x, false, err);
	case 0: return tell_dead(t, x, x->tid == x->tgid, err);
	default: return true;
	}
}

static bool tell_holdings(struct tracer *t, struct tracee *x, struct err *err)
{
	return fdmap_adopt_all(t, x, err) && maps_refresh(t, x, true, err);
}

/* Objects that calls name without a descriptor are known only now: what they hold is asked. */
static bool observe(struct tracer *t, struct err *err)
{
	return tracer_observe_pipes(t, true, false, err) && tracer_observe_sockets(t, true, err) &&
	       tracer_observe_counters(t, true, err) && tracer_observe_locks(t, true, err) && tracer_observe_queues(t, true, err) &&
	       tracer_observe_found(t, err);
}

static bool tell_all(struct tracer *t, const struct probe *before, struct looked *looked, struct err *err)
{
	bool ok = true;

	for (u32 i = 1; ok && i < t->tasks.n; i++)
		if (t->tasks.at[i]->tid == t->tasks.at[i]->tgid)
			ok = tell_holdings(t, t->tasks.at[i], err);
	for (u32 i = 1; ok && i < t->tasks.n; i++)
		if (t->tasks.at[i]->tid == t->tasks.at[i]->tgid)
			ok = fdinfo_tell(t, t->tasks.at[i], err);
	for (u32 i = 1; ok && i < t->tasks.n; i++) {
		struct tracee *x = t->tasks.at[i];
		bool full = look_may_attach(x->tid) || before[i].state == 'Z' || !before[i].state;
		if (!full && looked->grade == LOOK_FULL) {
			looked->grade = LOOK_PARTIAL;
			looked->worst = x->tgid;
		}
		ok = tell_state(t, x, &before[i], full, err);
	}
	return ok;
}

/* Who has run meanwhile may be anywhere by now. */
static bool tell_moved(struct tracer *t, const struct probe *before, struct looked *looked, struct err *err)
{
	for (u32 i = 1; i < t->tasks.n; i++) {
		struct probe now;
		tracer_probe(t, i, &now);
		if (now.state == before[i].state && now.runs == before[i].runs)
			continue;
		looked->moved = true;
		if (!tracer_note_state(t, i, OBS_RUNNING, err))
			return false;
	}
	return true;
}

bool tracer_look(struct tracer *t, const struct scan *s, const pid_t *pids, u32 n, struct looked *looked, struct err *err)
{
	const struct seen_process *p = NULL;
	struct probe *before;
	bool ok = emit_observe(t, NULL, OBS_MODE, OBS_FREE, 0, 0, 0, 0, err);

	*looked = (struct looked){0};
	t->attached = true;
	while (ok && (p = next_oldest(s, pids, n, p)))
		ok = tell_process(t, s, p, err);
	before = xmalloc((t->tasks.n + 1) * sizeof *before);
	for (u32 i = 1; i < t->tasks.n; i++)
		tracer_probe(t, i, &before[i]);
	ok = ok && tell_all(t, before, looked, err) && observe(t, err) && tracer_look_ends(t, s, pids, n, err) &&
	     tell_moved(t, before, looked, err) && tracer_note_settled(t, err);
	free(before);
	return ok;
}

/* ---- who else has what they have ---- */

struct others {
	const pid_t *pids;
	u32 n;
	bool found;
};

static void is_other(void *arg, pid_t pid)
{
	struct others *o = arg;
	bool member = pid == getpid();

	for (u32 i = 0; i < o->n && !member; i++)
		member = o->pids[i] == pid;
	o->found |= !member;
}

/* A process whose descriptors may not be read, and that came from one of ours (a sudo, say), may have any of them. Those of
 * another root of the system do not: they would have to have been sent them. */
static bool hidden_descendant(const struct scan *s, const pid_t *pids, u32 n)
{
	for (size_t i = 0; i < s->all.n; i++) {
		const struct seen_process *p = &s->all.at[i];
		if (!p->hidden || p->kernel)
			continue;
		for (u32 depth = 0; p && depth < 64; depth++, p = scan_find(s, p->ppid))
			for (u32 k = 0; k < n; k++)
				if (p->ppid == pids[k])
					return true;
	}
	return false;
}

/* In a pid namespace of our own others are out of sight: what its first process had when it began may be theirs too. */
static bool from_outside(const struct scan *s, u64 ino)
{
	const struct seen_process *first = s->inner ? scan_find(s, 1) : NULL;

	for (u32 k = first ? first->first : 0; first && k < first->first + first->n; k++)
		if (s->things.at[k].ino == ino && !s->things.at[k].dev)
			return true;
	return false;
}

static bool others_have(const struct scan *s, struct others *o, u64 ino, u32 dev)
{
	o->found = false;
	scan_holders(s, ino, dev, is_other, o);
	return o->found || from_outside(s, ino);
}

/* FIFOs are known by one number made of inode and device. */
static bool others_have_fifo(const struct scan *s, struct others *o, u64 id)
{
	o->found = false;
	for (size_t k = 0; k < s->things.n && !o->found; k++) {
		const struct seen_thing *g = &s->things.at[k];
		if (g->dev && (1ull << 63 | (g->ino ^ (u64)g->dev << 40)) == id)
			scan_holders(s, g->ino, g->dev, is_other, o);
	}
	return o->found;
}

/* Queues lie in a file system of their own, whose device we learn from where one of ours has it. */
static bool others_have_queue(const struct scan *s, struct others *o, u64 ino)
{
	for (size_t i = 0; i < s->all.n; i++)
		for (u32 k = s->all.at[i].first; k < s->all.at[i].first + s->all.at[i].n; k++) {
			o->found = false;
			is_other(o, s->all.at[i].pid);
			if (!o->found && s->things.at[k].ino == ino && s->things.at[k].dev)
				return others_have(s, o, ino, s->things.at[k].dev);
		}
	return false;
}

/* Of one that cannot be asked it is not known. */
static bool may_time_out(struct tracer *t, u32 index)
{
	static const int options[] = {SO_RCVTIMEO, SO_SNDTIMEO};
	int fd = socket_borrow_any(t, index);
	bool may = fd < 0;

	for (size_t i = 0; i < ARRAY_LEN(options) && !may; i++) {
		struct timeval limit;
		may = socket_limit(fd, options[i], &limit);
	}
	if (fd >= 0)
		close(fd);
	return may;
}

static bool ends_of_socket(struct tracer *t, const struct scan *s, struct others *o, u32 index, bool hidden, struct err *err)
{
	u64 ino = t->objects.at[index].id;
	u64 to = scan_peer(s, ino), peer = to && scan_peer(s, to) == ino ? to : 0; /* a pair: each has the other */
	bool outside = hidden || !peer || others_have(s, o, peer, 0);
	bool member = false;

	for (u32 i = 1; i < t->objects.n; i++)
		member |= t->objects.at[i].ends && t->objects.at[i].kind == SEEN_SOCKET && t->objects.at[i].id == peer;
	return emit_observe(t, NULL, OBS_ENDS, ino, ENDS_SOCKET, may_time_out(t, index), outside || !member, peer, err);
}

bool tracer_look_ends(struct tracer *t, const struct scan *s, const pid_t *pids, u32 n, struct err *err)
{
	bool hidden = hidden_descendant(s, pids, n), ok = true;
	struct others o = {.pids = pids, .n = n};

	for (u32 i = 1; ok && i < t->pipes.n; i++) {
		const struct pipe_seen *p = &t->pipes.at[i];
		bool fifo = p->ino >> 63, others = fifo ? others_have_fifo(s, &o, p->ino) : others_have(s, &o, p->ino, 0);
		if (p->ends && (fifo || t->opt.looking))
			ok = emit_observe(t, NULL, OBS_ENDS, p->ino, ENDS_PIPE, 0, hidden || others, 0, err);
	}
	for (u32 i = 1; ok && i < t->tasks.n; i++) { /* who opens one has no descriptor of it yet */
		const struct tracee *x = t->tasks.at[i];
		if (x && x->found.call && fifo_is_open(&x->entry))
			ok = emit_observe(t, NULL, OBS_ENDS, x->entry.hash, ENDS_PIPE, 0, hidden || others_have_fifo(s, &o, x->entry.hash), 0, err);
	}
	for (u32 i = 1; ok && i < t->objects.n; i++) {
		const struct object_seen *x = &t->objects.at[i];
		if (x->ends && x->kind == SEEN_SOCKET && t->opt.looking)
			ok = ends_of_socket(t, s, &o, i, hidden, err);
		else if (x->ends && x->kind == SEEN_MQ)
			ok = emit_observe(t, NULL, OBS_ENDS, x->id, ENDS_QUEUE, 0, hidden || others_have_queue(s, &o, x->id), 0, err);
	}
	for (u32 i = 1; ok && i < t->segments.n; i++) {
		const struct segment *g = &t->segments.at[i];
		if (g->maps + g->fds && g->kind != SEGMENT_PRIVATE)
			ok = emit_observe(t, NULL, OBS_ENDS, g->ino, ENDS_SEGMENT, g->dev, hidden || others_have(s, &o, g->ino, (u32)g->dev), 0, err);
	}
	return ok;
}
