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
#include <sys/vfs.h>
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
		else if (c->fds[i].class == FDC_OBJECT)
			t->objects.at[c->fds[i].pipe].ends++;
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
	else if (m->fds[fd].class == FDC_OBJECT)
		t->objects.at[m->fds[fd].pipe].ends--;
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

void pipe_is_made(struct tracer *t, u64 ino, bool made)
{
	t->pipes.at[pipe_by_ino(t, ino)].made = made;
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
	} else if (class == FDC_OBJECT) {
		m->fds[fd].pipe = (u32)ino;
		t->objects.at[ino].ends++;
		t->objects.at[ino].touched = true;
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
	       : s->class == FDC_OBJECT  ? t->objects.at[s->pipe].id
	                                 : 0;
}

void fdmap_exec(struct tracer *t, struct fdmap *m)
{
	for (u32 fd = 0; fd < m->n; fd++)
		if (m->fds[fd].class < FDC_PIPE || m->fds[fd].cloexec)
			fdmap_clear(t, m, (int)fd);
}

void fdmap_forget(struct tracer *t, struct fdmap *m)
{
	for (u32 fd = 0; fd < m->n; fd++)
		if (m->fds[fd].class < FDC_PIPE)
			fdmap_clear(t, m, (int)fd);
}

/* ---- asking the kernel (proc(5)): /proc/PID/fd/N and fdinfo open nothing ---- */

/* The kind of object that /proc/PID/fd/N names, 0 none; *id: its inode, 0 where all of a kind share one. */
static u8 object_kind(const char *link, const char *path, u64 *id)
{
	static const struct {
		const char *text;
		u8 kind;
	} anonymous[] = {
		{"anon_inode:[eventfd]", SEEN_EVENTFD},
		{"anon_inode:[signalfd]", SEEN_SIGNALFD},
		{"anon_inode:[timerfd]", SEEN_TIMERFD},
		{"anon_inode:[pidfd]", SEEN_PIDFD},
		{"anon_inode:[eventpoll]", SEEN_EPOLL},
	};
	unsigned long long number;
	struct statfs fs;
	struct stat st;

	*id = 0;
	if (sscanf(link, "socket:[%llu]", &number) == 1) {
		*id = number;
		return SEEN_SOCKET;
	}
	for (size_t i = 0; i < ARRAY_LEN(anonymous); i++)
		if (!strcmp(link, anonymous[i].text))
			return anonymous[i].kind;
	if (!strncmp(link, "pidfd:[", 7)) /* pidfs, Linux 6.9 */
		return SEEN_PIDFD;
	/* A message queue shows as "/name", which may be a file's name as well. */
	if (link[0] != '/' || strchr(link + 1, '/') || statfs(path, &fs) < 0 || fs.f_type != 0x19800202 /* MQUEUE_MAGIC */ ||
	    stat(path, &st) < 0)
		return 0;
	*id = st.st_ino;
	return SEEN_MQ;
}

static bool link_is_object(const char *link, const char *path, u64 *kind_and_id)
{
	u64 id;
	u8 kind = object_kind(link, path, &id);

	*kind_and_id = (u64)kind << 56 | id; /* taken apart by object_found */
	return kind;
}

bool fd_ask(pid_t tid, int fd, enum fd_class *class, u64 *ino, u32 *flags, bool *cloexec)
{
	char path[64], link[128];
	struct stat st;
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
	} else if (link_is_object(link, path, ino)) {
		*class = FDC_OBJECT;
	} else if (link[0] == '/' && stat(path, &st) == 0 && fifo_id(&st)) {
		*class = FDC_PIPE;
		*ino = fifo_id(&st);
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

/* ---- objects ---- */

u32 object_find(struct tracer *t, enum seen_kind kind, u64 id)
{
	u32 free_slot = 0;

	for (u32 i = 1; i < t->objects.n; i++) {
		const struct object_seen *o = &t->objects.at[i];
		if (id && o->ends && o->kind == kind && o->id == id)
			return i;
		if (!o->ends && !free_slot)
			free_slot = i;
	}
	if (!free_slot) {
		if (!t->objects.n)
			*vec_push(&t->objects) = (struct object_seen){0};
		*vec_push(&t->objects) = (struct object_seen){0};
		free_slot = (u32)t->objects.n - 1;
	}
	t->objects.at[free_slot] = (struct object_seen){.id = id ? id : ++t->object_ids, .kind = (u8)kind, .limits = kind == SEEN_SOCKET};
	return free_slot;
}

/* An eventfd has a number of its own (Linux 5.2): it is known wherever it is sent. */
static u64 eventfd_id(struct tracee *x, int fd)
{
	char path[64], line[128];
	unsigned long long id = 0;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/fdinfo/%d", (int)x->tid, fd);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof line, f))
		if (sscanf(line, "eventfd-id: %llu", &id) == 1)
			break;
	if (f)
		fclose(f);
	return id;
}

/* One of the table's of that kind that is the same open file, by kcmp(2); 0 none. */
static u32 same_object(struct tracer *t, struct tracee *x, int fd, struct tracee *y, enum seen_kind kind)
{
	for (u32 other = 0; other < y->fds->n; other++) {
		const struct fd_seen *s = &y->fds->fds[other];
		if ((y->fds != x->fds || (int)other != fd) && s->class == FDC_OBJECT && t->objects.at[s->pipe].kind == kind &&
		    syscall(SYS_kcmp, x->tid, y->tid, 0 /* KCMP_FILE */, fd, other) == 0)
			return s->pipe;
	}
	return 0;
}

/* Which object what fd_ask said is. Anonymous inodes are told apart by kcmp(2) with the process's others, and `sent`, with
 * everybody's: it may be still open where it came from. */
static u32 object_found(struct tracer *t, struct tracee *x, int fd, u64 kind_and_id, bool sent)
{
	enum seen_kind kind = (enum seen_kind)(kind_and_id >> 56);
	u64 id = kind_and_id & 0xffffffffffffff;
	u32 found = 0;

	if (!id && kind == SEEN_EVENTFD && (id = eventfd_id(x, fd)))
		id |= 1ull << 40; /* apart from the numbers that we give */
	if (!id)
		found = same_object(t, x, fd, x, kind);
	for (size_t i = 0; !id && !found && sent && i < t->all.n; i++) {
		struct tracee *y = t->all.at[i];
		if (y->fds && y->fds != x->fds && y->spawned && y->holding != IS_GONE)
			found = same_object(t, x, fd, y, kind);
	}
	return found ? found : object_find(t, kind, id);
}

u32 object_made(struct tracer *t, struct tracee *x, int fd, bool cloexec)
{
	enum fd_class class;
	u64 found;
	u32 index;

	if (!fd_ask(x->tid, fd, &class, &found, NULL, NULL) || class != FDC_OBJECT)
		return 0;
	index = object_found(t, x, fd, found, false);
	fdmap_set(t, x->fds, fd, FDC_OBJECT, index, cloexec);
	return index;
}

struct object_seen *object_of_fd(struct tracer *t, struct tracee *x, int fd)
{
	if (fd_class(t, x, fd) != FDC_OBJECT)
		return NULL;
	return &t->objects.at[fdmap_get(x->fds, fd)->pipe];
}

static bool fd_note_as(struct tracer *t, struct tracee *x, int fd, enum fd_class class, u64 ino, u32 flags,
                       bool cloexec, u64 how, struct err *err)
{
	unsigned mode = flags & O_ACCMODE;
	u64 access = mode == O_RDONLY ? 1 : mode == O_WRONLY ? 2 : 3;
	int same = class >= FDC_PIPE ? same_open_file(t, x, fd) : -1;
	u64 kind = class == FDC_PIPE ? 1 : class == FDC_TTY ? 2 : class == FDC_SEGMENT ? 4 : 3;

	const struct object_seen *o = class == FDC_OBJECT ? &t->objects.at[fdmap_get(x->fds, fd)->pipe] : NULL;
	u64 what = o ? o->domain | (u64)o->type << 16 : 0, protocol = o ? o->protocol : 0;

	if (o)
		kind = o->kind;

	if (t->opt.std_names && class == FDC_PIPE && fd <= 2 && !x->exec_done)
		how |= 1u << 8;
	return emit_observation(t, x, (how & 0xff) == 4 /* FD_RECEIVED */ ? x->site : 0,
	                        &(struct ev_observe){OBS_FD, 0, (u64)(u32)fd | access << 32 | (u64)cloexec << 40 | how << 48, ino,
	                                             (flags & (u32)~(O_CLOEXEC | O_ACCMODE)) | what << 32,
	                                             (u64)(same + 1) | protocol << 32, kind}, err);
}

static bool fd_note(struct tracer *t, struct tracee *x, int fd, enum fd_class class, u64 ino, u32 flags, bool cloexec,
                    struct err *err)
{
	return fd_note_as(t, x, fd, class, ino, flags, cloexec, x->exec_done ? 5 /* FD_UNKNOWN */ : 1 /* FD_OPENED */, err);
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

static bool adopt_as(struct tracer *t, struct tracee *x, int fd, u64 how, struct err *err)
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
	if (class == FDC_OBJECT) {
		ino = object_found(t, x, fd, ino, true);
		if (t->objects.at[ino].kind == SEEN_SOCKET && !socket_identify(t, x, fd, (u32)ino))
			class = FDC_OTHER;
	}
	fdmap_set(t, x->fds, fd, class, ino, cloexec);
	if (class == FDC_OBJECT) {
		bool socket = t->objects.at[ino].kind == SEEN_SOCKET;
		if (socket)
			socket_find_peer(t, x, fd, (u32)ino);
		if (t->objects.at[ino].kind == SEEN_MQ && !queue_announce(t, x, fd, (u32)ino, true, err))
			return false;
		return fd_note_as(t, x, fd, class, t->objects.at[ino].id, flags, cloexec, how, err) &&
		       (!socket || socket_note_names(t, x, fd, err)) &&
		       (t->objects.at[ino].kind != SEEN_PIDFD || pidfd_note(t, x, fd, err));
	}
	if (class == FDC_PIPE || (class == FDC_TTY && t->opt.terminals))
		return fd_note_as(t, x, fd, class, ino, flags, cloexec, how, err) &&
		       (class != FDC_PIPE || !(ino >> 63) || fifo_note_name(t, x, fd, ino, err));
	return true;
}

bool fdmap_adopt(struct tracer *t, struct tracee *x, int fd, struct err *err)
{
	return adopt_as(t, x, fd, x->exec_done ? 5 /* FD_UNKNOWN */ : 1 /* FD_OPENED */, err);
}

bool fdmap_received(struct tracer *t, struct tracee *x, int fd, struct err *err)
{
	if (!x->site && t->opt.sites)
		x->site = site_copy(t, x, err);
	return adopt_as(t, x, fd, 4 /* FD_RECEIVED */, err);
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
	else if (s->class == FDC_OBJECT)
		seen_socket_touch(t, s->pipe);
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
