/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records about shared memory, on top of logbuild.h. */
#ifndef MEMORYBUILD_H
#define MEMORYBUILD_H

#include <sys/mman.h>

#include "logbuild.h"

#define AT  0x7f0000000000ull /* where the segment lies in the first process */
#define DEV 7

static inline void mb_segment(u32 task, u32 kind, u64 ino, u64 size, const char *name)
{
	u32 n = name ? (u32)strlen(name) + 1 : 0;
	struct ev_segment *ev = lb_record(REC_SEGMENT, 0, task, 0, sizeof *ev + n);

	ev->ino = ino;
	ev->dev = DEV;
	ev->size = size;
	ev->kind = kind;
	ev->name_len = n;
	if (n)
		memcpy(ev->name, name, n);
	lb_commit();
}

static inline void mb_mmap_enter(u32 task, i32 fd, u64 len, u64 offset)
{
	lb_enter_hash(REC_ENTER, task, CALL_mmap, fd, 0, len,
		(PROT_READ | PROT_WRITE) | (u64)MAP_SHARED << 32, offset);
}

static inline void mb_mmap_exit(u32 task, u64 addr, u64 ino)
{
	lb_exit_flags(task, CALL_mmap, 0, (i64)addr, 0, 0, ino, DEV);
}

static inline void mb_map(u32 task, u64 addr, u64 len, u64 offset, u64 ino)
{
	mb_mmap_enter(task, 3, len, offset);
	mb_mmap_exit(task, addr, ino);
}

/* mmap(MAP_SHARED | MAP_ANONYMOUS) */
static inline void mb_anonymous(u32 task, u64 addr, u64 len, u64 ino)
{
	mb_mmap_enter(task, -1, len, 0);
	mb_segment(task, SEGMENT_ANONYMOUS, ino, len, NULL);
	mb_mmap_exit(task, addr, ino);
}

static inline void mb_unlink(u32 task, const char *path)
{
	u32 n = (u32)strlen(path) + 1;
	struct ev_enter *ev = lb_record(REC_ENTER, CALL_unlink, task, 0, sizeof *ev + n);

	ev->held = n;
	memcpy(ev->contents, path, n);
	lb_commit();
	lb_exit(task, CALL_unlink, 0);
}

/* shm_open of /dev/shm/NAME, which leads to that inode. */
static inline void mb_shm_open(u32 task, const char *name, u64 ino, u64 size, i32 fd)
{
	char path[64];
	struct ev_enter *ev;
	u32 n;

	snprintf(path, sizeof path, "/dev/shm%s", name);
	n = (u32)strlen(path) + 1;
	ev = lb_record(REC_ENTER, CALL_openat, task, 0, sizeof *ev + n);
	ev->held = n;
	memcpy(ev->contents, path, n);
	lb_commit();
	mb_segment(task, SEGMENT_POSIX, ino, size, name);
	lb_exit_flags(task, CALL_openat, 0, fd, fd, 0, ino, O_RDWR | O_CLOEXEC);
}

static inline void mb_memory(u32 task, u64 addr, const void *bytes, u32 n, u32 flags)
{
	struct ev_memory *ev = lb_record(REC_MEMORY, 0, task, 0, sizeof *ev + n);

	ev->addr = addr;
	ev->len = n;
	ev->flags = flags;
	memcpy(ev->bytes, bytes, n);
	lb_commit();
}

static inline void mb_hooked(u32 task)
{
	lb_observe(task, OBS_HOOKED, 0, 0, 0, 0, 0);
}

static inline void mb_held(void)
{
	lb_observe(0, OBS_MODE, OBS_HELD, 0, 0, 0, 0);
}

static inline void mb_begin(u16 kind, u32 task, u16 call, u64 addr, u64 size, u32 flags)
{
	struct ev_enter *ev = lb_record(kind, call, task, flags, sizeof *ev);

	ev->fd = -1;
	ev->arg = addr;
	ev->size = size;
	ev->hash = TIME_NONE;
	lb_commit();
}

static inline void mb_end(u32 task, u16 call, i64 ret, u64 arg, u64 arg2)
{
	lb_exit_flags(task, call, 0, ret, 0, 0, arg, arg2);
}

/* ---- accesses ---- */

static inline void mb_load(u32 task, u64 addr, u64 size, u64 value)
{
	mb_begin(REC_ENTER, task, CALL_load, addr, size, 0);
	mb_end(task, CALL_load, 0, value, 0);
}

static inline void mb_store(u32 task, u64 addr, u64 size, u64 value, u64 before)
{
	mb_begin(REC_ENTER, task, CALL_store, addr, size, 0);
	mb_end(task, CALL_store, 0, value, before);
}

static inline void mb_update(u32 task, u64 addr, u64 size, u64 value, u64 before)
{
	mb_begin(REC_ENTER, task, CALL_update, addr, size, EVF_ATOMIC);
	mb_end(task, CALL_update, 0, value, before);
}

/* Stepped: held before it, then done, then held before `next` (a load of the same size). */
static inline void mb_poised(u32 task, u16 call, u64 addr, u64 size)
{
	mb_begin(REC_POISED, task, call, addr, size, 0);
}

/* ---- the C library ---- */

static inline void mb_enter(u32 task, u16 call, u64 addr, u64 second)
{
	mb_begin(REC_ENTER, task, call, addr, second, EVF_TOLD);
}

static inline void mb_exit(u32 task, u16 call, i64 ret)
{
	lb_exit_flags(task, call, EVF_TOLD, ret, 0, 0, 0, 0);
}

static inline void mb_told(u32 task, u16 call, u64 addr, u64 second, i64 ret)
{
	mb_enter(task, call, addr, second);
	mb_exit(task, call, ret);
}

static inline void mb_sleeps(u32 task, u16 call, u64 addr, u64 second)
{
	mb_enter(task, call, addr, second);
	lb_blocked(task, call);
}

static inline const struct w_segment *mb_the_segment(u32 n)
{
	const struct w_segment *s = world_segment(lb.w, n);

	ck_assert_ptr_nonnull(s);
	return s;
}

static inline u64 mb_word(u32 segment, u64 off, u32 n)
{
	u64 value = 0;

	ck_assert_uint_eq(world_memory(lb.w, segment, off, &value, NULL, n), n);
	return value;
}

static inline u32 mb_known(u32 segment, u64 off, u32 n)
{
	u8 bytes[64];

	return world_memory(lb.w, segment, off, bytes, NULL, n);
}

static inline u32 mb_state(u32 task)
{
	return world_task(lb.w, task)->state;
}

/* Two hooked processes, held, that share a segment of a page at AT. */
static inline void mb_two(u32 *a, u32 *b)
{
	*a = lb_spawn(0, 0);
	mb_hooked(*a);
	mb_held();
	mb_anonymous(*a, AT, 4096, 50);
	*b = lb_fork(*a);
}

#endif
