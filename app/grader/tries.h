/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tries: a learner's folder for an exercise. What ipclab keeps there lies in .ipclab/: which exercise it is, how the last try went,
 * the sources as they were then, its recordings. A result is about these sources: with others it is stale and never shown
 * as if it were about them.
 */
#ifndef GRADER_TRIES_H
#define GRADER_TRIES_H

#include "grader/lib.h"

struct tries {
	const struct exercise *exercise;
	char *folder;
	u32 n;              /* tries so far */
	u64 sources;        /* of the last one: sources_sum */
	enum grade verdict; /* its verdict; NOT_RUN: none yet */
	u32 score;
	u32 failures;       /* in a row */
	u32 hints;          /* shown so far */
	u32 passed_at;      /* try that passed first, 0 none */
	VEC(enum grade) was; /* by scenario, the last try's */
	int lock;
};
/* The folder of that exercise: `folder` if given; the current one if it is of this exercise; else ./ipclab-ID. EXIT_USAGE: it was not
 * started. `id` NULL: the exercise that the current folder is of. */
bool tries_find(const struct exercises *, const char *id, const char *folder, struct tries *, struct err *);
/* Makes the folder of an exercise, or completes it: files that are there are left as they are. *fresh: it was made now. */
bool tries_begin(const struct exercise *, const char *folder, bool *fresh, struct tries *, struct err *);
/* Two checks of one folder take turns. False: somebody else has it; *pid says who, if it is known. */
bool tries_lock(struct tries *, bool wait);
void tries_unlock(struct tries *);
/* Where this try's recordings go, and how they are called; older tries' are removed but for those of the last three. */
bool tries_room(struct tries *, struct str *folder, struct str *name, struct err *);
/* Notes how it went. */
bool tries_note(struct tries *, const struct result *, struct err *);
bool tries_save(struct tries *, struct err *);
/* "lines 24 and 31 of pipe_eof.c", since the last try; "" nothing, or there was none. Before tries_note. */
void tries_changes(const struct tries *, struct str *);
/* "Check 1 was failing, now passes." Before tries_note. */
void tries_progress(const struct tries *, const struct result *, struct str *);
/* Puts a file back as it was at first; the learner's goes to NAME.old-1, ...: *kept gets its name. */
bool tries_reset(struct tries *, const char *file, struct str *kept, struct err *);
void tries_finish(struct tries *);

#endif
