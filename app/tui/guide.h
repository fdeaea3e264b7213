/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What guide.c, guide_enter.c, guide_view.c and experiment.c share. */
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
/* ---- guide.c ---- */
/* With its choices; open: the chosen one is marked. */
void lesson_question(const struct screen_guide *, const struct guide_question *, bool open, struct str *);
void lesson_outcome(struct screen_run *, unsigned what); /* PLAY_*: an answer settled, the step broken, gone astray */
void lesson_go_on(struct screen_run *); /* says whatever can be said without the learner's doing anything */
void lesson_step(struct screen_run *, u32 step, bool fresh); /* begins it */
void lesson_do(struct screen_run *); /* what the guide is to do now */
/* ---- guide_enter.c ---- */
bool lesson_is_behind(struct screen_run *); /* another view covers what is to be read first */
/* ---- experiment.c ---- */
void lesson_experiment(struct screen_guide *, const struct guide_experiment *);
/* What Enter does while it is open, and the same for the footer. */
void lesson_experiment_open(
	const struct screen_guide *, const struct guide_experiment *, struct str *out, struct str *lead);
/* Runs it with each of the values that the guide lists. */
void lesson_run_listed(struct screen_run *);

#endif
