/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * progress: what a learner has done, in SQLite below $XDG_STATE_HOME/ipclab. All SQL lives here.
 * Forgetting must never stop a lab: whatever is wrong with the database, opening gives a usable
 * answer and a sentence to be said once. A database of a newer ipclab is not touched.
 *
 * file     | what it holds
 * open.c   | where it lies; opening, the numbered schema steps, what is said when it cannot be
 * write.c  | steps, answers, runs of experiments as they happen
 * review.c | when a question is to be asked again
 * read.c   | what was done, lab by lab
 */
#ifndef PROGRESS_LIB_H
#define PROGRESS_LIB_H

#include "base/lib.h"

#define PROGRESS_VERSION 3 /* schema steps that this ipclab knows */

struct progress;
/* path NULL: $XDG_STATE_HOME/ipclab/progress.db, else ~/.local/state/... Never NULL. `note` gets
 * a sentence when nothing (or nothing new) will be remembered, and says why. */
struct progress *progress_open(const char *path, struct str *note);
void progress_close(struct progress *);
/* Told to leave at once: closing will not wait for the disk. What was answered stays in the log beside the
 * database, as after a kill, and is there at the next opening. NULL is fine. */
void progress_hurry(struct progress *);
bool progress_remembers(const struct progress *); /* false: writes are dropped */
const char *progress_path(const struct progress *);

/* How a question went; stored as these words. */
enum progress_outcome { PROGRESS_RIGHT, PROGRESS_WRONG, PROGRESS_SKIPPED, PROGRESS_UNSURE };
const char *progress_outcome_name(enum progress_outcome);

/* False only when the database refused what it took before; without one, true. */
bool progress_answer(struct progress *, const char *lab, const char *question,
	enum progress_outcome, struct err *);
/* What a report tells of an answer: what was said and what happened, in the verdict's words; the picture, as text. */
struct progress_told {
	const char *verdict, *picture; /* "" none */
};
bool progress_answer_told(struct progress *, const char *lab, const char *question,
	enum progress_outcome, const struct progress_told *, struct err *);
/* One run of an experiment, as its notebook says it. */
bool progress_run(struct progress *, const char *lab, const char *experiment, const char *row, struct err *);
/* The learner is now at step `at` (from 0) of `steps`; steps before it are done. at == steps: the lab is. */
bool progress_step(struct progress *, const char *lab, u32 at, u32 steps, struct err *);

struct progress_lab {
	char id[64];
	u32 steps;     /* that it had when it was last open */
	u32 reached;   /* steps done, the most ever */
	u32 resume;    /* where the learner is, from 0 */
	u32 counts[4]; /* questions by their last answer: enum progress_outcome */
	i64 last;      /* Unix time */
};
/* False: nothing known of that lab. */
bool progress_lab(struct progress *, const char *lab, struct progress_lab *);
/* How a try of an exercise went. */
struct progress_exercise {
	char id[64];
	char folder[512]; /* where it was tried last */
	u32 tries, score, max;
	bool passed;      /* once, ever */
	i64 last;         /* Unix time */
};
bool progress_try(struct progress *, const struct progress_exercise *, struct err *);
bool progress_exercise(struct progress *, const char *id, struct progress_exercise *);
void progress_each_exercise(struct progress *, void (*fn)(void *, const struct progress_exercise *), void *arg);
/* Labs, the last one worked on first; then every answer in order. */
void progress_each_lab(
	struct progress *, void (*fn)(void *, const struct progress_lab *), void *arg);
void progress_each_answer(struct progress *,
	void (*fn)(void *, const char *lab, const char *question, const char *outcome, i64 at),
	void *arg);
/* Of one lab, in order. */
void progress_each_told(struct progress *, const char *lab,
	void (*fn)(void *arg, const char *question, const char *outcome, i64 at, const struct progress_told *), void *arg);
void progress_each_run(struct progress *, const char *lab, void (*fn)(void *arg, const char *experiment, const char *row, i64 at),
	void *arg);

/* ---- review.c ----
 * An answer, wherever it is given, says when the question comes again: right for the first, second, ... time in a row,
 * 1, 3, 7, 21, then 60 days later; wrong or not known, 4 hours later, and the row begins anew. One that is right before
 * its time changes nothing, and one that was skipped neither. */
struct progress_due {
	char lab[64], question[64];
	u32 right; /* times in a row */
	i64 due;   /* Unix time */
};
/* Those due at `now`, the longest due first. */
void progress_each_due(struct progress *, i64 now, void (*fn)(void *arg, const struct progress_due *), void *arg);

#endif
