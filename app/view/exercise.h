/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * exercise: a learner's result on the canvas (PICTURES.md, "EXERCISE RESULT"): the checks, one line each, and what is to be
 * known of the one that is open. Only words and numbers come in here; whoever has a result fills them in.
 */
#ifndef VIEW_EXERCISE_H
#define VIEW_EXERCISE_H

#include "view/canvas.h"

struct exercise_row {
	const char *name, *verdict;
	u32 score, points;
	bool run, passed;
};
struct exercise_section {
	const char *label; /* "why"; "": it goes on under the one above */
	const char *text;
};
struct exercise_source {
	u32 number;
	const char *text;
};
struct exercise_view {
	const char *id, *title;
	u32 tries, score, points;
	bool stale;         /* the files have changed since: what is shown is of the last try, and says so */
	bool busy;          /* it is being checked */
	const struct exercise_row *rows;
	size_t rows_n, selected;
	const struct exercise_section *sections;
	size_t sections_n;
	const char *source; /* name of the file; NULL: no line is shown */
	u32 line;           /* the one that matters */
	const struct exercise_source *lines;
	size_t lines_n;
	const char *foot;   /* below it all, lines; "" */
	const char *text;   /* in place of all that: a hint, help; NULL */
	const char *text_title;
	bool text_flows;          /* its paragraphs are to be broken anew */
	const char *keys;   /* last row */
	const char *message; /* in place of keys; NULL */
	int scroll;
};
/* Draws it; returns how many lines the middle part has beyond its room, so that scroll can be bounded. */
int exercise_draw(struct canvas *, const struct exercise_view *);

#endif
