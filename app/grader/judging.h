/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What judge.c and judging.c share: a run that is judged. */
#ifndef GRADER_JUDGING_H
#define GRADER_JUDGING_H

#include "grader/private.h"

#define PUT(field, ...) snprintf((field), sizeof(field), __VA_ARGS__)

struct judging {
	const struct run_spec *spec;
	const struct shared *shared;
	const struct evidence *ev;
	struct finding *f;
};

const char *judging_out(const struct judging *, u32 actor, size_t *n); /* its standard output */
void judging_place(const struct judging *, u32 site);                  /* the finding's line, unless it has one */
void judging_at(const struct judging *, u32 site, struct str *);       /* " at pipe_eof.c:31" */
void judging_status(int status, struct str *);
void judging_runs(struct judging *, u32 actor); /* ran, expected, happened; of several, the one that matters */
void judging_why(struct judging *);             /* a sentence for each who waits or computes, and its line */

/* ---- telling.c: sentences for `why`, behind those that it has ---- */
void tell_writer(struct judging *, u32 actor, size_t at); /* who wrote byte `at` of its output, where that is not plain */
void tell_interrupted(struct judging *);                  /* a call that a signal broke off; unless there is a why */
void tell_failed(struct judging *, u32 actor);            /* the last call in vain, of a line of the learner's */
void tell_signal(struct judging *, int sig, u32 site);    /* where it struck, and what it means */

#endif
