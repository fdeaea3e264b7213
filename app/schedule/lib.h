/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * schedule: who moves next. Pure functions over a world; nothing here moves anybody, keeps state
 * or asks the kernel. The caller keeps the task that moved last and hands it in.
 *
 * file   | what it holds
 * free.c | the order of birth, round and round; time passes only when nobody else can move
 */
#ifndef SCHEDULE_LIB_H
#define SCHEDULE_LIB_H

#include "world/lib.h"

enum choice_kind {
	CHOICE_NONE, /* nobody can move and no time-out can pass */
	CHOICE_STEP, /* step this task */
	CHOICE_TIME, /* nobody can be stepped: let this task's time-out pass */
};
struct choice {
	enum choice_kind kind;
	u32 task;
};

/* May this task be stepped in the world as it stands? */
bool schedule_can_step(const struct world *, u32 task);
/* Does it wait in a call whose time-out could pass? */
bool schedule_can_pass(const struct world *, u32 task);
/* The next task that can be stepped, in order of birth, after `last` and round again; 0: none. */
u32 schedule_next(const struct world *, u32 last);
/* The task whose time-out would pass first (the shortest one, then the eldest); 0: none. */
u32 schedule_next_time(const struct world *);
/* The free run's choice: schedule_next, else schedule_next_time. */
struct choice schedule_free(const struct world *, u32 last);

#endif
