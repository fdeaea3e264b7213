/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The oracle's own look at the kernel, when everybody is held or asleep: the links in
 * /proc/PID/fd, the flags in /proc/PID/fdinfo, FIONREAD on a borrowed end. Shares no code with
 * app/tracer, so that an error there cannot hide itself.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "oracle/ask.h"
#include "oracle/oracle.h"

static int bytes_in_pipe(int pid, int fd)
{
	int end = ask_borrow(pid, fd), n = -1;

	if (end < 0)
		return -1;
	if (ioctl(end, FIONREAD, &n) < 0)
		n = -1;
	close(end);
	return n;
}

/* A thread of it that lives: a leader that has ended shows no descriptors. */
static int live_tid(const struct world *w, u32 proc)
{
	for (u32 i = 1; i < world_tasks(w); i++) {
		const struct w_task *t = world_task(w, i);
		if (t && t->proc == proc && t->state < TASK_ENDING)
			return t->tid;
	}
	return world_proc(w, proc)->pid;
}

static bool end_agrees(
	const struct world *w, u32 proc, int fd, u64 ino, struct counts *c, struct str *trouble)
{
	int pid = live_tid(w, proc), bytes;
	const struct w_fd *d = world_fd(w, world_fd_find(w, proc, fd));
	const struct w_file *file = d ? world_file(w, d->file) : NULL;
	const struct w_pipe *pipe =
		file && file->kind == OBJ_PIPE ? world_pipe(w, file->object) : NULL;
	unsigned long flags = ask_flags(pid, fd);
	unsigned access = (flags & O_ACCMODE) == O_RDONLY ? ACCESS_READ : ACCESS_WRITE;

	if (!pipe || pipe->ino != ino) {
		str_addf(trouble, "P%u fd %d leads to pipe inode %lu, the world says %lu",
			world_proc(w, proc)->name, fd, ino, pipe ? pipe->ino : 0);
		return false;
	}
	if (flags == ~0ul)
		return true;
	if (file->access != access || !!d->cloexec != !!(flags & O_CLOEXEC) ||
		(!file->unsure && (file->flags & (O_NONBLOCK | O_DIRECT)) != (flags & (O_NONBLOCK | O_DIRECT)))) {
		str_addf(trouble,
			"P%u fd %d has flags 0%lo, the world says access %u flags 0%o cloexec %u",
			world_proc(w, proc)->name, fd, flags, file->access, file->flags,
			d->cloexec);
		return false;
	}
	bytes = bytes_in_pipe(pid, fd);
	if (bytes >= 0 && bytes != pipe->fill) {
		str_addf(trouble, "pipe%u holds %d bytes, the world says %ld", pipe->name, bytes,
			(long)pipe->fill);
		return false;
	}
	c->ends++;
	c->asked += bytes >= 0;
	return true;
}

static u32 pipe_ends_in_world(const struct world *w, u32 proc)
{
	const struct w_fdt *t = world_fdt(w, world_proc(w, proc)->fdt);
	u32 n = 0;

	for (u32 i = t ? t->first : 0; i; i = world_fd(w, i)->next) {
		const struct w_file *file = world_file(w, world_fd(w, i)->file);
		n += file && file->kind == OBJ_PIPE;
	}
	return n;
}

enum { INODES_MAX = 1024 };
struct inodes { /* of the pipes that somebody has an end of */
	u64 ino[INODES_MAX];
	u32 n;
};

static void inode_seen(struct inodes *s, u64 ino)
{
	if (s->n < INODES_MAX)
		s->ino[s->n++] = ino;
}

static bool process_agrees(const struct world *w, u32 proc, struct inodes *inodes, struct counts *c,
	struct str *trouble)
{
	char path[64];
	int pid = live_tid(w, proc);
	struct dirent *e;
	DIR *dir;
	u32 seen = 0;
	u64 ino;

	snprintf(path, sizeof path, "/proc/%d/fd", pid);
	dir = opendir(path);
	while (dir && (e = readdir(dir))) {
		int fd = atoi(e->d_name);
		if (e->d_name[0] == '.' || !ask_link(pid, fd, "pipe", &ino))
			continue;
		seen++;
		inode_seen(inodes, ino);
		if (!end_agrees(w, proc, fd, ino, c, trouble)) {
			closedir(dir);
			return false;
		}
	}
	if (dir)
		closedir(dir);
	if (seen != pipe_ends_in_world(w, proc)) {
		str_addf(trouble, "P%u has %u pipe ends, the world says %u",
			world_proc(w, proc)->name, seen, pipe_ends_in_world(w, proc));
		return false;
	}
	return true;
}

/* A pipe is gone when, and only when, nobody has an end of it. */
static bool pipe_agrees(const struct w_pipe *p, const struct inodes *inodes, struct str *trouble)
{
	u32 i = 0;

	while (i < inodes->n && inodes->ino[i] != p->ino)
		i++;
	if (p->gone || i < inodes->n)
		return true;
	str_addf(trouble, "nobody has an end of pipe%u, the world does not know that", p->name);
	return false;
}

bool kernel_agrees(const struct world *w, struct counts *c, struct str *trouble)
{
	struct inodes inodes = {.n = 0};

	for (u32 i = 1; i < world_procs(w); i++) {
		const struct w_proc *p = world_proc(w, i);
		if (p && !p->ended && !process_agrees(w, i, &inodes, c, trouble))
			return false;
	}
	for (u32 i = 1; i < world_pipes(w); i++) {
		const struct w_pipe *p = world_pipe(w, i);
		if (p && !p->outside && !pipe_agrees(p, &inodes, trouble))
			return false;
	}
	return true;
}
