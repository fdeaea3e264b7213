/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What home.c and home_list.c share: the list of labs, each with its exercises. */
#ifndef TUI_HOME_H
#define TUI_HOME_H

#include "progress/lib.h"
#include "tui/exercise.h"

/* What a row of the list stands for: a lab, or an exercise. */
struct home_entry {
	const struct lab *lab;
	const struct exercise *exercise;
	char number[8], after[8];
	struct str slides;
};

struct home_screen {
	struct term *term;
	const struct labs *labs;
	struct exercises exercises;
	struct home home;
	struct home_lab *list;
	struct home_entry *entries;  /* as list */
	struct str resume, review;   /* their rows' words */
	size_t resumed;              /* the entry it goes on with */
	const struct lab *open;
	const struct exercise *open_exercise;
	bool reviewing;
	bool leaving, once; /* ^C was pressed once */
	enum line_use line_use;
	char *find;
};

/* ---- home_list.c ---- */
void home_list(struct home_screen *);
void home_list_finish(struct home_screen *);

#endif
