/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the rest of the shell needs of the guide (guide.c, guide_say.c, guide_commands.c). sh->guide is NULL without one. */
#ifndef SHELL_GUIDE_H
#define SHELL_GUIDE_H

#include "shell/private.h"

bool guide_open(
	struct shell *, struct err *); /* starts the lab's processes at the step to begin with */
void guide_close(struct shell *);
bool guide_speaks(const struct shell *);
void guide_say_first(struct shell *);
bool guide_asks(const struct shell *);              /* a question is open */
bool guide_takes(struct shell *, const char *text); /* the line was an answer */
void guide_enter(struct shell *);                   /* an empty line */
/* A command that may not be now: says why. `line` as typed. */
bool guide_forbids(struct shell *, enum steer_id, const char *line);
bool guide_until(struct shell *, enum steer_id, const char *line); /* "step P1 until ..."; false: it is none */
void guide_moved(struct shell *, const char *command); /* processes were moved by that command */
void guide_restart(struct shell *);

#endif
