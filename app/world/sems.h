/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * System V semaphores. A semop is open until it comes back; it has its whole effect at some
 * moment in between, or none. While it is open, every change on its set asks again: could it have gone at
 * this moment (op.tried), could it have had to wait (op.loose)? A result must be one of those seen. Those that
 * were found asleep have had no effect as long as nothing was done to the set since (op.asleep). What
 * SEM_UNDO owes is paid between the moment a process is about to end and its end.
 * This header is for sems*.c; the rest of world has private.h.
 *
 * file        | what it holds
 * sems.c      | sets: find, make, remove, forget; names
 * semsrange.c | what a semaphore may be worth, what an open operation may do by that
 * semsop.c    | semop, semctl
 * semsundo.c  | SEM_UNDO
 * semsseen.c  | world against kernel
 * semswhy.c   | what a semop would do, and who could end its wait
 */
#ifndef WORLD_SEMS_H
#define WORLD_SEMS_H

#include "world/private.h"

#define SEM_MOST 32767 /* SEMVMX */
enum { PART_SETS = 1u << 31 }; /* flags of a part: the value is set to delta (SETVAL, SETALL) */

/* ---- sems.c ---- */
u64 sems_id(i32 id, u32 space);
u32 sems_find(const struct world *, u64 id); /* living ones, 0 none */
void sems_touch(struct world *, u32 set);
u32 sems_make(struct world *, u32 set, u32 index); /* the w_sem, made known with all before it; 0: no room */
u32 sems_new(struct world *, u32 creator, u64 id); /* 0: no room */
void sems_removed(struct world *, u32 set);
void sems_parts_give(struct world *, u32 *first); /* w_semop.next; *first is 0 afterwards */

/* ---- semsrange.c ---- */
void sems_range(const struct world *, u32 sem, u32 task, i64 *lo, i64 *hi);
bool sems_parts_cut(const struct w_op *); /* not all of its parts are known */
void sems_judge(const struct world *, u32 task, bool *could, bool *must);
void sems_widen(struct world *, u32 set);
u32 sems_disturb(struct world *, u32 set, u32 by);
void sems_unsure(struct world *, u32 set);
bool sems_proc_is_ending(const struct world *, u32 proc);

/* ---- semsundo.c ---- */
void sems_undo_add(struct world *, u32 set, u32 proc, u32 sem, i32 adjust);
void sems_undo_clear(struct world *, u32 set, u32 sem);
bool sems_undo_explains(const struct world *, u32 set, u32 task);

/* ---- semswhy.c ---- */
enum outlook sems_outlook(const struct world *, u32 task);
bool sems_wait(const struct world *, u32 task, struct ipc_wait *);

#endif
