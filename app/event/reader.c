/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The reader. A file may be cut, damaged or made up: the header is checked when it is opened, every
 * record before anyone sees it, and no byte beyond the end of the file is ever touched. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "event/private.h"

struct log_reader {
	const u8 *base;
	u64 space; /* bytes of address space mapped */
	u64 size;  /* bytes the file had when last asked */
	int fd;
	bool torn;
};

/* ---- is a body as long as its kind demands? ---- */

/* A NUL within the first n bytes, and n within the room there is. */
static bool text_ends(const char *text, u64 n, u64 room)
{
	return n <= room && n > 0 && memchr(text, 0, n);
}

static bool exec_is_sound(const struct rec *r, u64 n)
{
	const struct ev_exec *b = rec_body(r);

	return n >= sizeof *b && text_ends(b->path, b->path_len, n - sizeof *b);
}

static bool enter_is_sound(const struct rec *r, u64 n)
{
	const struct ev_enter *b = rec_body(r);

	return n >= sizeof *b && r->call < CALL_COUNT && b->held <= n - sizeof *b;
}

/* Pairs "key\0value\0", then at most padding. */
static bool meta_is_sound(const struct rec *r, u64 n)
{
	const char *p = rec_body(r), *end = p + n;

	if (n && end[-1])
		return false;
	while (p < end && *p) {
		p += strlen(p) + 1;
		if (p >= end)
			return false;
		p += strlen(p) + 1;
	}
	return true;
}

static bool maps_is_sound(const struct rec *r, u64 n)
{
	const struct note_maps *b = rec_body(r);

	return n >= sizeof *b && b->text_len <= n - sizeof *b && !memchr(b->text, 0, b->text_len);
}

static bool site_is_sound(const struct rec *r, u64 n)
{
	const struct note_site *b = rec_body(r);

	return n >= sizeof *b && b->site && b->stack_len <= n - sizeof *b;
}

static bool lines_is_sound(const struct rec *r, u64 n)
{
	const struct note_lines *b = rec_body(r);
	u64 nuls = 0;

	if (n < sizeof *b || b->text_len > n - sizeof *b)
		return false;
	if (!b->site || (b->shown >= b->frames && b->shown != UINT32_MAX))
		return false;
	for (u32 i = 0; i < b->text_len; i++)
		nuls += !b->text[i];
	return nuls == 3ull * b->frames && (!b->text_len || !b->text[b->text_len - 1]);
}

static bool source_is_sound(const struct rec *r, u64 n)
{
	const struct note_source *b = rec_body(r);

	return n >= sizeof *b && text_ends(b->bytes, b->name_len, n - sizeof *b) &&
	       b->text_len <= n - sizeof *b - b->name_len;
}

/* Made of earlier types only: then no type holds itself. Kinds are the reader's to judge. */
static bool type_is_sound(const struct note_types *b, const struct note_field *fields, u32 number,
	const struct note_type *t)
{
	u64 end = (u64)t->first + t->n;

	if (t->name >= b->text_len)
		return false;
	switch (t->shape) {
	case SHAPE_SCALAR: return true;
	case SHAPE_POINTER: return t->of <= b->types_n;
	case SHAPE_ARRAY: return t->of && t->of <= number;
	case SHAPE_ENUM: return end <= b->enums_n;
	case SHAPE_FIELDS:
		for (u64 i = t->first; end <= b->fields_n && i < end; i++)
			if (fields[i].type >= number)
				return false;
		return end <= b->fields_n;
	default: return false;
	}
}

static bool types_is_sound(const struct rec *r, u64 n)
{
	const struct note_types *b = rec_body(r);
	const struct note_type *types = (const void *)(b + 1);
	const struct note_field *fields;
	const struct note_enum *enums;
	const struct note_target *targets;
	u64 visits = 0;

	if (n < sizeof *b)
		return false;
	n -= sizeof *b;
	if ((u64)b->types_n * sizeof *types + (u64)b->fields_n * sizeof *fields +
			(u64)b->enums_n * sizeof *enums + (u64)b->targets_n * sizeof *targets +
			b->text_len > n)
		return false;
	fields = (const void *)(types + b->types_n);
	enums = (const void *)(fields + b->fields_n);
	targets = (const void *)(enums + b->enums_n);
	if (!b->text_len || ((const char *)(targets + b->targets_n))[b->text_len - 1] ||
		b->name >= b->text_len)
		return false;
	for (u32 i = 0; i < b->types_n; i++) {
		/* Each field belongs to one type: else reading them all would take for ever. */
		visits += types[i].shape == SHAPE_FIELDS ? types[i].n : 0;
		if (visits > b->fields_n || !type_is_sound(b, fields, i, &types[i]))
			return false;
	}
	for (u32 i = 0; i < b->fields_n; i++)
		if (fields[i].name >= b->text_len || fields[i].type >= b->types_n)
			return false;
	for (u32 i = 0; i < b->enums_n; i++)
		if (enums[i].name >= b->text_len)
			return false;
	for (u32 i = 0; i < b->targets_n; i++)
		if (targets[i].name >= b->text_len || targets[i].type > b->types_n)
			return false;
	return true;
}

static bool segment_is_sound(const struct rec *r, u64 n)
{
	const struct ev_segment *b = rec_body(r);

	return n >= sizeof *b && b->name_len <= n - sizeof *b && b->kind >= SEGMENT_ANONYMOUS &&
	       b->kind <= SEGMENT_PRIVATE && (!b->name_len || text_ends(b->name, b->name_len, n - sizeof *b));
}

static bool memory_is_sound(const struct rec *r, u64 n)
{
	const struct ev_memory *b = rec_body(r);

	return n >= sizeof *b && b->len <= n - sizeof *b && b->addr <= UINT64_MAX - b->len;
}

static bool actor_is_sound(const struct rec *r, u32 n)
{
	const struct note_actor *a = rec_body(r);

	return n >= sizeof *a && a->len >= 1 && a->len <= n - sizeof *a && a->text[a->len - 1] == 0;
}

static bool name_is_sound(const struct rec *r, u64 n)
{
	const struct ev_name *b = rec_body(r);

	return n >= sizeof *b && b->len <= n - sizeof *b && text_ends(b->text, b->len, n - sizeof *b);
}

bool rec_is_sound(const struct rec *r)
{
	u64 n = r->len - sizeof *r;

	if (r->len < sizeof *r || r->len % 8 || r->len > LOG_RECORD_MAX)
		return false;
	switch (r->kind) {
	case REC_SPAWN: return n >= sizeof(struct ev_spawn);
	case REC_EXEC: return exec_is_sound(r, n);
	case REC_END: return n >= sizeof(struct ev_end);
	case REC_ENTER:
	case REC_POISED: return enter_is_sound(r, n);
	case REC_EXIT: return n >= sizeof(struct ev_exit) && r->call < CALL_COUNT;
	case REC_SIGNAL: return n >= sizeof(struct ev_signal);
	case REC_OBSERVE: return n >= sizeof(struct ev_observe);
	case REC_INJECT: return n >= sizeof(struct ev_inject);
	case REC_SEGMENT: return segment_is_sound(r, n);
	case REC_MEMORY: return memory_is_sound(r, n);
	case REC_NAME: return name_is_sound(r, n);
	case REC_META: return meta_is_sound(r, n);
	case REC_MAPS: return maps_is_sound(r, n);
	case REC_SITE: return site_is_sound(r, n);
	case REC_LINES: return lines_is_sound(r, n);
	case REC_SOURCE: return source_is_sound(r, n);
	case REC_POINTER: return n >= sizeof(struct note_pointer);
	case REC_TYPES: return types_is_sound(r, n);
	case REC_ACTOR: return actor_is_sound(r, n);
	default:
		return r->kind > REC_ACTOR; /* a note of a later minor version: skipped by who reads it */
	}
}

/* ---- opening ---- */

static bool head_check(const struct log_head *head, u64 size, const char *name, struct err *e)
{
	if (size < sizeof head->magic || memcmp(head->magic, LOG_MAGIC, sizeof head->magic))
		return err_set(e, EXIT_INPUT,
			"%s is no ipclab recording: it does not begin with the mark of one; "
			"`ipclab watch -o FILE -- CMD` makes one",
			name);
	if (size < LOG_DATA)
		return err_set(e, EXIT_INPUT,
			"%s was cut within its first page: nothing of the recording is left; "
			"record it again",
			name);
	if (head->order != LOG_ORDER && head->order == __builtin_bswap32(LOG_ORDER))
		return err_set(e, EXIT_INPUT,
			"%s was made on a machine of the other byte order: look at it on such a "
			"machine",
			name);
	if (head->order == LOG_ORDER && head->version > LOG_VERSION)
		return err_set(e, EXIT_INPUT,
			"%s was made by a newer ipclab (log version %u, this one reads up to %u): "
			"update ipclab",
			name, head->version, LOG_VERSION);
	if (head->order != LOG_ORDER || !head->version || head->head_size != LOG_DATA)
		return err_set(e, EXIT_INPUT,
			"%s: the first page of the recording is damaged: record it again", name);
	return true;
}

static bool head_read(int fd, const char *name, struct log_head *head, u64 *size, struct err *e)
{
	struct stat st;

	if (fstat(fd, &st))
		return err_sys(e, EXIT_INPUT, "%s cannot be read", name);
	if (!S_ISREG(st.st_mode))
		return err_set(e, EXIT_INPUT,
			"%s is %s, no recording: name a file made by `ipclab watch -o`", name,
			S_ISDIR(st.st_mode) ? "a folder" : "not an ordinary file");
	*size = (u64)st.st_size;
	*head = (struct log_head){0};
	if (pread(fd, head, sizeof *head, 0) < 0)
		return err_sys(e, EXIT_INPUT, "%s cannot be read", name);
	return head_check(head, *size, name, e);
}

static struct log_reader *reader_open(int fd, const char *name, struct err *e)
{
	struct log_head head;
	struct log_reader *r;
	u64 size = 0, space, want = LOG_SPACE, least = LOG_SPACE_MIN;
	void *base;

	if (!head_read(fd, name, &head, &size, e))
		return NULL;
	if (head.complete) { /* it grows no more */
		want = least = (size + LOG_DATA - 1) & ~(u64)(LOG_DATA - 1);
	} else if (size > least) {
		least = size;
	}
	if (want < size)
		want = size;
	base = log_map(fd, PROT_READ, want, least, &space);
	if (!base) {
		err_sys(e, EXIT_INPUT, "%s cannot be mapped into memory%s", name,
			errno == ENOMEM ? " (raise ulimit -v)" : "");
		return NULL;
	}
	r = xmalloc(sizeof *r);
	*r = (struct log_reader){.base = base, .space = space, .size = size, .fd = fd};
	return r;
}

struct log_reader *log_reader_open(const char *path, struct err *e)
{
	/* O_NONBLOCK: a FIFO of that name must not hold us. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct log_reader *r;

	if (fd < 0 && errno == ENOENT) {
		err_set(e, EXIT_INPUT, "%s: there is no such file: check the name", path);
		return NULL;
	}
	if (fd < 0 && errno == EACCES) {
		err_set(e, EXIT_INPUT,
			"%s may not be read (no permission): ask its owner for a copy", path);
		return NULL;
	}
	if (fd < 0) {
		err_sys(e, EXIT_INPUT, "%s cannot be opened", path);
		return NULL;
	}
	r = reader_open(fd, path, e);
	if (!r)
		close(fd);
	return r;
}

struct log_reader *log_reader_open_fd(int fd, struct err *e)
{
	struct log_reader *r;

	if (fd < 0) {
		err_set(e, EXIT_INPUT, "the recording cannot be read: its descriptor is not open");
		return NULL;
	}
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	r = reader_open(fd, "the recording", e);
	if (!r)
		close(fd);
	return r;
}

void log_reader_close(struct log_reader *r)
{
	if (!r)
		return;
	munmap((void *)(uintptr_t)r->base, r->space);
	close(r->fd);
	free(r);
}

/* ---- reading ---- */

static const struct log_head *reader_head(const struct log_reader *r)
{
	return (const struct log_head *)r->base;
}

/* Up to where records may lie. Beyond what the file had when last asked, ask again. */
static u64 reader_end(struct log_reader *r, bool *cut)
{
	u64 length = __atomic_load_n(&reader_head(r)->length, __ATOMIC_ACQUIRE);
	bool nonsense = length < LOG_DATA || length % 8;
	struct stat st;

	/* A length that cannot be: the crash of a machine lost it. Go by the records' checksums. */
	if (nonsense)
		length = UINT64_MAX;
	if (length > r->size && !fstat(r->fd, &st))
		r->size = (u64)st.st_size;
	*cut = nonsense || length > r->size || length > r->space;
	if (length > r->size)
		length = r->size;
	return length > r->space ? r->space : length;
}

static const struct rec *reader_damaged(struct log_reader *r)
{
	r->torn = true;
	return NULL;
}

const struct rec *log_reader_next(struct log_reader *r, u64 *pos)
{
	const struct rec *rec;
	bool cut;
	u64 end, room;

	if (*pos < LOG_DATA || *pos % 8)
		return NULL;
	end = reader_end(r, &cut);
	if (*pos >= end) {
		r->torn |= cut;
		return NULL;
	}
	room = end - *pos;
	rec = (const struct rec *)(r->base + *pos);
	if (room < sizeof *rec || rec->len < sizeof *rec || rec->len % 8 ||
		rec->len > LOG_RECORD_MAX || rec->len > room)
		return reader_damaged(r);
	if (crc32c(0, (const u8 *)rec + 8, rec->len - 8) != rec->crc || !rec_is_sound(rec))
		return reader_damaged(r);
	*pos += rec->len;
	return rec;
}

const struct rec *log_reader_at(const struct log_reader *r, u64 pos)
{
	return (const struct rec *)(r->base + pos);
}

bool log_reader_torn(const struct log_reader *r)
{
	return r->torn;
}

bool log_reader_complete(const struct log_reader *r)
{
	return __atomic_load_n(&reader_head(r)->complete, __ATOMIC_ACQUIRE) == 1;
}
