/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Births, ends, waiting for children, signals sent: fork(2), clone(2), execve(2), exit(2), wait4(2),
 * waitid(2), kill(2). */
#include <sched.h>
#include <stdio.h>
#include <sys/wait.h>

#include "tracer/private.h"

#ifndef CLONE_UNTRACED
#define CLONE_UNTRACED 0x00800000
#endif

/* CLONE_UNTRACED would hide the child from us, and from EXITKILL (security.md 2, rule 3). For clone
 * the flag is taken out of the register and put back at the exit; clone3 keeps its flags in memory
 * that the child may share, so there the call says ENOSYS, as on an older kernel. */
static void forbid_untraced(struct tracee *x, struct entry *e)
{
	arch_regs regs;

	if (!(e->arg & CLONE_UNTRACED))
		return;
	if (!arch_get_regs(x->tid, &regs))
		return;
	if (e->call == CALL_clone)
		arch_set_arg(&regs, 0, e->arg & ~(u64)CLONE_UNTRACED);
	else
		arch_set_call(&regs, -1);
	x->untraced_flag = arch_set_regs(x->tid, &regs);
}

bool decode_fork(struct tracer *t, struct tracee *x, struct entry *e)
{
	(void)t;
	if (e->call == CALL_clone) {
		e->arg = x->args[0];
	} else if (e->call == CALL_clone3) {
		u64 flags = 0;
		memory_read(x->tid, x->args[0], &flags, sizeof flags);
		e->arg = flags;
	} else if (e->call == CALL_vfork) {
		e->arg = CLONE_VFORK | CLONE_VM;
	}
	forbid_untraced(x, e);
	return true;
}

bool decode_exec(struct tracer *t, struct tracee *x, struct entry *e)
{
	char path[PATH_KEPT];

	(void)t;
	memory_read_string(x->tid, x->args[e->call == CALL_execveat], path, sizeof path);
	e->held = (u32)strlen(path) + 1;
	memcpy(e->bytes, path, e->held);
	return true;
}

bool decode_end(struct tracer *t, struct tracee *x, struct entry *e)
{
	(void)t;
	e->fd = (i32)x->args[0];
	e->wants_exit = false;
	return true;
}

/* The process that a pidfd is about, 0 unknown: "Pid:" in its fdinfo, proc(5). */
static u64 pid_of_fd(struct tracee *x, int fd)
{
	char path[64], line[128];
	int pid = 0;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/fdinfo/%d", (int)x->tid, fd);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof line, f))
		if (sscanf(line, "Pid: %d", &pid) == 1)
			break;
	if (f)
		fclose(f);
	return pid > 0 ? (u64)pid : 0;
}

/* One that clone3 made (CLONE_PIDFD), that was received or was there before. */
bool pidfd_note(struct tracer *t, struct tracee *x, int fd, struct err *err)
{
	u64 pid = pid_of_fd(x, fd);

	return !pid || emit_observe(t, x, OBS_PIDFD, (u64)(u32)fd, pid, 0, 0, 0, err);
}

/* A wait for a process group: which of ours are in which, as pairs (pid, group). */
static void note_groups(struct tracer *t, struct tracee *x, u64 group, struct entry *e)
{
	pid_t own = getpgid(x->tgid);

	e->hash = group ? group : (u64)(own > 0 ? own : 0);
	for (size_t i = 0; i < t->all.n && e->held + 8 <= sizeof e->bytes; i++) {
		const struct tracee *y = t->all.at[i];
		u32 pair[2] = {(u32)y->tid, 0};
		pid_t of = y->tid == y->tgid && y != x ? getpgid(y->tid) : -1;

		if (of <= 0)
			continue;
		pair[1] = (u32)of;
		memcpy(e->bytes + e->held, pair, sizeof pair);
		e->held += sizeof pair;
	}
}

bool decode_wait(struct tracer *t, struct tracee *x, struct entry *e)
{
	if (e->call == CALL_wait4) {
		e->fd = (i32)x->args[0];
		e->arg = x->args[2] & 0xffffffff;
		if (e->fd == 0 || e->fd < -1)
			note_groups(t, x, e->fd ? (u64)-(i64)e->fd : 0, e);
	} else {
		e->size = x->args[0] & 0xffffffff;
		e->fd = (i32)x->args[1];
		e->arg = x->args[3] & 0xffffffff;
		if (e->size == P_PGID)
			note_groups(t, x, x->args[1] & 0xffffffff, e);
		if (e->size == 3 /* P_PIDFD */)
			e->hash = pid_of_fd(x, e->fd);
	}
	return true;
}

bool decode_kill(struct tracer *t, struct tracee *x, struct entry *e)
{
	int shift = e->call == CALL_tgkill;

	(void)t;
	e->fd = (i32)x->args[shift];
	e->fd2 = (i32)x->args[shift + 1];
	return true;
}
