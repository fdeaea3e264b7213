/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * shell: plain mode (SCREEN.md): a session in words, driven by a prompt or by a script. Prints
 * only in answer to a command; one fact a line; nothing needs the screen.
 *
 * file       | what it holds
 * shell.c    | the loop: a line, its command, its answer
 * table.c    | what is done for each command of view/steer.def; help
 * input.c    | where lines come from: readline on a terminal, else a script
 * complete.c | completion of commands and actors
 * say.c      | answers: wrapped, printed, kept for `again`
 * guide.c    | the guide of a lab: steps, Enter, what comes of moves
 * guide_say.c | its texts and questions
 * guide_commands.c | guide, do, next, solution, run, notebook, set
 * narrate.c  | what happened in the log between two points, in words
 * move.c     | step, all, pass, signal, send: one move of real processes, or forward in a recording
 * branch.c   | line, branch, schedule: by source line; another way from a moment looked back at
 * run.c      | continue, play, live: many moves
 * past.c     | back, forward, first, now, goto: looking back moves nobody
 * look.c     | look, why, ends, source, output, select, events
 * changes.c  | what the last step changed
 */
#ifndef SHELL_LIB_H
#define SHELL_LIB_H

#include <stdio.h>

#include "lab/lib.h"
#include "session/lib.h"

/* A lab that is worked through by its guide. */
struct shell_lab {
	const struct lab *lab;
	u32 step;        /* to begin with, from 0 */
	bool step_given; /* it was asked for: the guide speaks at once, on a script too */
	/* This question alone, asked again; NULL: the lab from `step` on. *answered: it was settled, or skipped. */
	const struct guide_question *review;
	u32 seed;
	bool *answered;
	enum guide_outcome *outcome; /* how it was settled; NULL: nobody asks */
};

struct shell_options {
	const struct shell_lab *lab; /* NULL: no guide */
	bool interactive;     /* standard input is a terminal: prompt, history, questions, pace */
	unsigned width;       /* columns of a line */
	FILE *out;            /* answers */
	FILE *err;            /* messages about a script's own mistakes */
	const char *greeting; /* said first, on a terminal; may be NULL */
	/* A fresh session for `restart`; NULL: there is none (a recording). */
	struct session *(*restart)(void *arg, struct err *);
	void *restart_arg;
};

/* Runs until quit or the end of input; the session becomes the shell's and is ended here.
 * *status: EXIT_DONE; EXIT_USAGE when a script had a line that could not be understood; EXIT_OURS
 * when the engine was lost. */
void shell_run(struct session *, const struct shell_options *, int *status);
/* A lab with its guide (options.lab), which starts the processes. False: it could not begin. */
bool shell_run_lab(const struct shell_options *, int *status, struct err *);

#endif
