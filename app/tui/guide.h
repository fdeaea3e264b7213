/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What guide.c and experiment.c share. */
#ifndef TUI_GUIDE_H
#define TUI_GUIDE_H

#include "lab/lib.h"
#include "progress/lib.h"
#include "tui/private.h"

struct screen_guide {
	const struct lab *lab;
	struct guide *guide;
	struct lab_host lab_host;
	struct guide_host host;
	struct guide_play *play;
	struct progress *progress;
	struct str text;    /* of this step, so far */
	struct str pane;    /* with what is open below it */
	struct str heading; /* "6/9  Who holds the write end?" */
	struct str lead;    /* first item of the footer */
	int old_lines;      /* of the text before the newest part; -1: nothing is new */
	size_t old_len;
	u32 chosen;
	enum key_id skipping; /* a move that was refused: the same again skips the question */
	bool counted;         /* this step's end is in progress */
	bool fresh;           /* the session was replaced while the guide moved */
	VEC(struct guide_row) rows;
	const struct guide_experiment *rows_of;
};

/* A new part of the step's text begins: what stood there before may scroll away. */
void lesson_part(struct screen_guide *);
void lesson_paragraph(struct screen_guide *, const char *text);
/* ---- experiment.c ---- */
void lesson_experiment(struct screen_guide *, const struct guide_experiment *);
void lesson_rows_clear(struct screen_guide *);

#endif
