/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What guide.c, guide_say.c and guide_commands.c share. */
#ifndef SHELL_GUIDE_PRIVATE_H
#define SHELL_GUIDE_PRIVATE_H

#include "lab/lib.h"
#include "shell/guide.h"

struct shell_guide {
	struct sitting at;
	const struct guide *guide; /* the lab's */
	struct guide_play *play;   /* the sitting's */
	struct str said;     /* what is different in a review */
	struct str skipping; /* a move refused while a question was open: the same again skips it */
	u32 first;           /* step it began with */
	bool active;         /* speaks */
};

/* ---- guide.c ---- */
void guide_step(struct shell *, u32 step, bool fresh); /* enters it, and speaks from now on */
void guide_remember_answer(struct shell *);
void guide_remember_step_done(struct shell *);

/* ---- guide_say.c ---- */
void guide_say_step_begin(struct shell *);
void guide_say_next(struct shell *); /* what is next, up to where the learner has to do something */
unsigned guide_say_outcome(struct shell *, unsigned what); /* PLAY_*; returns it */
void guide_say_row(struct shell *, size_t row); /* a run of the notebook */

#endif
