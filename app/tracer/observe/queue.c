/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asking the kernel about message queues and System V semaphores, at settled points. A POSIX queue is asked through
 * a borrowed descriptor: mq_getattr(3), and the text that read(2) gives of it, by pread so that nobody's offset
 * moves. System V objects are asked by id, when they are of our own ipc namespace: those of another one cannot
 * be, and are not. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tracer/private.h"

/* ---- POSIX queues ---- */

static bool ask(int got, struct mq_attr *attr, u64 *bytes)
{
	char text[128];
	unsigned long size;
	ssize_t n;

	if (got < 0)
		return false;
	if (bytes) {
		n = pread(got, text, sizeof text - 1, 0);
		text[n < 0 ? 0 : n] = 0;
		*bytes = sscanf(text, "QSIZE:%lu", &size) == 1 ? size : OBS_UNKNOWN;
	}
	n = syscall(SYS_mq_getsetattr, got, NULL, attr);
	close(got);
	return n == 0;
}

/* Where its descriptor is not to be borrowed, one of our own by its name: the same file? */
static int open_by_name(const struct tracee *x, int fd)
{
	char path[64], name[256];
	struct stat theirs, ours;
	ssize_t n;
	int got;

	snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)x->tid, fd);
	n = readlink(path, name, sizeof name - 1);
	name[n < 0 ? 0 : n] = 0;
	if (name[0] != '/' || stat(path, &theirs) < 0)
		return -1;
	got = mq_open(name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (got >= 0 && (fstat(got, &ours) < 0 || ours.st_ino != theirs.st_ino)) {
		close(got);
		got = -1;
	}
	return got;
}

bool queue_ask(struct tracee *x, int fd, struct mq_attr *attr, u64 *bytes)
{
	int got = socket_borrow(x, fd);

	return ask(got >= 0 ? got : open_by_name(x, fd), attr, bytes);
}

static bool is_ours(const struct tracer *t, pid_t pid)
{
	for (size_t i = 0; i < t->all.n; i++)
		if (t->all.at[i]->tgid == pid || t->all.at[i]->tid == pid)
			return true;
	return pid == getpid();
}

static bool process_has(pid_t pid, u64 ino)
{
	char path[300], link[128];
	struct dirent *d;
	struct stat st;
	bool has = false;
	ssize_t n;
	DIR *dir;

	snprintf(path, sizeof path, "/proc/%d/fd", (int)pid);
	dir = opendir(path);
	while (dir && !has && (d = readdir(dir))) {
		snprintf(path, sizeof path, "/proc/%d/fd/%s", (int)pid, d->d_name);
		n = readlink(path, link, sizeof link - 1);
		link[n < 0 ? 0 : n] = 0;
		has = link[0] == '/' && !strchr(link + 1, '/') && stat(path, &st) == 0 && st.st_ino == ino;
	}
	if (dir)
		closedir(dir);
	return has;
}

/* A process that we do not watch has the queue open. Only asked when its count is not what our own calls make it. */
static bool has_outsiders(const struct tracer *t, u64 ino)
{
	struct dirent *d;
	bool found = false;
	DIR *dir = opendir("/proc");

	while (dir && !found && (d = readdir(dir)))
		found = isdigit((unsigned char)d->d_name[0]) && !is_ours(t, atoi(d->d_name)) &&
		        process_has(atoi(d->d_name), ino);
	if (dir)
		closedir(dir);
	return found;
}

static bool emit_queue(struct tracer *t, const struct tracee *x, u32 index, const struct mq_attr *a, u64 bytes,
                       struct err *err)
{
	struct object_seen *o = &t->objects.at[index];
	bool outside = false;

	if ((u64)a->mq_curmsgs != o->detail[MQ_TALLY] && o->detail[MQ_KNOWN])
		outside = has_outsiders(t, o->id);
	o->detail[MQ_TALLY] = (u64)a->mq_curmsgs;
	return emit_observe(t, x, OBS_QUEUE, o->id, 1 | (outside ? OBS_OUTSIDE : 0), (u64)a->mq_curmsgs, bytes,
	                    (u64)a->mq_maxmsg | (u64)a->mq_msgsize << 32, err);
}

static bool emit_name(struct tracer *t, const struct tracee *x, int fd, u64 ino, struct err *err)
{
	char path[64], link[300];
	struct ev_name body = {.ino = ino, .what = NAMED_PATH};
	struct rec *r;
	ssize_t n;
	bool ok;

	snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)x->tid, fd);
	n = readlink(path, link, sizeof link - 1);
	if (n < 0)
		return true;
	link[n] = 0;
	if (n > 10 && !strcmp(link + n - 10, " (deleted)"))
		link[n - 10] = 0;
	body.len = (u32)strlen(link) + 1;
	r = emit_begin(t, REC_NAME, x, sizeof body + body.len, err, &ok);
	if (!r)
		return ok;
	memcpy(r + 1, &body, sizeof body);
	memcpy((u8 *)(r + 1) + sizeof body, link, body.len);
	emit_commit(t, r);
	return true;
}

bool queue_announce(struct tracer *t, struct tracee *x, int fd, u32 index, bool named, struct err *err)
{
	struct mq_attr attr;
	u64 bytes;

	if (t->objects.at[index].detail[MQ_KNOWN] || !queue_ask(x, fd, &attr, &bytes))
		return true;
	if (!emit_queue(t, x, index, &attr, bytes, err))
		return false;
	t->objects.at[index].detail[MQ_KNOWN] = 1;
	return !named || emit_name(t, x, fd, t->objects.at[index].id, err);
}

static bool observe_mq(struct tracer *t, u32 index, struct err *err)
{
	struct mq_attr attr;
	u64 bytes = OBS_UNKNOWN;

	t->objects.at[index].touched = false;
	return !ask(socket_borrow_any(t, index), &attr, &bytes) || emit_queue(t, NULL, index, &attr, bytes, err);
}

/* ---- System V ---- */

static u64 id_of(const struct sysv_seen *s)
{
	return (u64)s->space << 32 | (u32)s->id;
}

/* IPC_STAT needs permission to read; MSG_STAT_ANY takes the index and needs none. */
static bool observe_msg(struct tracer *t, const struct tracee *x, struct sysv_seen *s, struct err *err)
{
	struct msqid_ds ds;
	bool outside;

	if (msgctl(s->id, IPC_STAT, &ds) < 0) {
		if (errno == EINVAL || errno == EIDRM) {
			s->gone = true;
			return s->fresh || emit_observe(t, NULL, OBS_QUEUE, id_of(s), 2, OBS_UNKNOWN, 0, 0, err);
		}
		if (msgctl(s->id & 0x7fff, MSG_STAT_ANY, &ds) != s->id)
			return true;
	}
	outside = sysv_is_outside(t, ds.msg_lspid) || sysv_is_outside(t, ds.msg_lrpid);
	s->fresh = false;
	return emit_observe(t, x, OBS_QUEUE, id_of(s), 2 | (outside ? OBS_OUTSIDE : 0), ds.msg_qnum, ds.__msg_cbytes,
	                    ds.msg_qbytes, err);
}

union semun {
	int val;
	struct semid_ds *buf;
	unsigned short *array;
};

enum { SEMS_TOLD = 64 };

static bool observe_sem(struct tracer *t, const struct tracee *x, struct sysv_seen *s, struct err *err)
{
	unsigned short values[32768];
	struct semid_ds ds;
	bool ok = true;

	if (semctl(s->id, 0, IPC_STAT, (union semun){.buf = &ds}) < 0) {
		if (errno != EINVAL && errno != EIDRM)
			return true;
		s->gone = true;
		return s->fresh || emit_observe(t, NULL, OBS_SEMS, id_of(s), 0, OBS_UNKNOWN, 0, 0, err);
	}
	if (ds.sem_nsems > ARRAY_LEN(values) || semctl(s->id, 0, GETALL, (union semun){.array = values}) < 0)
		return true;
	s->sems = (u32)ds.sem_nsems;
	s->fresh = false;
	for (u32 i = 0; ok && i < s->sems && i < SEMS_TOLD; i++) {
		int pid = semctl(s->id, (int)i, GETPID);
		ok = emit_observe(t, x, OBS_SEMS, id_of(s), i | (sysv_is_outside(t, pid) ? OBS_OUTSIDE : 0), values[i],
		                  OBS_UNKNOWN, OBS_UNKNOWN, err);
	}
	return ok;
}

bool sysv_observe(struct tracer *t, const struct tracee *x, u32 index, struct err *err)
{
	struct sysv_seen *s = &t->sysv.at[index];

	s->touched = false;
	switch (s->kind) {
	case SYSV_MSG: return observe_msg(t, x, s, err);
	case SYSV_SEM: return observe_sem(t, x, s, err);
	default: return true;
	}
}

bool tracer_observe_queues(struct tracer *t, bool all, struct err *err)
{
	for (u32 i = 1; i < t->objects.n; i++) {
		const struct object_seen *o = &t->objects.at[i];
		if (o->ends && o->kind == SEEN_MQ && o->detail[MQ_KNOWN] && (all || o->touched) && !observe_mq(t, i, err))
			return false;
	}
	for (u32 i = 1; i < t->sysv.n; i++) {
		const struct sysv_seen *s = &t->sysv.at[i];
		if (!s->gone && !s->space && (all || s->touched) && !sysv_observe(t, NULL, i, err))
			return false;
	}
	return true;
}
