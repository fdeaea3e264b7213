/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What guide.c and experiment.c share. */
#ifndef TUI_GUIDE_H
#define TUI_GUIDE_H

#include "lab/lib.h"
#include "tui/private.h"

struct screen_guide {
	struct sitting at;
	const struct guide *guide; /* the lab's */
	struct guide_play *play;   /* the sitting's */
	struct str text;    /* of this step, so far */
	struct str pane;    /* with what is open below it */
	struct str heading; /* "6/9  Who holds the write end?" */
	struct str lead;    /* first item of the footer */
	size_t old_len;     /* of the text before its newest part */
	size_t task;        /* of the text before its last paragraph: what the learner is to do now */
	u64 told;           /* what the guide moved since this event is told; 0: nothing */
	bool fresh_text;    /* which has not been brought into sight yet */
	u32 chosen;
	enum key_id skipping; /* a move that was refused: the same again skips the question */
	bool over;            /* the question of a review is settled */
	bool fresh;           /* the session was replaced while the guide moved */
};

/* A new part of the step's text begins: what stood there before may scroll away. */
void lesson_part(struct screen_guide *);
void lesson_paragraph(struct screen_guide *, const char *text);
/* ---- experiment.c ---- */
void lesson_experiment(struct screen_guide *, const struct guide_experiment *);
/* What Enter does while it is open, and the same for the footer. */
void lesson_experiment_open(
	const struct screen_guide *, const struct guide_experiment *, struct str *out, struct str *lead);
/* Runs it with each of the values that the guide lists. */
void lesson_run_listed(struct screen_run *);

#endif
