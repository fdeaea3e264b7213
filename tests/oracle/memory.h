/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A program of shared memory as data: two to four processes, or threads, each a list of operations on
 * one or two segments, semaphores, mutexes and so on. memory_gen.c makes one from a seed,
 * memory_target.c carries it out, memory_cells.c makes each access a real access of C in hooked code.
 * Every program is bounded: loops have a limit, but for those whose limit is 0. One that `ends` does so
 * under every schedule, with the same counters and the same status; another may well hang.
 *
 * file              | what it holds
 * memory_program.c  | text <-> struct script
 * memory_gen.c      | seed -> struct script
 * memory_target.c   | struct script -> real calls
 * memory_cells.c    | loads, stores, updates of all sizes and kinds, compiled with hooks
 * memory_kernel.c   | the oracle's own look at memory, maps and the words of the C library's objects
 * memory_runs.c     | one program stepped by chance, run free, switched between the two, run alone
 * memory_replay.c   | its schedule written, made again on fresh processes, branched from
 * memory.c          | options, many seeds, totals
 */
#ifndef ORACLE_MEMORY_H
#define ORACLE_MEMORY_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "oracle/program.h"

enum {
	ACTORS_MAX = 4,
	MOPS_MAX = 160,
	SEGS_MAX = 2,
	SYNCS_MAX = 10,
	COUNTERS = 6, /* of 8 bytes, from offset 0 of segment 0: only ever added to, atomically */
	CELLS_AT = 64,
	TOLD_AT =
		960, /* cells of 8 bytes that are written with a mutex held, for await and announce */
	CELLS_END = 1024,
	SYNCS_AT = 1024, /* 64 bytes each, in segment 0 */
	SYNC_ROOM = 64,
};

/* name, what a, b, c, skip and v mean. s: segment; skip: so many operations are left out when it fails. */
#define MOPS(X)                                                                \
	X(ld, "s off size, flavour in skip")                                   \
	X(st, "s off size, flavour in skip, v")                                \
	X(add, "s off size, v: atomic")                                        \
	X(xchg, "s off size, v: atomic")                                       \
	X(cas, "s off size, skip = expected, v: atomic")                       \
	X(incr, "s off size, flavour in skip: a load, then a store")           \
	X(look, "s off bytes: a struct into a local one")                      \
	X(put, "s off bytes, v: a local struct into it")                       \
	X(copy, "s off bytes, v = offset to copy to: a struct")                \
	X(set, "s off bytes, v: memset")                                       \
	X(move, "s off bytes, v = offset to copy to: memcpy")                  \
	X(spin, "s off limit, v: until the 4 bytes there are at least v")      \
	X(wait, "sync")                                                        \
	X(trywait, "sync, skip")                                               \
	X(timedwait, "sync ms, skip")                                          \
	X(post, "sync")                                                        \
	X(getvalue, "sync")                                                    \
	X(lock, "sync, b = 1: not made consistent, skip")                      \
	X(trylock, "sync, skip")                                               \
	X(timedlock, "sync ms, skip")                                          \
	X(unlock, "sync")                                                      \
	X(await, "cond mutex off, v: until that cell is at least v")           \
	X(announce, "cond mutex off, v = 1: broadcast: one more in that cell") \
	X(condwait, "cond mutex ms: once, whatever holds; ms 0: for ever")     \
	X(signal, "cond")                                                      \
	X(broadcast, "cond")                                                   \
	X(barrier, "sync")                                                     \
	X(rdlock, "sync, skip")                                                \
	X(wrlock, "sync, skip")                                                \
	X(tryrdlock, "sync, skip")                                             \
	X(trywrlock, "sync, skip")                                             \
	X(timedwrlock, "sync ms, skip")                                        \
	X(rwunlock, "sync")                                                    \
	X(spinlock, "sync")                                                    \
	X(spintry, "sync, skip")                                               \
	X(spinunlock, "sync")                                                  \
	X(pwrite, "bytes: into the pipe")                                      \
	X(pread, "bytes: until all are there")                                 \
	X(twin, "s: mapped a second time, and used there")                     \
	X(remap, "s: mapped elsewhere, the old mapping ended")                 \
	X(mremap, "s: moved elsewhere")                                        \
	X(grow, "s: ftruncate to one page more")                               \
	X(reopen, "sync: a named semaphore closed and opened")                 \
	X(die, "status: at once, whatever it holds")

enum mop_kind {
#define X(name, meaning) MOP_##name,
	MOPS(X)
#undef X
		MOP_COUNT
};

enum flavour { PLAIN, VOLATILE, ATOMIC, RELAXED, FLAVOURS };
enum seg_kind { SEG_ANONYMOUS, SEG_MEMFD, SEG_POSIX };
enum {
	SYNC_OF_SEM,
	SYNC_OF_NAMED,
	SYNC_OF_MUTEX,
	SYNC_OF_COND,
	SYNC_OF_BARRIER,
	SYNC_OF_RWLOCK,
	SYNC_OF_SPINLOCK
};

struct mop {
	enum mop_kind kind;
	int32_t a, b, c, skip;
	uint64_t v;
};
struct actor {
	int n;
	struct mop ops[MOPS_MAX];
};
struct seg {
	int kind, size;
	int own; /* processes forked map it by themselves, elsewhere: 1 beside the inherited mapping, 2 instead of it */
};
struct msync {
	int kind;
	int value; /* semaphore's first value; mutex: type | 16 robust; barrier: how many */
};
struct script {
	uint64_t seed;
	bool ends;
	bool threads; /* actors are threads; segment 1 is then the program's own .bss */
	bool chain;   /* each process forks the next one, else the first all */
	int actors, segs, syncs;
	struct seg seg[SEGS_MAX];
	struct msync sync[SYNCS_MAX];
	struct actor actor[ACTORS_MAX];
};

void script_generate(struct script *, uint64_t seed);
/* One with at least that many choices in it, for the clock. */
void script_long(struct script *, int choices);
bool script_save(const struct script *, FILE *);
bool script_load(struct script *, FILE *);

/* memory_cells.c */
uint64_t cell_load(void *at, int size, enum flavour);
void cell_store(void *at, int size, enum flavour, uint64_t v);
void cell_add(void *at, int size, uint64_t v);
void cell_exchange(void *at, int size, uint64_t v);
bool cell_compare_exchange(void *at, int size, uint64_t expected, uint64_t v);
void cell_look(const void *at, int size);
void cell_put(void *at, int size, uint64_t v);
void cell_copy(void *to, const void *from, int size);
void cell_set(void *at, int size, uint64_t v);
void cell_move(void *to, const void *from, int size);
extern unsigned char own_memory[4096]; /* the program's own */

#endif
