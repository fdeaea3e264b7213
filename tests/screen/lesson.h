/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A step of the first lab at the moment when its first question is open, from steps/NN.ipclog and
 * lab.md, as the lab's screen and as `ipclab replay` show it. */
#ifndef LESSON_H
#define LESSON_H

#include "lab/lib.h"
#include "session/lib.h"
#include "view/screen.h"

/* A shape of screen, by number: 80x24 and 140x40, then both in ASCII. */
enum { STEPS = 11, SHAPES = 4 };
static inline int rows_of(int shape)
{
	return shape & 1 ? 40 : 24;
}
static inline int cols_of(int shape)
{
	return shape & 1 ? 140 : 80;
}
static inline bool is_ascii(int shape)
{
	return shape & 2;
}

const char *source_dir(void);

struct lesson {
	struct guide *guide;
	const struct guide_step *step;
	const struct guide_question *question; /* NULL: this step has none */
	int enters;                            /* do blocks before it */
	struct str text, heading, lead;
	size_t old_len; /* of the text before the newest part */
	const char *actors[LAB_ACTORS_MAX];
	u32 actors_n;
	struct session *session;
};
/* What is said up to that moment; step from 1. No session yet. */
void lesson_open(struct lesson *, u32 step);
void lesson_close(struct lesson *);

struct frame_wanted {
	u32 step;
	int shape;
	bool replay;   /* as `ipclab replay` shows the recording's end; else as the lab does */
	bool question; /* the lab: open */
	bool bare;     /* the lab: no text of the guide, everything else in sight */
	enum pane lower;
};
/* The screen as text. reasons: a line for each task that waits, why; returns their number. */
u32 lesson_draw(const struct frame_wanted *, struct str *screen, struct str *reasons);

#endif
