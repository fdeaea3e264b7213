/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What each descriptor number of a process leads to, as far as the tracer must know it to let file
 * I/O pass with one stop. A cache: a descriptor can only become a pipe end by a call that is in the
 * filter, so "something else" never grows stale into a pipe; "pipe" is cleared at every close. What
 * is true is kept by world, from the log. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tracer/private.h"

struct fdmap *fdmap_create(void)
{
	struct fdmap *m = xmalloc(sizeof *m);

	m->refs = 1;
	return m;
}

struct fdmap *fdmap_share(struct fdmap *m)
{
	m->refs++;
	return m;
}

struct fdmap *fdmap_copy(struct tracer *t, const struct fdmap *m)
{
	struct fdmap *c = fdmap_create();

	if (!m->n)
		return c;
	c->n = m->n;
	c->fds = xmalloc(m->n * sizeof *m->fds);
	memcpy(c->fds, m->fds, m->n * sizeof *m->fds);
	for (u32 i = 0; i < c->n; i++) {
		if (c->fds[i].class == FDC_PIPE)
			t->pipes.at[c->fds[i].pipe].ends++;
		else if (c->fds[i].class == FDC_SEGMENT)
			segment_used(t, c->fds[i].pipe, true, 1);
	}
	return c;
}

void fdmap_clear(struct tracer *t, struct fdmap *m, int fd)
{
	if (fd < 0 || (u32)fd >= m->n)
		return;
	if (m->fds[fd].class == FDC_PIPE)
		t->pipes.at[m->fds[fd].pipe].ends--;
	else if (m->fds[fd].class == FDC_SEGMENT)
		segment_used(t, m->fds[fd].pipe, true, -1);
	m->fds[fd] = (struct fd_seen){0};
}

void fdmap_clear_range(struct tracer *t, struct fdmap *m, int first, int last)
{
	for (int fd = first < 0 ? 0 : first; fd <= last && (u32)fd < m->n; fd++)
		fdmap_clear(t, m, fd);
}

void fdmap_release(struct tracer *t, struct fdmap *m)
{
	if (--m->refs)
		return;
	fdmap_clear_range(t, m, 0, INT32_MAX);
	free(m->fds);
	free(m);
}

static u32 pipe_by_ino(struct tracer *t, u64 ino)
{
	u32 free_slot = 0;

	for (u32 i = 1; i < t->pipes.n; i++) {
		if (t->pipes.at[i].ino == ino && t->pipes.at[i].ends)
			return i;
		if (!t->pipes.at[i].ends)
			free_slot = i;
	}
	if (!free_slot) {
		*vec_push(&t->pipes) = (struct pipe_seen){0};
		free_slot = (u32)t->pipes.n - 1;
	}
	t->pipes.at[free_slot] = (struct pipe_seen){.ino = ino};
	return free_slot;
}

void fdmap_set(struct tracer *t, struct fdmap *m, int fd, enum fd_class class, u64 ino, bool cloexec)
{
	if (fd < 0 || fd > 1 << 20)
		return;
	fdmap_clear(t, m, fd);
	if ((u32)fd >= m->n) {
		u32 n = (u32)fd + 16;
		m->fds = xrealloc(m->fds, n * sizeof *m->fds);
		memset(m->fds + m->n, 0, (n - m->n) * sizeof *m->fds);
		m->n = n;
	}
	m->fds[fd] = (struct fd_seen){.class = (u8)class, .cloexec = cloexec};
	if (class == FDC_PIPE) {
		u32 p = pipe_by_ino(t, ino);
		t->pipes.at[p].ends++;
		t->pipes.at[p].touched = true;
		m->fds[fd].pipe = p;
	} else if (class == FDC_SEGMENT) {
		m->fds[fd].pipe = (u32)ino;
		segment_used(t, (u32)ino, true, 1);
	}
}

const struct fd_seen *fdmap_get(const struct fdmap *m, int fd)
{
	static const struct fd_seen nothing;

	return fd >= 0 && (u32)fd < m->n ? &m->fds[fd] : &nothing;
}

u64 fdmap_ino(const struct tracer *t, const struct fdmap *m, int fd)
{
	const struct fd_seen *s = fdmap_get(m, fd);

	return s->class == FDC_PIPE      ? t->pipes.at[s->pipe].ino
	       : s->class == FDC_SEGMENT ? t->segments.at[s->pipe].ino
	                                 : 0;
}

void fdmap_exec(struct tracer *t, struct fdmap *m)
{
	for (u32 fd = 0; fd < m->n; fd++)
		if ((m->fds[fd].class != FDC_PIPE && m->fds[fd].class != FDC_SEGMENT) || m->fds[fd].cloexec)
			fdmap_clear(t, m, (int)fd);
}

void fdmap_forget(struct tracer *t, struct fdmap *m)
{
	for (u32 fd = 0; fd < m->n; fd++)
		if (m->fds[fd].class != FDC_PIPE && m->fds[fd].class != FDC_SEGMENT)
			fdmap_clear(t, m, (int)fd);
}

/* ---- asking the kernel (proc(5)): /proc/PID/fd/N and fdinfo open nothing ---- */

bool fd_ask(pid_t tid, int fd, enum fd_class *class, u64 *ino, u32 *flags, bool *cloexec)
{
	char path[64], link[128];
	unsigned long long number;
	ssize_t n;

	snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)tid, fd);
	n = readlink(path, link, sizeof link - 1);
	if (n < 0)
		return false;
	link[n] = 0;
	*class = FDC_OTHER;
	*ino = 0;
	if (sscanf(link, "pipe:[%llu]", &number) == 1) {
		*class = FDC_PIPE;
		*ino = number;
	} else if (!strncmp(link, "/dev/pts/", 9) || !strncmp(link, "/dev/tty", 8) ||
	           !strcmp(link, "/dev/console")) {
		*class = FDC_TTY;
	} else if (!strncmp(link, "/dev/shm/", 9) || !strncmp(link, "/memfd:", 7)) {
		*class = FDC_SEGMENT;
	}
	if (flags) {
		char line[128];
		unsigned f = 0;
		FILE *info;
		snprintf(path, sizeof path, "/proc/%d/fdinfo/%d", (int)tid, fd);
		info = fopen(path, "re");
		while (info && fgets(line, sizeof line, info))
			if (sscanf(line, "flags: %o", &f) == 1)
				break;
		if (info)
			fclose(info);
		*flags = f;
		*cloexec = f & O_CLOEXEC;
	}
	return true;
}

/* kcmp(2) KCMP_FILE: are two descriptors of a process the same open file? No answer counts as no. */
static int same_open_file(struct tracer *t, struct tracee *x, int fd)
{
	u64 ino = fdmap_ino(t, x->fds, fd);

	for (int other = 0; other < fd; other++)
		if (fdmap_ino(t, x->fds, other) == ino &&
		    syscall(SYS_kcmp, x->tid, x->tid, 0 /* KCMP_FILE */, other, fd) == 0)
			return other;
	return -1;
}

static bool fd_note(struct tracer *t, struct tracee *x, int fd, enum fd_class class, u64 ino, u32 flags,
                    bool cloexec, struct err *err)
{
	unsigned mode = flags & O_ACCMODE;
	u64 access = mode == O_RDONLY ? 1 : mode == O_WRONLY ? 2 : 3;
	u64 how = x->exec_done ? 5 /* FD_UNKNOWN */ : 1 /* FD_OPENED */;
	int same = class == FDC_PIPE || class == FDC_SEGMENT ? same_open_file(t, x, fd) : -1;

	return emit_observe(t, x, OBS_FD, (u64)(u32)fd | access << 32 | (u64)cloexec << 40 | how << 48, ino,
	                    flags & (u32)~(O_CLOEXEC | O_ACCMODE), (u64)(same + 1),
	                    class == FDC_PIPE ? 1 : class == FDC_TTY ? 2 : class == FDC_SEGMENT ? 4 : 3, err);
}

bool fdmap_adopt_segment(struct tracer *t, struct tracee *x, int fd, u32 seg, struct err *err)
{
	enum fd_class class;
	bool cloexec;
	u32 flags;
	u64 ino;

	if (!fd_ask(x->tid, fd, &class, &ino, &flags, &cloexec))
		return true;
	fdmap_set(t, x->fds, fd, FDC_SEGMENT, seg, cloexec);
	return segment_announce(t, x, seg, err) &&
	       fd_note(t, x, fd, FDC_SEGMENT, t->segments.at[seg].ino, flags, cloexec, err);
}

bool fdmap_adopt(struct tracer *t, struct tracee *x, int fd, struct err *err)
{
	enum fd_class class;
	u64 ino;
	u32 flags;
	bool cloexec;

	if (!fd_ask(x->tid, fd, &class, &ino, &flags, &cloexec))
		return true; /* closed: EBADF is the program's */
	if (class == FDC_SEGMENT) {
		u32 seg = segment_of_fd(t, x->tid, fd, false);
		if (seg)
			return fdmap_adopt_segment(t, x, fd, seg, err);
		class = FDC_OTHER; /* a folder in /dev/shm, a FIFO there */
	}
	fdmap_set(t, x->fds, fd, class, ino, cloexec);
	if (class == FDC_PIPE || (class == FDC_TTY && t->opt.terminals))
		return fd_note(t, x, fd, class, ino, flags, cloexec, err);
	return true;
}

bool fdmap_adopt_all(struct tracer *t, struct tracee *x, struct err *err)
{
	char path[64];
	struct dirent *d;
	bool ok = true;
	int fds[1024];
	size_t n = 0;
	DIR *dir;

	snprintf(path, sizeof path, "/proc/%d/fd", (int)x->tid);
	dir = opendir(path);
	if (!dir)
		return true;
	while ((d = readdir(dir)))
		if (d->d_name[0] != '.' && n < ARRAY_LEN(fds))
			fds[n++] = atoi(d->d_name);
	closedir(dir);
	for (size_t i = 0; ok && i < n; i++)
		ok = fdmap_adopt(t, x, fds[i], err);
	return ok;
}

void fdmap_touch(struct tracer *t, const struct fdmap *m, int fd)
{
	const struct fd_seen *s = fdmap_get(m, fd);

	if (s->class == FDC_PIPE)
		t->pipes.at[s->pipe].touched = true;
}

enum fd_class fd_class(struct tracer *t, struct tracee *x, int fd)
{
	const struct fd_seen *s = fdmap_get(x->fds, fd);
	struct err ignored = {0}; /* a full disk shows itself at the next record */

	if (fd < 0)
		return FDC_UNKNOWN;
	if (s->class == FDC_UNKNOWN)
		fdmap_adopt(t, x, fd, &ignored);
	return (enum fd_class)fdmap_get(x->fds, fd)->class;
}
