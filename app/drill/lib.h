/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * drill: small C programs made from a seed, each with one question that is settled by running it. What is made here is a
 * lab of one step: a source, and a guide with one question. No answer is stored anywhere: the conditions of the question
 * are held against the world that the program has come to. Prints nothing.
 *
 * file    | what it holds
 * make.c  | from kind and seed to the texts: choices, lines, questions
 * pipe.c  | programs with a pipe
 * fork.c  | programs that fork
 * ring.c  | programs with a ring in shared memory
 * mq.c    | programs with a message queue
 * run.c   | compiling it, running it under the engine, what is told afterwards
 */
#ifndef DRILL_LIB_H
#define DRILL_LIB_H

#include "guide/lib.h"
#include "lab/lib.h"
#include "view/lib.h"

enum drill_kind { DRILL_PIPE, DRILL_FORK, DRILL_RING, DRILL_MQ, DRILL_KINDS };
enum { DRILL_LINES_MOST = 20 };
const char *drill_kind_name(enum drill_kind); /* "pipe" */
bool drill_kind_read(const char *, enum drill_kind *, struct err *);

struct drill {
	enum drill_kind kind;
	u64 seed;
	struct str source; /* whole C program */
	struct str text;   /* the guide, as in a lab.md */
	struct guide *guide;
	const struct guide_question *question;
};
/* Always the same for a kind and a seed. */
bool drill_make(enum drill_kind, u64 seed, struct drill *, struct err *);
void drill_finish(struct drill *);

struct drill_run {
	struct lab lab;
	struct str folder;
	struct lab_host lab_host;
	struct guide_host host;
};
/* Compiles it (gcc; ipclab cc where loads and stores are to be seen) into a folder that goes with us, and holds its
 * processes before their first operation. drill_run_close in either case. */
bool drill_run_open(struct drill_run *, const struct drill *, struct err *);
/* Runs it until nobody can move, and sees which answer is true. EXIT_OURS: none of them, or more than one. */
bool drill_run_settle(struct drill_run *, const struct drill *, struct guide_truth *, struct err *);
/* What happened, a line an event, as far as it is news and not a load or store; then who waits, and why. */
void drill_run_told(struct drill_run *, struct str *events, struct str *why);
void drill_run_close(struct drill_run *);
/* "return 5", "4096". */
void drill_truth_words(const struct drill *, const struct guide_truth *, struct str *);

#endif
