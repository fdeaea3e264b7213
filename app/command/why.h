/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the files of `ipclab why` share.
 *
 * file         | what it holds
 * why.c        | the verb: its options, which way to ask
 * why_run.c    | why -- CMD: run it, held by nobody, until it ends or can go no further
 * why_look.c   | why -p, -n, without argument: processes that run already, nobody stopped
 * why_answer.c | from a log to the answer, printed
 */
#ifndef COMMAND_WHY_H
#define COMMAND_WHY_H

#include <pthread.h>
#include <stdio.h>

#include "command/lib.h"
#include "session/lib.h"
#include "view/report.h"

/* A log folded on the way, with what the words need besides: source lines, names of actors. One lock: it may be fed by one
 * thread and read by another. */
struct answer {
	pthread_mutex_t lock;
	struct log *log;
	struct log_reader *reader;
	struct world *world;
	struct sources *sources;
	u64 pos;
	u64 moved_ns;  /* t_ns of the last event that is no observation; behind it: now_ns */
	u64 now_ns;
	bool redact;
	VEC(u64) redacted; /* hashes of the names taken out, by number */
	VEC(void *) notes;
	VEC(u32) located; /* by task: where it was found computing, 0 unknown */
	struct answer_actor { u32 task; char *name; } *actors;
	u32 actors_n;
	struct str name; /* scratch */
};

bool answer_begin(struct answer *, struct log *, bool redact, struct err *);
/* Folds what is new; forgets what is folded, where the log is in memory only. */
void answer_take(struct answer *);
void answer_finish(struct answer *);
/* Fills the report's scene, standing (the caller's) and counts. */
void answer_report(struct answer *, struct world_standing *, struct report *);

struct why_options {
	bool json, markdown, redact, only;
	u64 within_ns; /* 0: no limit */
};
/* Prints it: JSON to standard output, words to `out`. */
void answer_print(const struct report *, const struct why_options *, FILE *out);

bool why_run(struct invocation *, const struct why_options *, struct err *);
bool why_look(struct invocation *, const struct why_options *, struct err *);

#endif
