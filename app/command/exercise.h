/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the verbs about exercises share. */
#ifndef COMMAND_EXERCISE_H
#define COMMAND_EXERCISE_H

#include "command/lib.h"
#include "grader/lib.h"
#include "grader/tries.h"

#define EXERCISES_OPTION {"exercises", 0, "DIR", "exercises of your own, in this folder"}
#define FOLDER_OPTION {"folder", 0, "DIR", "the learner's folder; ./ipclab-ID when left out, or the current one"}

/* Exercises, and the learner's folder of the one that the operand (or the current folder) names. Both are to be finished, also when
 * it fails. */
bool exercise_open(const struct invocation *, struct exercises *, struct tries *, struct err *);
/* Prints foreign text harmlessly. */
void exercise_say(const char *fmt, ...) PRINTF_LIKE(1, 2);
/* "code -g FILE:LINE", "$EDITOR +LINE FILE": how this terminal opens a file. */
void editor_words(const char *file, u32 line, struct str *);
/* Opens it, and waits where the editor takes the terminal. */
bool editor_open(const char *file, u32 line, struct err *);
/* Asks for yes or no; without a terminal, or with --no-input: no. */
bool exercise_ask(const struct invocation *, const char *question);

/* ---- check.c ---- */
enum check_form { CHECK_WORDS, CHECK_JSON };
/* One check of the folder as it is now. *grade is what came of it. */
bool check_once(struct tries *, enum check_form, bool again, enum grade *, struct err *);
/* ---- check_watch.c ---- */
/* Checks whenever a file of the exercise is saved, until all of it passes. */
bool check_watch(struct tries *, struct err *);

#endif
