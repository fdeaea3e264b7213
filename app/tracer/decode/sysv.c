/* SPDX-License-Identifier: GPL-3.0-or-later */
/* System V message queues, semaphores and shared memory: sysvipc(7). An object is known by its kind, its id
 * and the ipc namespace of the caller; it has no descriptors, and lives until it is removed. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <unistd.h>

#include "tracer/private.h"

enum { MESSAGE_MAX = 16 << 20, SEM_MAX = 85, COMMAND = 0xff };

static u32 space_link(const char *path)
{
	char link[64];
	unsigned space = 0;
	ssize_t n = readlink(path, link, sizeof link - 1);

	link[n < 0 ? 0 : n] = 0;
	return sscanf(link, "ipc:[%u]", &space) == 1 ? space : 0;
}

u32 sysv_space(pid_t tid)
{
	char path[64];
	u32 theirs;

	snprintf(path, sizeof path, "/proc/%d/ns/ipc", (int)tid);
	theirs = space_link(path);
	return !theirs || theirs == space_link("/proc/self/ns/ipc") ? 0 : theirs;
}

static bool pid_is_known(const struct tracer *t, pid_t pid)
{
	for (size_t i = 0; i < t->sysv_pids.n; i++)
		if (t->sysv_pids.at[i] == pid)
			return true;
	return false;
}

bool sysv_is_outside(const struct tracer *t, pid_t pid)
{
	return pid > 0 && !pid_is_known(t, pid);
}

static u32 sysv_find(const struct tracer *t, enum sysv_kind kind, u32 space, i32 id)
{
	for (u32 i = 1; i < t->sysv.n; i++) {
		const struct sysv_seen *s = &t->sysv.at[i];
		if (s->kind == kind && s->space == space && s->id == id && !s->gone)
			return i;
	}
	return 0;
}

/* The object of that id, made known to the log when it is new: before the record of the call that names it. */
static u32 sysv_meet(struct tracer *t, struct tracee *x, enum sysv_kind kind, i32 id)
{
	u32 space = sysv_space(x->tid), i = sysv_find(t, kind, space, id);
	struct err ignored = {0};

	x->entry.space = space;
	if (!pid_is_known(t, x->tgid))
		*vec_push(&t->sysv_pids) = x->tgid;
	if (i || id < 0)
		return i;
	for (i = 1; i < t->sysv.n && !t->sysv.at[i].gone; i++)
		;
	while (i >= t->sysv.n)
		*vec_push(&t->sysv) = (struct sysv_seen){.gone = true};
	t->sysv.at[i] = (struct sysv_seen){.kind = kind, .space = space, .id = id, .fresh = true};
	if (kind != SYSV_SHM && !space)
		sysv_observe(t, x, i, &ignored);
	return t->sysv.at[i].gone ? 0 : i;
}

static void sysv_by_id(struct tracer *t, struct tracee *x, struct entry *e, enum sysv_kind kind)
{
	u32 i;

	e->fd = (i32)x->args[0];
	i = sysv_meet(t, x, kind, e->fd);
	e->space = x->entry.space;
	if (i)
		t->sysv.at[i].touched = true;
}

void sysv_touch_all(struct tracer *t)
{
	for (u32 i = 1; i < t->sysv.n; i++)
		t->sysv.at[i].touched |= t->sysv.at[i].kind == SYSV_SEM;
}

/* ---- entries ---- */

bool decode_sysv_get(struct tracer *t, struct tracee *x, struct entry *e)
{
	bool msg = e->call == CALL_msgget;

	(void)t;
	e->arg = (x->args[0] & 0xffffffff) | (x->args[msg ? 1 : 2] & 0xffffffff) << 32;
	e->size = msg ? 0 : x->args[1];
	if (e->call == CALL_semget)
		e->size &= 0xffffffff;
	e->space = sysv_space(x->tid);
	return true;
}

bool decode_msgsnd(struct tracer *t, struct tracee *x, struct entry *e)
{
	i64 type = 0;

	sysv_by_id(t, x, e, SYSV_MSG);
	memory_read(x->tid, x->args[1], &type, sizeof type);
	e->arg = (u64)type;
	e->size = x->args[2];
	e->fd2 = (i32)x->args[3];
	if (e->size <= MESSAGE_MAX)
		e->data = x->args[1] + sizeof type;
	return true;
}

bool decode_msgrcv(struct tracer *t, struct tracee *x, struct entry *e)
{
	sysv_by_id(t, x, e, SYSV_MSG);
	e->size = x->args[2];
	e->arg = x->args[3];
	e->fd2 = (i32)x->args[4];
	return true;
}

bool decode_semop(struct tracer *t, struct tracee *x, struct entry *e)
{
	size_t n;

	sysv_by_id(t, x, e, SYSV_SEM);
	e->size = x->args[2] & 0xffffffff;
	n = e->size < SEM_MAX ? (size_t)e->size : SEM_MAX;
	e->held = (u32)(memory_read(x->tid, x->args[1], e->bytes, n * sizeof(struct sembuf)) / sizeof(struct sembuf) *
	                sizeof(struct sembuf));
	e->arg = TIME_NONE;
	if (e->call != CALL_semtimedop)
		return true;
	e->arg = decode_time(x, x->args[3], 1);
	if (e->arg && e->arg != TIME_NONE)
		e->timed = (struct timed){.kind = TIMED_POINTER, .arg = 3, .sys_result = -EAGAIN, .ns = e->arg};
	return true;
}

static bool command_only_asks(u32 cmd)
{
	switch (cmd) {
	case IPC_STAT: case IPC_INFO: case MSG_STAT: case MSG_INFO: case MSG_STAT_ANY: case SEM_STAT: case SEM_INFO:
	case SEM_STAT_ANY:
		return true;
	default: /* the numbers of shmctl are those of msgctl and others */
		return false;
	}
}

/* Commands that take an index of the kernel's table, or nothing: about no object of the log. */
static bool command_has_no_id(enum sysv_kind kind, u32 cmd)
{
	if (cmd == IPC_INFO)
		return true;
	switch (kind) {
	case SYSV_MSG: return cmd == MSG_STAT || cmd == MSG_INFO || cmd == MSG_STAT_ANY;
	case SYSV_SEM: return cmd == SEM_STAT || cmd == SEM_INFO || cmd == SEM_STAT_ANY;
	default: return cmd == SHM_STAT || cmd == SHM_INFO || cmd == SHM_STAT_ANY;
	}
}

static void read_setall(struct tracer *t, struct tracee *x, struct entry *e)
{
	u32 i = sysv_find(t, SYSV_SEM, e->space, e->fd);
	size_t n = i ? t->sysv.at[i].sems : 0;

	if (n * 2 > sizeof e->bytes)
		n = sizeof e->bytes / 2;
	e->held = (u32)memory_read(x->tid, x->args[3], e->bytes, n * 2);
}

bool decode_sysv_control(struct tracer *t, struct tracee *x, struct entry *e)
{
	enum sysv_kind kind = e->call == CALL_msgctl ? SYSV_MSG : e->call == CALL_semctl ? SYSV_SEM : SYSV_SHM;
	bool sem = kind == SYSV_SEM;

	e->arg = x->args[sem ? 2 : 1] & COMMAND;
	e->fd2 = sem ? (i32)x->args[1] : -1;
	e->hold = !command_only_asks((u32)e->arg) && !command_has_no_id(kind, (u32)e->arg);
	if (command_has_no_id(kind, (u32)e->arg)) {
		e->fd = (i32)x->args[0];
		e->space = sysv_space(x->tid);
		return true;
	}
	sysv_by_id(t, x, e, kind);
	if (sem && e->arg == SETVAL)
		e->size = x->args[3] & 0xffffffff;
	if (sem && e->arg == SETALL)
		read_setall(t, x, e);
	if (kind == SYSV_MSG && e->arg == IPC_SET) {
		struct msqid_ds ds = {0};
		memory_read(x->tid, x->args[2], &ds, sizeof ds);
		e->size = ds.msg_qbytes;
	}
	return true;
}

bool decode_shmat(struct tracer *t, struct tracee *x, struct entry *e)
{
	sysv_by_id(t, x, e, SYSV_SHM);
	e->arg = x->args[1];
	e->size = x->args[2] & 0xffffffff;
	return true;
}

bool decode_shmdt(struct tracer *t, struct tracee *x, struct entry *e)
{
	(void)t;
	e->arg = x->args[0];
	return true;
}

/* ---- what came of it ---- */

static void got(struct tracer *t, struct tracee *x, i64 ret)
{
	const struct entry *e = &x->entry;
	enum sysv_kind kind = e->call == CALL_msgget ? SYSV_MSG : e->call == CALL_semget ? SYSV_SEM : SYSV_SHM;
	u32 i = sysv_meet(t, x, kind, (i32)ret);
	struct err ignored = {0};

	if (i && kind == SYSV_SEM && !t->sysv.at[i].sems)
		t->sysv.at[i].sems = (u32)e->size;
	if (kind == SYSV_SHM)
		segment_announce(t, x, segment_of_sysv(t, e->space, (i32)ret, (u32)e->arg, e->size), &ignored);
}

static void attached(struct tracer *t, struct tracee *x, i64 ret, struct ev_exit *out)
{
	struct err ignored = {0};
	u32 seg = maps_attached(t, x, (u64)ret, &ignored);

	if (!seg)
		return;
	out->arg = t->segments.at[seg].ino;
	out->arg2 = t->segments.at[seg].dev;
}

static void was_received(struct tracee *x, i64 ret, struct ev_exit *out)
{
	i64 type = 0;

	memory_read(x->tid, x->args[1], &type, sizeof type);
	out->arg = (u64)type;
	out->arg2 = hash_of_memory(x->tid, x->args[1] + sizeof type, (u64)ret);
}

void sysv_call_done(struct tracer *t, struct tracee *x, i64 ret, struct ev_exit *out)
{
	const struct entry *e = &x->entry;
	struct err ignored = {0};
	u32 i;

	switch (e->call) {
	case CALL_msgget:
	case CALL_semget:
	case CALL_shmget: got(t, x, ret); break;
	case CALL_shmat: attached(t, x, ret, out); break;
	case CALL_shmdt: maps_refresh(t, x, true, &ignored); break;
	case CALL_msgrcv: was_received(x, ret, out); /* fall through */
	case CALL_msgsnd:
	case CALL_msgctl:
	case CALL_semop:
	case CALL_semtimedop:
	case CALL_semctl:
	case CALL_shmctl:
		i = sysv_find(t, e->call == CALL_msgrcv || e->call == CALL_msgsnd || e->call == CALL_msgctl ? SYSV_MSG
		                 : e->call == CALL_shmctl ? SYSV_SHM : SYSV_SEM, e->space, e->fd);
		if (!i)
			break;
		t->sysv.at[i].touched = true;
		if (e->arg == IPC_RMID && (e->call == CALL_msgctl || e->call == CALL_semctl))
			t->sysv.at[i].gone = true;
		break;
	default: break;
	}
}
