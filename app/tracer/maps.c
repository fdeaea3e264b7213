/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Segments, and which process maps them where. A cache, never the truth of the world: from the exit
 * of mmap, from what our runtime tells, and from /proc/PID/maps at settled points, where a mapping
 * that went (munmap and mremap do not stop) is noticed. A segment is (inode, device) while one of
 * ours has it mapped or open; used again later it is told anew, and its bytes with it. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "tracer/private.h"

enum { PAGE = 4096 };

/* ---- segments ---- */

static u32 segment_find(const struct tracer *t, u64 ino, u64 dev)
{
	for (u32 i = 1; i < t->segments.n; i++)
		if (t->segments.at[i].ino == ino && t->segments.at[i].dev == dev)
			return i;
	return 0;
}

u32 segment_by_path(struct tracer *t, const struct stat *st)
{
	return segment_find(t, st->st_ino, st->st_dev);
}

static u32 segment_make(struct tracer *t, u64 ino, u64 dev, u64 size, u32 kind, const char *name, const char *path)
{
	u32 seg = segment_find(t, ino, dev);
	struct segment *s;

	if (!seg) {
		if (!t->segments.n)
			*vec_push(&t->segments) = (struct segment){0};
		*vec_push(&t->segments) = (struct segment){.ino = ino, .dev = dev};
		seg = (u32)t->segments.n - 1;
	}
	s = &t->segments.at[seg];
	if (s->announced)
		return seg;
	s->kind = kind;
	s->size = size;
	free(s->name);
	free(s->path);
	s->name = name ? xstrdup(name) : NULL;
	s->path = path ? xstrdup(path) : NULL;
	shadow_drop(t, s);
	return seg;
}

/* "/dev/shm/OS (deleted)" and the like: kind and name. False: a file or something else. */
static bool name_of_memory(char *link, u32 *kind, const char **name)
{
	char *end = strstr(link, " (deleted)");

	if (end && !end[10])
		*end = 0;
	if (!strncmp(link, "/dev/shm/", 9)) {
		*kind = SEGMENT_POSIX;
		*name = link + 8;
	} else if (!strncmp(link, "/memfd:", 7)) {
		*kind = SEGMENT_MEMFD;
		*name = link + 7;
	} else if (!strncmp(link, "/SYSV", 5)) {
		*kind = SEGMENT_SYSV;
		*name = link + 1;
	} else if (!strcmp(link, "/dev/zero")) {
		*kind = SEGMENT_ANONYMOUS;
		*name = NULL;
	} else {
		return false;
	}
	return true;
}

bool mapping_is_system(const char *path)
{
	static const char *const roots[] = {"/usr/", "/lib", "/etc/", "/run/", "/var/", "/proc/", "/sys/", "/dev/"};

	for (size_t i = 0; i < ARRAY_LEN(roots); i++)
		if (!strncmp(path, roots[i], strlen(roots[i])))
			return true;
	return false;
}

u32 segment_of_fd(struct tracer *t, pid_t tid, int fd, bool any_file)
{
	char path[64], link[1024];
	const char *name;
	struct stat st;
	ssize_t n;
	u32 kind;

	snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)tid, fd);
	n = readlink(path, link, sizeof link - 1);
	if (n < 0 || stat(path, &st) < 0 || !S_ISREG(st.st_mode))
		return 0;
	link[n] = 0;
	if (name_of_memory(link, &kind, &name))
		return segment_make(t, st.st_ino, st.st_dev, (u64)st.st_size, kind, name,
		                    kind == SEGMENT_POSIX ? link : NULL);
	if (!any_file)
		return 0;
	return segment_make(t, st.st_ino, st.st_dev, (u64)st.st_size, SEGMENT_FILE, link, link);
}

bool segment_announce(struct tracer *t, struct tracee *x, u32 seg, struct err *err)
{
	struct segment *s = &t->segments.at[seg];
	struct ev_segment body = {.ino = s->ino, .dev = s->dev, .size = s->size, .kind = s->kind};
	struct rec *r;
	bool ok;

	if (s->announced)
		return true;
	s->announced = true;
	body.name_len = s->name ? (u32)strlen(s->name) + 1 : 0;
	r = emit_begin(t, REC_SEGMENT, x, sizeof body + body.name_len, err, &ok);
	if (!r)
		return ok;
	r->site = x->site;
	memcpy(r + 1, &body, sizeof body);
	if (s->name)
		memcpy((u8 *)(r + 1) + sizeof body, s->name, body.name_len);
	emit_commit(t, r);
	return true;
}

void segment_name(struct tracer *t, u32 seg, const char *name, const char *path)
{
	struct segment *s = &t->segments.at[seg];

	if (s->announced)
		return;
	free(s->name);
	free(s->path);
	s->name = xstrdup(name);
	s->path = xstrdup(path);
}

void segment_used(struct tracer *t, u32 seg, bool fd, int by)
{
	struct segment *s = &t->segments.at[seg];

	if (fd)
		s->fds += (u32)by;
	else
		s->maps += (u32)by;
	if (s->fds || s->maps)
		return;
	s->announced = false;
	if (s->fd > 0)
		close(s->fd);
	s->fd = 0;
	shadow_drop(t, s);
}

/* Through a mapping of it (proc(5), "map_files": for those who may; others look through the process). */
static int segment_open(struct tracee *x, const struct mapping *m, u32 kind)
{
	char path[96];

	if (kind != SEGMENT_ANONYMOUS && kind != SEGMENT_MEMFD && kind != SEGMENT_POSIX)
		return -1;
	snprintf(path, sizeof path, "/proc/%d/map_files/%llx-%llx", (int)x->tid, (unsigned long long)m->addr,
	         (unsigned long long)((m->addr + m->len + PAGE - 1) & ~(u64)(PAGE - 1)));
	return open(path, O_RDONLY | O_NOATIME | O_CLOEXEC);
}

bool segment_read(struct tracer *t, struct tracee *x, u64 addr, void *bytes, size_t n)
{
	const struct mapping *m = space_find(x->space, addr);
	struct segment *s = m ? &t->segments.at[m->seg] : NULL;

	if (!s || addr + n > m->addr + m->len)
		return false;
	if (!s->fd)
		s->fd = segment_open(x, m, s->kind);
	return s->fd > 0 && syscall(SYS_pread64, s->fd, bytes, n, m->offset + (addr - m->addr)) == (ssize_t)n;
}

u32 segment_private(struct tracer *t, struct tracee *x, struct err *err)
{
	struct space *p = x->space;

	if (!p->private_seg) {
		p->private_seg = segment_make(t, (u64)x->tgid, 0, 0, SEGMENT_PRIVATE, NULL, NULL);
		segment_used(t, p->private_seg, false, 1);
		segment_announce(t, x, p->private_seg, err);
	}
	return p->private_seg;
}

/* ---- address spaces ---- */

struct space *space_create(void)
{
	struct space *p = xmalloc(sizeof *p);

	p->refs = 1;
	return p;
}

struct space *space_share(struct space *p)
{
	p->refs++;
	return p;
}

struct space *space_copy(struct tracer *t, const struct space *p)
{
	struct space *c = space_create();

	c->threads = p->threads;
	c->breaks = p->breaks;
	c->peek = p->peek;
	c->ran = true; /* to be looked at: its maker may have ended a mapping that nobody has looked at yet */
	for (size_t i = 0; i < p->maps.n; i++) {
		*vec_push(&c->maps) = p->maps.at[i];
		segment_used(t, p->maps.at[i].seg, false, 1);
	}
	for (size_t i = 0; i < p->pointers.n; i++)
		*vec_push(&c->pointers) = p->pointers.at[i];
	return c;
}

void maps_disturbed(struct tracer *t)
{
	for (size_t i = 0; i < t->all.n; i++)
		if (t->all.at[i]->space)
			t->all.at[i]->space->ran = true;
}

void space_release(struct tracer *t, struct space *p)
{
	if (--p->refs)
		return;
	for (size_t i = 0; i < p->maps.n; i++)
		segment_used(t, p->maps.at[i].seg, false, -1);
	if (p->private_seg)
		segment_used(t, p->private_seg, false, -1);
	if (p->mem > 0)
		close(p->mem);
	free(p->maps.at);
	free(p->pointers.at);
	free(p);
}

struct mapping *space_find(struct space *p, u64 addr)
{
	if (p->last < p->maps.n && addr - p->maps.at[p->last].addr < p->maps.at[p->last].len)
		return &p->maps.at[p->last];
	for (u32 i = 0; i < p->maps.n; i++)
		if (addr - p->maps.at[i].addr < p->maps.at[i].len) {
			p->last = i;
			return &p->maps.at[i];
		}
	return NULL;
}

/* [addr, addr + len) is no longer what it was: whole mappings go, parts are cut off. */
static bool maps_cut(struct tracer *t, struct tracee *x, u64 addr, u64 len, struct err *err)
{
	struct space *p = x->space;

	for (size_t i = 0; i < p->maps.n;) {
		struct mapping *m = &p->maps.at[i], rest = *m;
		u64 from = addr > m->addr ? addr : m->addr;
		u64 to = addr + len < m->addr + m->len ? addr + len : m->addr + m->len;
		if (from >= to) {
			i++;
			continue;
		}
		if (!emit_observe(t, x, OBS_UNMAP, from, to - from, 0, 0, 0, err))
			return false;
		m->len = from - m->addr;
		rest.offset += to - rest.addr;
		rest.len -= to - rest.addr;
		rest.addr = to;
		if (rest.len && m->len) {
			*vec_push(&p->maps) = rest;
			segment_used(t, rest.seg, false, 1);
		} else if (rest.len) {
			*m = rest;
		} else if (!m->len) {
			segment_used(t, m->seg, false, -1);
			p->maps.at[i] = p->maps.at[--p->maps.n];
			continue;
		}
		i++;
	}
	return true;
}

/* ---- /proc/PID/maps (proc(5)) ---- */

struct line {
	u64 start, end, offset, ino, dev;
	u32 prot;
	bool shared;
	char name[512];
};

static bool line_read(const char *text, struct line *l)
{
	unsigned long long start, end, offset, ino;
	unsigned major, minor;
	char perms[8];
	int name = 0;

	if (sscanf(text, "%llx-%llx %7s %llx %x:%x %llu %n", &start, &end, perms, &offset, &major, &minor, &ino,
	           &name) < 7)
		return false;
	*l = (struct line){.start = start, .end = end, .offset = offset, .ino = ino, .dev = makedev(major, minor),
	                   .prot = (perms[0] == 'r' ? PROT_READ : 0) | (perms[1] == 'w' ? PROT_WRITE : 0) |
	                           (perms[2] == 'x' ? PROT_EXEC : 0),
	                   .shared = perms[3] == 's'};
	snprintf(l->name, sizeof l->name, "%.*s", (int)strcspn(text + name, "\n"), text + name);
	return true;
}

static FILE *maps_open(const struct tracee *x)
{
	char path[64];

	snprintf(path, sizeof path, "/proc/%d/maps", (int)x->tid);
	return fopen(path, "re");
}

/* The segment of a shared mapping as /proc/PID/maps shows it, 0 when it is of no interest. stat
 * and maps may name different devices for one file (overlayfs, btrfs): a file's own word counts. */
static u32 line_segment(struct tracer *t, const struct tracee *x, struct line *l)
{
	char path[600];
	const char *name;
	struct stat st;
	u32 kind;

	if (name_of_memory(l->name, &kind, &name))
		return segment_make(t, l->ino, kind == SEGMENT_SYSV ? sysv_space(x->tid) : l->dev, l->end - l->start, kind, name,
		                    kind == SEGMENT_POSIX ? l->name : NULL);
	if (l->name[0] != '/' || (!(l->prot & PROT_WRITE) && mapping_is_system(l->name)))
		return 0;
	snprintf(path, sizeof path, "/proc/%d/root%s", (int)x->tid, l->name);
	if (stat(path, &st) < 0)
		return segment_make(t, l->ino, l->dev, l->offset + l->end - l->start, SEGMENT_FILE, l->name, NULL);
	if (!S_ISREG(st.st_mode))
		return 0;
	return segment_make(t, st.st_ino, st.st_dev, (u64)st.st_size, SEGMENT_FILE, l->name, l->name);
}

u32 segment_of_sysv(struct tracer *t, u32 space, i32 id, u32 key, u64 size)
{
	struct shmid_ds ds;
	char name[24];

	if (!space && shmctl(id, IPC_STAT, &ds) == 0)
		size = ds.shm_segsz;
	snprintf(name, sizeof name, "SYSV%08x", key);
	return segment_make(t, (u32)id, space, size, SEGMENT_SYSV, name, NULL);
}

static void mapping_add(struct tracer *t, struct tracee *x, const struct line *l, u64 addr, u64 len, u32 seg)
{
	*vec_push(&x->space->maps) = (struct mapping){.addr = addr, .len = len, .offset = l->offset + (addr - l->start),
	                                              .prot = l->prot, .seg = seg};
	segment_used(t, seg, false, 1);
}

u32 maps_made(struct tracer *t, struct tracee *x, u64 addr, struct err *err)
{
	u64 len = (x->args[1] + PAGE - 1) & ~(u64)(PAGE - 1);
	struct line l = {.start = addr, .end = addr + len, .prot = (u32)x->args[2], .shared = true};
	u32 seg = 0;

	if (!maps_cut(t, x, addr, len, err))
		return 0;
	if (x->args[3] & MAP_ANONYMOUS) {
		FILE *f = maps_open(x);
		char *text = NULL;
		size_t cap = 0;
		struct line found;
		/* Neighbours of the same kind are not merged: each has an inode of its own. */
		while (!seg && f && getline(&text, &cap, f) > 0)
			if (line_read(text, &found) && found.shared && found.start <= addr && addr < found.end)
				seg = line_segment(t, x, &found);
		free(text);
		if (f)
			fclose(f);
	} else {
		l.offset = x->args[5];
		seg = segment_of_fd(t, x->tid, (int)x->args[4], true);
	}
	if (!seg)
		return 0;
	mapping_add(t, x, &l, addr, len, seg);
	if (!told_open(x)) /* else with what our runtime tells */
		segment_announce(t, x, seg, err);
	else
		space_find(x->space, addr)->untold = true;
	return seg;
}

u32 maps_attached(struct tracer *t, struct tracee *x, u64 addr, struct err *err)
{
	char *text = NULL;
	size_t cap = 0;
	struct line l = {0};
	u32 seg = 0;
	FILE *f = maps_open(x);

	while (f && !(l.shared && l.start <= addr && addr < l.end) && getline(&text, &cap, f) > 0)
		if (!line_read(text, &l))
			l.shared = false;
	free(text);
	if (f)
		fclose(f);
	if (!l.shared || addr < l.start || addr >= l.end || !maps_cut(t, x, l.start, l.end - l.start, err))
		return 0;
	seg = line_segment(t, x, &l);
	if (!seg)
		return 0;
	mapping_add(t, x, &l, l.start, l.end - l.start, seg);
	segment_announce(t, x, seg, err);
	return seg;
}

/* A mapping nobody told us of while it was made: mremap, shmat, our runtime's HOOK_MAPPED. */
static bool log_found(struct tracer *t, struct tracee *x, const struct mapping *m, struct err *err)
{
	const struct segment *s = &t->segments.at[m->seg];
	struct ev_enter enter = {.fd = -1, .fd2 = -1, .size = m->len, .arg = m->prot | (u64)MAP_SHARED << 32,
	                         .hash = m->offset};
	struct ev_exit exit = {.ret = (i64)m->addr, .fd = -1, .fd2 = -1, .arg = s->ino, .arg2 = s->dev};
	u32 site = x->hook == HOOK_MAPPED ? x->site : 0; /* else found later, at another line */
	struct rec *r;
	bool ok;

	if (!segment_announce(t, x, m->seg, err))
		return false;
	r = emit_begin(t, REC_ENTER, x, sizeof enter, err, &ok);
	if (!r)
		return ok;
	r->call = CALL_mmap;
	r->flags = EVF_TOLD;
	r->site = site;
	memcpy(r + 1, &enter, sizeof enter);
	emit_commit(t, r);
	r = emit_begin(t, REC_EXIT, x, sizeof exit, err, &ok);
	if (!r)
		return ok;
	r->call = CALL_mmap;
	r->flags = EVF_TOLD;
	r->site = site;
	memcpy(r + 1, &exit, sizeof exit);
	emit_commit(t, r);
	return true;
}

/* One shared line: what of it is known stays, the rest is new. */
static bool line_apply(struct tracer *t, struct tracee *x, struct line *l, bool log_new, struct err *err)
{
	struct space *p = x->space;
	u64 at = l->start;

	while (at < l->end) {
		struct mapping *m = space_find(p, at);
		u64 until = l->end;
		u32 seg;
		if (m && m->offset + (at - m->addr) == l->offset + (at - l->start)) {
			m->prot = l->prot;
			at = m->addr + m->len;
			continue;
		}
		for (size_t i = 0; i < p->maps.n; i++)
			if (p->maps.at[i].addr > at && p->maps.at[i].addr < until)
				until = p->maps.at[i].addr;
		if (m && !maps_cut(t, x, at, until - at, err))
			return false;
		seg = line_segment(t, x, l);
		if (!seg)
			return true;
		mapping_add(t, x, l, at, until - at, seg);
		if (log_new && !log_found(t, x, &p->maps.at[p->maps.n - 1], err))
			return false;
		at = until;
	}
	return true;
}

/* Parts of known mappings that are in no shared line any more. */
static bool drop_lost(struct tracer *t, struct tracee *x, const struct line *lines, size_t n, struct err *err)
{
	struct space *p = x->space;

	for (size_t i = 0; i < p->maps.n; i++) {
		const struct mapping m = p->maps.at[i];
		u64 at = m.addr, end = m.addr + m.len;
		size_t before = p->maps.n;
		for (size_t k = 0; k <= n && at < end; k++) { /* lines are in order of address */
			u64 from = k < n ? lines[k].start : end, to = k < n ? lines[k].end : end;
			if (to <= at && k < n)
				continue;
			if (from > at) {
				u64 gap = (from < end ? from : end) - at;
				if (!maps_cut(t, x, at, gap, err))
					return false;
			}
			at = to;
		}
		if (p->maps.n < before)
			i--; /* another one took its place */
	}
	return true;
}

bool maps_refresh(struct tracer *t, struct tracee *x, bool log_new, struct err *err)
{
	VEC(struct line) lines = {0};
	char *text = NULL;
	size_t cap = 0;
	struct line l;
	bool ok = true;
	FILE *f = maps_open(x);

	if (!f)
		return true;
	while (getline(&text, &cap, f) > 0) {
		/* "7f..-7f.. rw-s ...": most lines are private, and cheap to tell. */
		const char *perms = strchr(text, ' ');
		if (perms && perms[4] == 's' && line_read(text, &l))
			*vec_push(&lines) = l;
	}
	free(text);
	fclose(f);
	if (lines.n || x->space->maps.n) {
		ok = drop_lost(t, x, lines.at, lines.n, err);
		for (size_t i = 0; ok && i < lines.n; i++)
			ok = line_apply(t, x, &lines.at[i], log_new, err);
	}
	free(lines.at);
	return ok;
}
