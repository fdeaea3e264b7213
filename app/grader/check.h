/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * check/: properties that a run must have, one a file, pure over log and world: they read no kernel, no clock and no
 * output, and keep what they need in a block of their own, zeroed at the start of a run. The evidence shows each
 * of them every record, with the world as it was before and as it is after; the first that finds
 * something wrong says so by evidence's broken().
 */
#ifndef GRADER_CHECK_H
#define GRADER_CHECK_H

#include "grader/model.h"
#include "view/lib.h"

struct broken { /* a property that does not hold */
	const struct check *check;
	u32 task, site; /* whose line is shown; 0 none */
	u64 event;
	char text[1024]; /* one or two sentences */
};
struct look { /* what a check is shown */
	const struct scene *scene;
	void *state;
	const struct rec *rec;                /* NULL at the end */
	bool (*learners)(void *arg, u32 task); /* is it a task of a program of the learner's? */
	void *arg;
	u32 left_n;                           /* at the end: names left behind */
	const char (*left)[160];
	struct broken *broken;                /* filled by who finds something: text is not "" then */
};
struct check {
	const char *name;       /* in manifests */
	const char *holds;      /* as a learner reads it when it does: "every child was waited for" */
	enum grade verdict;   /* when it does not */
	size_t state;           /* bytes */
	void (*before)(struct look *); /* each may be NULL */
	void (*after)(struct look *);
	void (*end)(struct look *);
};
extern const struct check *const checks_all[]; /* NULL at the end */
const struct check *check_by_name(const char *);
/* Fills look->broken, if nothing has before. */
void check_broken(struct look *, u32 task, u32 site, const char *fmt, ...) PRINTF_LIKE(4, 5);

#endif
