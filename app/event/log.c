/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The writer. The file is mapped once; records are laid out in the mapping itself. The file is
 * grown before its memory is touched, so that a full disk is an error here and never SIGBUS. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "event/private.h"

#ifdef PACKAGE_VERSION
#define TOOL "ipclab " PACKAGE_VERSION
#else
#define TOOL "ipclab"
#endif

enum { FORGET_STEP = 4 << 20 };

struct log {
	u8 *base;  /* the mapping */
	u64 space; /* bytes of address space mapped */
	u64 size;  /* bytes the file has: touching them is safe */
	u64 end;   /* behind the last record; the published length is a copy of it */
	u64 events;
	u64 start_ns;
	u64 begun;     /* bytes laid out at `end` by a log_begin that was not committed, else 0 */
	u64 forgotten; /* up to here the memory was given back */
	int fd;
	bool in_memory;
	bool full; /* nothing more can be written: `why` says so */
	struct err why;
	char *name; /* for sentences */
};

static struct log_head *log_head(const struct log *l)
{
	return (struct log_head *)l->base;
}

void *log_map(int fd, int prot, u64 want, u64 least, u64 *space)
{
	for (;;) {
		void *base = mmap(NULL, want, prot, MAP_SHARED | MAP_NORESERVE, fd, 0);
		if (base != MAP_FAILED) {
			*space = want;
			return base;
		}
		if (errno != ENOMEM || want / 2 < least)
			return NULL;
		want /= 2;
	}
}

/* ---- growing ---- */

static bool log_stop(struct log *l, int sys, const char *what)
{
	unsigned long long events = l->events;

	l->full = true;
	if (events)
		err_set(&l->why, EXIT_MACHINE,
			"%s: the recording is complete up to event %llu; the program goes on "
			"unrecorded",
			what, events);
	else
		err_set(&l->why, EXIT_MACHINE, "%s: nothing was recorded", what);
	l->why.sys = sys;
	return false;
}

static bool log_stop_full(struct log *l, int sys)
{
	struct str what = {0};

	if (sys == EFBIG)
		str_addf(&what, "%s has reached the limit on the size of a file (ulimit -f)",
			l->name);
	else if (l->in_memory)
		str_addf(&what, "no memory is left for the recording (%s)", strerrordesc_np(sys));
	else if (sys == ENOSPC)
		str_addf(&what, "the disk of %s is full", l->name);
	else
		str_addf(&what, "%s cannot grow (%s)", l->name, strerrordesc_np(sys));
	log_stop(l, sys, str_get(&what));
	str_finish(&what);
	return false;
}

/* 0 or errno. Growing past RLIMIT_FSIZE would raise SIGXFSZ, which ends the process: look first. */
static int file_grow(int fd, u64 from, u64 to)
{
	struct rlimit limit;
	int sys;

	if (!getrlimit(RLIMIT_FSIZE, &limit) && limit.rlim_cur != RLIM_INFINITY &&
		to > limit.rlim_cur)
		return EFBIG;
	do
		sys = posix_fallocate(fd, (off_t)from, (off_t)(to - from));
	while (sys == EINTR);
	return sys;
}

static bool log_grow(struct log *l, u64 need)
{
	u64 size = (need + LOG_GROW - 1) & ~(u64)(LOG_GROW - 1);
	int sys;

	if (size > l->space)
		return log_stop(l, EFBIG,
			l->space < LOG_SPACE
				? "the recording has outgrown its address space (ulimit -v)"
				: "the recording has outgrown its address space");
	sys = file_grow(l->fd, l->size, size);
	if (sys)
		return log_stop_full(l, sys);
	l->size = size;
	return true;
}

/* ---- making one ---- */

static bool create_error(const char *path, struct err *e)
{
	switch (errno) {
	case EEXIST:
		return err_set(e, EXIT_MACHINE,
			"%s is there already: choose another name or remove it first", path);
	case EACCES:
	case EPERM:
		return err_set(e, EXIT_MACHINE,
			"%s may not be made here (no permission): choose a folder of your own",
			path);
	case EROFS:
		return err_set(e, EXIT_MACHINE,
			"%s lies on a read-only file system: choose another folder", path);
	case ENOENT:
	case ENOTDIR:
		return err_set(e, EXIT_MACHINE,
			"%s: there is no such folder: make it first or choose another", path);
	case ENOSPC:
	case EDQUOT:
		return err_set(e, EXIT_MACHINE,
			"the disk of %s is full: make room or choose another folder", path);
	default: return err_sys(e, EXIT_MACHINE, "%s cannot be made", path);
	}
}

/* The descriptor, -1 with a sentence. What is overwritten is replaced, not cut: somebody may have
 * it mapped. Only its owner may read a recording: it holds stacks and contents. */
static int file_create(const char *path, bool overwrite, struct err *e)
{
	struct stat st;
	int fd;

	if (overwrite && !lstat(path, &st)) {
		if (!S_ISREG(st.st_mode)) {
			err_set(e, EXIT_MACHINE, "%s is not an ordinary file: choose another name",
				path);
			return -1;
		}
		if (unlink(path)) {
			create_error(path, e);
			return -1;
		}
	}
	fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		create_error(path, e);
	return fd;
}

static void head_write(struct log *l)
{
	struct log_head *head = log_head(l);
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	l->start_ns = clock_ns();
	*head = (struct log_head){
		.version = LOG_VERSION,
		.head_size = LOG_DATA,
		.order = LOG_ORDER,
		.arch = LOG_ARCH,
		.page_size = (u32)sysconf(_SC_PAGESIZE),
		.real_ns = (u64)now.tv_sec * 1000000000u + (u64)now.tv_nsec,
		.start_ns = l->start_ns,
		.length = LOG_DATA,
		.tool = TOOL,
	};
	__atomic_thread_fence(__ATOMIC_RELEASE);
	memcpy(head->magic, LOG_MAGIC, sizeof head->magic);
}

static bool log_open(struct log *l, struct err *e)
{
	int sys = file_grow(l->fd, 0, LOG_GROW);

	if (sys == ENOSPC || sys == EDQUOT)
		return err_set(e, EXIT_MACHINE,
			"%s: there is no room for a recording: make room first", l->name);
	if (sys) {
		errno = sys;
		return err_sys(e, EXIT_MACHINE, "%s cannot be given room for a recording", l->name);
	}
	l->base = log_map(l->fd, PROT_READ | PROT_WRITE, LOG_SPACE, LOG_SPACE_MIN, &l->space);
	if (!l->base)
		return err_sys(e, EXIT_MACHINE, "%s cannot be mapped into memory%s", l->name,
			errno == ENOMEM ? " (raise ulimit -v)" : "");
	l->size = LOG_GROW;
	l->end = l->forgotten = LOG_DATA;
	head_write(l);
	return true;
}

struct log *log_create(const char *path, bool overwrite, struct err *e)
{
	struct log *l = xmalloc(sizeof *l);

	l->in_memory = !path;
	l->name = xstrdup(path ? path : "the recording in memory");
	l->fd = path ? file_create(path, overwrite, e) : memfd_create("ipclog", MFD_CLOEXEC);
	if (l->fd < 0) {
		if (!path)
			err_sys(e, EXIT_MACHINE, "no memory can be had for the recording");
	} else if (log_open(l, e)) {
		return l;
	} else {
		if (path)
			unlink(path);
		close(l->fd);
	}
	free(l->name);
	free(l);
	return NULL;
}

/* ---- writing ---- */

int log_fd(const struct log *l)
{
	return l->fd;
}

bool log_has_stopped(const struct log *l)
{
	return l->full;
}

u64 log_events(const struct log *l)
{
	return l->events;
}

u64 log_bytes(const struct log *l)
{
	return l->end;
}

static struct rec *log_refuse(struct log *l, u64 len, struct err *e)
{
	if (l->full)
		*e = l->why;
	else
		err_set(e, EXIT_MACHINE,
			"a record of %llu bytes is longer than a recording can hold",
			(unsigned long long)len);
	return NULL;
}

struct rec *log_begin(struct log *l, size_t body, struct err *e)
{
	u64 len = sizeof(struct rec) + (((u64)body + 7) & ~7ull);
	struct rec *r;

	if (l->full || body > LOG_RECORD_MAX - sizeof(struct rec))
		return log_refuse(l, len, e);
	if (l->end + len > l->size && !log_grow(l, l->end + len))
		return log_refuse(l, len, e);
	r = (struct rec *)(l->base + l->end);
	/* The file is zero where nothing was laid out yet: padding needs no clearing but here. */
	if (l->begun)
		memset(r, 0, l->begun);
	l->begun = len;
	r->len = (u32)len;
	r->t_ns = clock_ns() - l->start_ns;
	return r;
}

void log_commit(struct log *l, struct rec *r)
{
	struct log_head *head = log_head(l);

	r->crc = crc32c(0, (const u8 *)r + 8, r->len - 8);
	l->end += r->len;
	l->begun = 0;
	if (rec_is_event(r))
		__atomic_store_n(&head->events, ++l->events, __ATOMIC_RELAXED);
	__atomic_store_n(&head->length, l->end, __ATOMIC_RELEASE);
}

void log_forget(struct log *l, u64 keep)
{
	u64 page = log_head(l)->page_size, to;

	if (!l->in_memory || l->end < keep || l->end - keep < l->forgotten + FORGET_STEP)
		return;
	to = (l->end - keep) / page * page;
	if (!fallocate(l->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)l->forgotten,
		    (off_t)(to - l->forgotten)))
		l->forgotten = to;
}

void log_close(struct log *l)
{
	if (!l)
		return;
	__atomic_store_n(&log_head(l)->complete, 1, __ATOMIC_RELEASE);
	/* Cutting can fail only where nothing is lost by it: readers go by the length. */
	if (ftruncate(l->fd, (off_t)l->end))
		errno = 0;
	munmap(l->base, l->space);
	close(l->fd);
	free(l->name);
	free(l);
}
