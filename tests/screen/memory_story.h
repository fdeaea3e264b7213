/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recordings of shared memory, record by record, and the C types of what lies in it. */
#ifndef MEMORY_STORY_H
#define MEMORY_STORY_H

#include <sys/mman.h>

#include "source/lib.h"
#include "story.h"

enum { SHM_INO = 77, SHM_DEV = 5 }; /* the next segment: 78, a page further */
#define SHM_AT 0x7f0000010000ull /* where P1 has it; those it forks, too */

/* ---- types ---- */
static const struct type t_int = {.kind = TYPE_SIGNED, .size = 4, .name = "int"};
static const struct type t_char = {.kind = TYPE_CHAR, .size = 1, .name = "char"};
static const struct type_enum t_states[] = {{0, "EMPTY"}, {1, "HALF"}};
static const struct type t_state = {
	.kind = TYPE_ENUM, .size = 4, .name = "enum state", .enums_n = 2, .enums = t_states};
#define INTS(n) {.kind = TYPE_ARRAY, .size = 4 * (n), .count = (n), .of = &t_int, .name = "int[]"}
#define RING(n, cells, list)                                                                    \
	static const struct type cells = INTS(n);                                               \
	static const struct type_field list[] = {{"buffer", 0, 0, 0, &cells},                   \
		{"in", 4 * (n), 0, 0, &t_int}, {"out", 4 * (n) + 4, 0, 0, &t_int}};             \
	static const struct type t_ring##n = {.kind = TYPE_STRUCT, .size = 4 * (n) + 8,         \
		.name = "struct ring", .fields_n = 3, .fields = list}
RING(1, cells1, fields1);
RING(2, cells2, fields2);
RING(10, cells10, fields10);
RING(16, cells16, fields16);
RING(40, cells40, fields40);

static const struct type_field point_fields[] = {{"x", 0, 0, 0, &t_int}, {"y", 4, 0, 0, &t_int}};
static const struct type t_point = {.kind = TYPE_STRUCT, .size = 8, .name = "struct point",
	.fields_n = 2, .fields = point_fields};
static const struct type t_points = {
	.kind = TYPE_ARRAY, .size = 24, .count = 3, .of = &t_point, .name = "struct point[3]"};
static const struct type t_name = {
	.kind = TYPE_ARRAY, .size = 16, .count = 16, .of = &t_char, .name = "char[16]"};
static const struct type_field account_fields[] = {{"balance", 0, 0, 0, &t_int},
	{"state", 4, 0, 0, &t_state}, {"corner", 8, 0, 0, &t_points}, {"owner", 32, 0, 0, &t_name}};
static const struct type t_account = {.kind = TYPE_STRUCT, .size = 48, .name = "struct account",
	.fields_n = 4, .fields = account_fields};

static const struct type t_size32 = {.kind = TYPE_ARRAY, .size = 32, .count = 32, .of = &t_char},
			 t_size40 = {.kind = TYPE_ARRAY, .size = 40, .count = 40, .of = &t_char};
static const struct type_field sem_fields[] = {{"__size", 0, 0, 0, &t_size32}},
			       mutex_fields[] = {{"__size", 0, 0, 0, &t_size40}};
static const struct type t_sem = {.kind = TYPE_UNION, .size = 32, .name = "sem_t", .fields_n = 1,
				 .fields = sem_fields},
			 t_mutex = {.kind = TYPE_UNION, .size = 40, .name = "pthread_mutex_t",
				 .fields_n = 1, .fields = mutex_fields};
static const struct type_field guarded_fields[] = {{"buffer", 0, 0, 0, &cells10},
	{"in", 40, 0, 0, &t_int}, {"out", 44, 0, 0, &t_int}, {"full", 48, 0, 0, &t_sem},
	{"lock", 80, 0, 0, &t_mutex}};
static const struct type t_guarded = {.kind = TYPE_STRUCT, .size = 120, .name = "struct shared",
	.fields_n = 5, .fields = guarded_fields};

/* ---- records ---- */
static inline void shm_record(struct story *s, u16 kind, u32 task, u16 call, u64 off, u32 size,
	u32 flags, u32 site)
{
	struct rec *r;
	struct ev_enter *e = story_body(s, kind, call, task, site, flags, sizeof *e, &r);

	e->fd = flags & EVF_ATOMIC ? 5 : -1;
	e->arg = SHM_AT + off;
	e->size = size;
	log_commit(s->log, r);
}

static inline void shm_poised(struct story *s, u32 task, u16 call, u64 off, u32 site)
{
	shm_record(s, REC_POISED, task, call, off, 4, 0, site);
}

static inline void shm_load(struct story *s, u32 task, u64 off, u64 value, u32 site)
{
	shm_poised(s, task, CALL_load, off, site);
	shm_record(s, REC_ENTER, task, CALL_load, off, 4, 0, site);
	story_exit_full(s, task, CALL_load, 0, 0, 0, value, 0);
}

static inline void shm_store(struct story *s, u32 task, u64 off, u64 value, u64 before, u32 site)
{
	shm_poised(s, task, CALL_store, off, site);
	shm_record(s, REC_ENTER, task, CALL_store, off, 4, 0, site);
	story_exit_full(s, task, CALL_store, 0, 0, 0, value, before);
}

/* A segment, mapped by `task`. */
static inline void shm_map_nth(struct story *s, u32 task, const char *name, u64 size, u32 nth)
{
	size_t n = name ? strlen(name) + 1 : 0;
	struct rec *r;
	struct ev_segment *seg = story_body(s, REC_SEGMENT, 0, task, 0, 0, sizeof *seg + n, &r);
	struct ev_enter *e;

	*seg = (struct ev_segment){SHM_INO + nth, SHM_DEV, size, name ? SEGMENT_POSIX : SEGMENT_ANONYMOUS,
		(u32)n};
	memcpy(seg->name, name ? name : "", n);
	log_commit(s->log, r);
	e = story_body(s, REC_ENTER, CALL_mmap, task, 0, 0, sizeof *e, &r);
	e->fd = -1;
	e->size = size;
	e->arg = (PROT_READ | PROT_WRITE) | (u64)MAP_SHARED << 32;
	log_commit(s->log, r);
	story_exit_full(s, task, CALL_mmap, (i64)SHM_AT + 4096 * nth, 0, 0, SHM_INO + nth, SHM_DEV);
}

static inline void shm_map(struct story *s, u32 task, const char *name, u64 size)
{
	shm_map_nth(s, task, name, size, 0);
}

/* Bytes that changed without an access that tells of it. */
static inline void shm_changed(struct story *s, u32 task, u64 off, u32 value)
{
	struct rec *r;
	struct ev_memory *m = story_body(s, REC_MEMORY, 0, task, 0, 0, sizeof *m + 4, &r);

	m->addr = SHM_AT + off;
	m->len = 4;
	m->flags = MEMORY_CHANGED;
	memcpy(m->bytes, &value, 4);
	log_commit(s->log, r);
}

/* A C library call that came back; size: its second operand. */
static inline void shm_told(
	struct story *s, u16 kind, u32 task, u16 call, u64 off, u64 size, u32 site)
{
	struct rec *r;
	struct ev_enter *e = story_body(s, kind, call, task, site, EVF_TOLD, sizeof *e, &r);

	e->arg = SHM_AT + off;
	e->size = size;
	e->hash = TIME_NONE;
	log_commit(s->log, r);
}

static inline void shm_call(struct story *s, u32 task, u16 call, u64 off, u64 size, u32 site)
{
	struct rec *r;
	struct ev_exit *e;

	shm_told(s, REC_ENTER, task, call, off, size, site);
	e = story_body(s, REC_EXIT, call, task, 0, EVF_TOLD, sizeof *e, &r);
	memset(e, 0, sizeof *e);
	log_commit(s->log, r);
}

#endif
