/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What stage.c, stage_layout.c and stage_draw.c share: the picture of up to three processes. */
#ifndef VIEW_STAGE_LAYOUT_H
#define VIEW_STAGE_LAYOUT_H

#include "view/stage.h"

enum { PROCS_MAX = 3, PIPES_MAX = 3, ENDS_MAX = 4, CARD_ROWS = 4 };

struct box { /* a pipe in the picture, a pair of sockets, or a thing */
	u32 pipe, socket;
	struct thing thing; /* kind 0: none */
	int row, rows; /* with its frame */
};

struct picture {
	u32 proc[PROCS_MAX];
	int procs;
	struct box box[PIPES_MAX];
	int boxes, more_pipes;
	int margin, card, label, width; /* columns: left margin, card, label with its arrow, box */
	int box_col, right_col;
	int rows;
};

/* Both directions' ends of a pipe that lead to one side, by process, then descriptor. */
struct arrow {
	u32 proc;
	i32 fd;
	u32 access;
};

/* ---- stage_layout.c ---- */
int stage_procs_count(const struct scene *, bool living);
void stage_layout(const struct scene *, const struct view_state *, int cols, struct picture *);
int stage_arrows(const struct scene *, const struct picture *, const struct box *, bool left, struct arrow *, int max);
bool stage_is_turned(const struct scene *, const struct picture *, const struct box *);

/* ---- stage_draw.c ---- */
void stage_draw_alone(struct canvas *, struct area, const struct scene *, const struct view_state *, u32 proc);
void stage_draw_picture(struct canvas *, struct area, const struct scene *, const struct view_state *,
	const struct picture *);

#endif
