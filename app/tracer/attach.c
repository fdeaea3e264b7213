/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Attaching to processes that run already (watch -p), and letting go of them. No filter, no EXITKILL: they
 * are followed by PTRACE_SYSCALL and go on whatever becomes of us, SIGKILL included. So nothing may be left in
 * them at any moment that would harm them were we gone at the next: no register is changed but the
 * -EINTR that our own coming has made, nothing is single-stepped, a signal is not collected before it is
 * passed on (wait.c).
 *
 * PTRACE_SEIZE alone disturbs nobody but shows nothing: calls stop only behind a first stop, so each task
 * is interrupted once. The kernel begins most calls again by itself; those that are never restarted
 * (signal(7): epoll_wait, semop, ...) show -EINTR, which becomes -ERESTARTNOHAND. A write that sleeps may
 * have moved some bytes and would come back short: it is left asleep and met later (unmet), as is one that is awake, until
 * it sleeps elsewhere or has computed for long. What remains is the moment between the look and the interruption.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tracer/private.h"

#define ATTACH_OPTIONS (TRACE_OPTIONS & ~(PTRACE_O_EXITKILL | PTRACE_O_TRACESECCOMP))
enum { ERESTARTNOHAND = 514, ERESTART_RESTARTBLOCK = 516, KERNEL_THREAD = 0x00200000 };

/* ---- what /proc says of a process (proc(5)) ---- */

long attach_status_field(pid_t pid, const char *field)
{
	char path[64], line[256];
	size_t n = strlen(field);
	long value = -1;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof line, f))
		if (!strncmp(line, field, n) && line[n] == ':') {
			value = strtol(line + n + 1, NULL, 10);
			break;
		}
	if (f)
		fclose(f);
	return value;
}

/* State and flags of /proc/PID/stat; false: there is none. */
static bool stat_read(pid_t pid, char *state, unsigned *flags)
{
	char path[64], text[512];
	const char *s;
	size_t n;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
	f = fopen(path, "re");
	if (!f)
		return false;
	n = fread(text, 1, sizeof text - 1, f);
	fclose(f);
	text[n] = 0;
	s = strrchr(text, ')');
	return s && sscanf(s + 1, " %c %*d %*d %*d %*d %*d %u", state, flags) == 2;
}

static bool is_ours(pid_t pid)
{
	for (pid_t at = getpid(); at > 1; at = (pid_t)attach_status_field(at, "PPid"))
		if (at == pid)
			return true;
	return false;
}

static bool refuse_by_rule(pid_t pid, struct err *err)
{
	FILE *f = fopen("/proc/sys/kernel/yama/ptrace_scope", "re");
	char sudo[64]; /* root is not told to become root */
	int scope = 0;

	if (f && fscanf(f, "%d", &scope) != 1)
		scope = 0;
	if (f)
		fclose(f);
	if (scope == 3)
		return err_set(err, EXIT_MACHINE,
		               "cannot attach to process %d: kernel.yama.ptrace_scope is 3, which forbids it to "
		               "everybody until the next boot; start the program with ipclab watch -- CMD", (int)pid);
	if (scope && geteuid())
		return err_set(err, EXIT_MACHINE,
		               "cannot attach to process %d: kernel.yama.ptrace_scope is %d, so only root may attach to "
		               "a process that it did not start: sudo ipclab watch -p %d, or start the program with "
		               "ipclab watch -- CMD", (int)pid, scope, (int)pid);
	snprintf(sudo, sizeof sudo, ": sudo ipclab watch -p %d", (int)pid);
	return err_set(err, EXIT_MACHINE,
	               "cannot attach to process %d: the kernel forbids it (it changed its user or group, or this is a "
	               "container without SYS_PTRACE)%s", (int)pid, geteuid() ? sudo : "");
}

/* Why PTRACE_SEIZE failed with `why`. */
static bool refuse(pid_t pid, int why, struct err *err)
{
	long tracer = attach_status_field(pid, "TracerPid"), uid = attach_status_field(pid, "Uid");
	const struct passwd *who;

	if (why == ESRCH)
		return err_set(err, EXIT_USAGE, "process %d ended just now", (int)pid);
	if (tracer > 0)
		return err_set(err, EXIT_MACHINE,
		               "cannot attach to process %d: process %ld traces it already (a debugger, strace, another "
		               "ipclab?), and a process has one tracer at most: end that first", (int)pid, tracer);
	if (geteuid() && uid >= 0 && (uid_t)uid != geteuid()) {
		who = getpwuid((uid_t)uid);
		return err_set(err, EXIT_MACHINE, "cannot attach to process %d: it belongs to user %s: sudo ipclab watch -p %d",
		               (int)pid, who ? who->pw_name : "another", (int)pid);
	}
	return refuse_by_rule(pid, err);
}

/* May it be attached to at all? *pid becomes that of its process when it is a thread's. */
static bool check(pid_t *pid, struct err *err)
{
	unsigned flags = 0;
	char state = 0;

	if (!stat_read(*pid, &state, &flags))
		return err_set(err, EXIT_USAGE, "there is no process %d; `ps -e` lists those there are", (int)*pid);
	if (flags & KERNEL_THREAD)
		return err_set(err, EXIT_USAGE, "process %d is a thread of the kernel: it makes no system calls", (int)*pid);
	if (state == 'Z' || state == 'X')
		return err_set(err, EXIT_USAGE, "process %d has ended already; its parent %ld has not collected it yet",
		               (int)*pid, attach_status_field(*pid, "PPid"));
	*pid = (pid_t)attach_status_field(*pid, "Tgid");
	if (*pid == getpid() || *pid <= 0)
		return err_set(err, EXIT_USAGE, "that is ipclab itself, which cannot trace itself");
	return true;
}

/* ---- one task ---- */

static struct tracee *task_seized(struct tracer *t, pid_t tid, struct tracee *leader)
{
	struct tracee *x = tracee_by_tid(t, tid);

	if (!x)
		x = tracee_add(t, tid);
	x->tgid = leader ? leader->tid : tid;
	x->attached = true;
	x->exec_done = true;
	x->holding = IS_RUNNING;
	x->fds = leader ? fdmap_share(leader->fds) : fdmap_create();
	x->space = leader ? space_share(leader->space) : space_create();
	return x;
}

/* ---- a process, its threads, its descendants ---- */

/* Numbers in a folder of /proc. */
static size_t numbers(const char *path, pid_t *out, size_t room)
{
	struct dirent *d;
	size_t n = 0;
	DIR *dir = opendir(path);

	while (dir && (d = readdir(dir)))
		if (d->d_name[0] >= '1' && d->d_name[0] <= '9' && n < room)
			out[n++] = (pid_t)atoi(d->d_name);
	if (dir)
		closedir(dir);
	return n;
}

/* Threads made while we look at the list are there when it is read again; those made by one that is
 * seized already come by themselves. */
static bool seize_threads(struct tracer *t, struct tracee *leader, struct err *err)
{
	char path[64];
	pid_t tids[4096];
	bool any = true;

	snprintf(path, sizeof path, "/proc/%d/task", (int)leader->tid);
	while (any) {
		size_t n = numbers(path, tids, ARRAY_LEN(tids));
		any = false;
		for (size_t i = 0; i < n; i++) {
			struct tracee *x;
			if (tracee_by_tid(t, tids[i]) ||
				ptrace(PTRACE_SEIZE, tids[i], NULL,
					(void *)(uintptr_t)ATTACH_OPTIONS) < 0)
				continue;
			any = true;
			x = task_seized(t, tids[i], leader);
			if (!emit_spawn(
				    t, x, leader->task, EVF_THREAD | EVF_FILES | EVF_ATTACHED, err))
				return false;
			attach_meet(t, x);
		}
	}
	return true;
}

static bool seize_tree(struct tracer *t, pid_t pid, u32 creator, bool must, struct err *err);

static bool seize_children(struct tracer *t, const struct tracee *leader, struct err *err)
{
	char path[96], text[65536], *at = text, *end;
	pid_t tids[4096];
	u32 creator = leader->task;
	pid_t pid = leader->tid;
	size_t threads;

	snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
	threads = numbers(path, tids, ARRAY_LEN(tids));
	for (size_t i = 0; i < threads; i++) {
		int fd;
		ssize_t n;
		snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)pid, (int)tids[i]);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		n = fd < 0 ? 0 : read(fd, text, sizeof text - 1);
		if (fd >= 0)
			close(fd);
		text[n < 0 ? 0 : n] = 0;
		for (at = text;; at = end) {
			pid_t child = (pid_t)strtol(at, &end, 10);
			if (end == at || child <= 0)
				break;
			if (!is_ours(child) && !tracee_by_tid(t, child) &&
				!seize_tree(t, child, creator, false, err))
				return false;
		}
	}
	return true;
}

/* Timers that timer_create(2) made, set or not: each has a line "ID: n" in /proc/PID/timers. */
static u64 posix_timers(pid_t pid)
{
	char path[64], line[256];
	u64 n = 0;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/timers", (int)pid);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof line, f))
		n += !strncmp(line, "ID:", 3);
	if (f)
		fclose(f);
	return n;
}

bool attach_note(struct tracer *t, struct tracee *x, struct err *err)
{
	return emit_observe(t, x, OBS_ATTACHED, posix_timers(x->tgid),
		(u64)attach_status_field(x->tgid, "PPid"), signal_mask(x->tid, "SigCgt"),
		signal_mask(x->tid, "SigIgn"), 0, err);
}

/* `must`: it was asked for by name. Of the others those that cannot be had are left out. */
static bool seize_tree(struct tracer *t, pid_t pid, u32 creator, bool must, struct err *err)
{
	struct tracee *x;

	if (tracee_by_tid(t, pid))
		return true; /* named twice, or a descendant of one named before */
	if (ptrace(PTRACE_SEIZE, pid, NULL, (void *)(uintptr_t)ATTACH_OPTIONS) < 0)
		return !must || refuse(pid, errno, err);
	x = task_seized(t, pid, NULL);
	if (!emit_spawn(t, x, creator, EVF_ATTACHED, err) || !emit_exec(t, x, x->task, err) ||
		!attach_note(t, x, err))
		return false;
	attach_meet(t, x);
	return seize_threads(t, x, err) && seize_children(t, x, err);
}

/* ---- the first stop ---- */

/* Did our coming cut its call short? Only where all of what was asked for would have been moved without us. */
static bool note_cut(struct tracer *t, struct tracee *x, const arch_regs *regs, struct err *err)
{
	u64 fd = arch_arg(regs, 0), asked = arch_arg(regs, 2);
	i64 moved = arch_result(regs);
	enum fd_class class;
	u32 flags;
	u64 ino;
	bool cloexec;

	if (moved <= 0 || (u64)moved >= asked || !meet_is_transfer(regs) ||
		!fd_ask(x->tid, (int)fd, &class, &ino, &flags, &cloexec) || (flags & O_NONBLOCK) ||
		(class != FDC_PIPE && class != FDC_TTY && class != FDC_OBJECT))
		return true;
	return emit_observe(t, x, OBS_CUT, fd, (u64)moved, asked, 0, 0, err);
}

/* Of a call that never restarts -EINTR is ours, unless a signal is there: it begins again. */
static void hide_interruption(struct tracee *x)
{
	arch_regs regs;

	if (!arch_get_regs(x->tid, &regs) || arch_call(&regs) < 0 || arch_result(&regs) != -EINTR || signal_is_due(x->tid))
		return;
	arch_set_result(&regs, -ERESTARTNOHAND);
	arch_set_regs(x->tid, &regs);
}

bool attach_first_stop(struct tracer *t, struct tracee *x, struct err *err)
{
	arch_regs regs;
	i64 result;
	long nr;

	if (x->met || !arch_get_regs(x->tid, &regs))
		return true;
	x->met = true;
	nr = arch_call(&regs);
	result = arch_result(&regs);
	if (nr < 0)
		return true;
	hide_interruption(x);
	if (result == -ERESTART_RESTARTBLOCK)
		x->restart_nr = nr; /* restart_syscall goes on with what is left of its time-out */
	return note_cut(t, x, &regs, err);
}

/* Stops until each task that was interrupted has come to one; those that are on their way elsewhere
 * (a fork, a signal, their end) go on to it. */
static bool wait_for_all(struct tracer *t, struct err *err)
{
	u64 limit = clock_ns() + 1000000000u;
	bool waiting = true;

	while (waiting && clock_ns() < limit) {
		struct stop stop;
		if (!tracer_next(t, false, &stop, err))
			return false;
		if (stop.kind == STOP_NONE)
			usleep(100);
		else if (stop.kind == STOP_ALL_GONE)
			return true;
		else if (stop.kind == STOP_GONE && !tracer_take(t, stop.task, err))
			return false;
		else if (stop.kind != STOP_BORN && stop.kind != STOP_GROUP &&
			 stop.kind != STOP_GONE && stop.kind != STOP_BELL &&
			 (!tracer_take(t, stop.task, err) || !tracer_resume(t, stop.task, err)))
			return false;
		waiting = false;
		for (size_t i = 0; i < t->all.n; i++)
			waiting |= t->all.at[i]->attached && !t->all.at[i]->born_seen &&
				   !t->all.at[i]->unmet;
	}
	return true;
}

/* Who is left where it sleeps is said, or its silence would look like idleness. */
static bool tell_unmet(struct tracer *t, struct err *err)
{
	for (size_t i = 0; i < t->all.n; i++) {
		struct tracee *x = t->all.at[i];
		if (!x->unmet)
			continue;
		x->unmet_told = true;
		if (!emit_observe(t, x, OBS_UNMET, 1, 0, 0, 0, 0, err))
			return false;
	}
	return true;
}

static bool adopt_everything(struct tracer *t, struct err *err)
{
	for (u32 i = 1; i < t->tasks.n; i++) {
		struct tracee *x = t->tasks.at[i];
		if (!x || !x->attached || x->tid != x->tgid || x->holding == IS_GONE || x->ended)
			continue;
		if (!attach_note(t, x, err) || !fdmap_adopt_all(t, x, err) ||
			!maps_refresh(t, x, true, err))
			return false;
	}
	return true;
}

bool tracer_attach(struct tracer *t, const pid_t *pids, u32 n, u32 *task, struct err *err)
{
	if (!t->root && !emit_observe(t, NULL, OBS_MODE, t->opt.held ? OBS_HELD : OBS_FREE, 0, 0, 0,
				0, err))
		return false;
	t->attached = true;
	for (u32 i = 0; i < n; i++) {
		pid_t pid = pids[i];
		if (!check(&pid, err) || !seize_tree(t, pid, 0, true, err))
			return false;
		if (!t->root)
			t->root = *task = tracee_by_tid(t, pid)->task;
	}
	return wait_for_all(t, err) && adopt_everything(t, err) && tell_unmet(t, err);
}

/* ---- later stops ---- */

/* A stop at a call's entry or exit. */
enum stop_kind attached_call_stop(struct tracer *t, struct tracee *x)
{
	struct __ptrace_syscall_info info = {0};

	if (ptrace(PTRACE_GET_SYSCALL_INFO, x->tid, (void *)sizeof info, &info) <= 0)
		return STOP_NONE; /* killed: its end follows */
	if (info.op == PTRACE_SYSCALL_INFO_EXIT && x->in_call && !x->restarting)
		return STOP_EXIT;
	if (info.op == PTRACE_SYSCALL_INFO_ENTRY && info.arch == AUDIT_ARCH_X86_64)
		return wait_entry(t, x);
	x->holding = x->in_call ? IS_INSIDE : IS_RUNNING;
	tracee_go(x, PTRACE_SYSCALL, 0);
	return STOP_NONE;
}

/* A handler was started in the middle of a call. Whether the call is to be made again stands in the
 * frame below the handler, which holds the registers as they were: it is looked for there. */
void attach_handler_frame(struct tracer *t, struct tracee *x)
{
	u64 kept[13], stack[2048];
	struct err ignored = {0};
	arch_regs regs;
	i64 result = x->pending_ret == -ERESTARTNOHAND || x->pending_ret == -ERESTART_RESTARTBLOCK
			     ? -EINTR
			     : 0;
	struct ev_exit out = {.ret = x->pending_ret, .fd = -1, .fd2 = -1};
	size_t n;

	x->frame_due = false;
	if (!x->in_call || !arch_get_regs(x->tid, &regs))
		return;
	arch_frame_regs(&x->frame_regs, kept);
	n = memory_read(x->tid, (arch_sp(&regs) & ~7ull) - 16, stack, sizeof stack) / 8;
	for (size_t i = 0; i + 14 <= n; i++)
		if (!memcmp(stack + i, kept, sizeof kept)) {
			result = (i64)stack[i + 13];
			break;
		}
	x->in_call = x->restarting = false;
	if (result == -EINTR) {
		decode_exit(t, x, -EINTR, &out);
		emit_exit(t, x, &out, 0, &ignored);
	} else {
		emit_exit(t, x, &out, EVF_RESTART, &ignored);
	}
}

/* ---- letting go ---- */

/* A task that is let go in a stop is woken with signal_pending() true (ptrace_unlink() in the kernel, PTRACE_DETACH and our own end
 * alike). At a call's entry that goes into the call: a large write comes back short, an epoll_wait with EINTR. So those
 * that stand there are resumed first, without a stop to come, and let go while they run: that wakes nobody. */
static void let_go_stopped(struct tracee *x, bool at_signal, int sig)
{
	struct __ptrace_syscall_info info = {0};

	if (!x->met)
		hide_interruption(x); /* we end before its first stop was taken */
	if (!at_signal && ptrace(PTRACE_GET_SYSCALL_INFO, x->tid, (void *)sizeof info, &info) > 0 &&
		info.op == PTRACE_SYSCALL_INFO_ENTRY)
		ptrace(PTRACE_CONT, x->tid, NULL, NULL);
	else
		ptrace(PTRACE_DETACH, x->tid, NULL, (void *)(uintptr_t)sig);
	x->let_go = true;
}

/* What stops from here on. A newborn that nobody knows of has not begun. */
static void let_go_status(struct tracer *t, pid_t tid, int status)
{
	struct tracee *x = tracee_by_tid(t, tid);
	bool at_signal = !(status >> 16) && WSTOPSIG(status) < 0x80;

	if (tid == t->bell)
		return;
	if (x && !WIFSTOPPED(status))
		x->let_go = true;
	else if (x)
		let_go_stopped(x, at_signal, at_signal ? WSTOPSIG(status) : 0);
	else if (WIFSTOPPED(status))
		ptrace(PTRACE_DETACH, tid, NULL, NULL);
}

/* Asleep in a call: it comes to no entry while we end. */
static bool is_left_asleep(struct tracer *t, const struct tracee *x)
{
	struct probe now;

	tracer_probe(t, x->task, &now);
	return now.state == 'S' || now.state == 'D' || now.state == 'T' || !now.state;
}

void attach_let_go(struct tracer *t)
{
	u64 limit = clock_ns() + 100000000u;
	bool wait = true;

	for (size_t i = 0; i < t->all.n; i++) {
		struct tracee *x = t->all.at[i];
		if (x->attached && (x->holding == IS_STOPPED || x->holding == IS_TAKEN))
			let_go_stopped(x, x->stop == STOP_SIGNAL, x->stop == STOP_SIGNAL ? x->sig : 0);
	}
	while (wait && clock_ns() < limit) {
		pid_t tid;
		int status;
		while ((tid = waitpid(-1, &status, __WALL | WNOHANG)) > 0)
			let_go_status(t, tid, status);
		wait = false;
		for (size_t i = 0; i < t->all.n && !wait; i++) {
			struct tracee *x = t->all.at[i];
			if (!x->attached || x->let_go || x->unmet || x->holding == IS_GONE)
				continue;
			wait = !x->born_seen || !is_left_asleep(t, x); /* a first stop is on its way, or a call */
		}
		if (wait)
			usleep(100);
	}
}
