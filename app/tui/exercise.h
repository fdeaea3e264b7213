/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TUI_EXERCISE_H
#define TUI_EXERCISE_H

#include "grader/lib.h"
#include "tui/private.h"

/* An exercise in that folder, which is made where it is not there yet. *home: the learner asked for the list. False: the
 * folder cannot be had. */
bool exercise_screen(struct term *, const struct exercise *, const char *folder, bool *home, struct err *);
/* The folder in which an exercise was tried last, else ./ipclab-ID. */
void exercise_folder(const struct exercise *, struct str *);

#endif
