/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What stage.c and below.c share. */
#ifndef VIEW_STAGE_H
#define VIEW_STAGE_H

#include "view/screen.h"

/* Each draws from `row` on and returns how many rows it took. */
int stage_holders(
	struct canvas *, struct area, int row, const struct scene *, u32 pipe, bool named);
int stage_reason(
	struct canvas *, struct area, int row, const struct scene *, const struct view_state *);
/* Where each of these processes stands, in the source's own words: only where there is room for all. */
void stage_lines(struct canvas *, struct area, int row, const struct scene *,
	const struct view_state *, const u32 *procs, int n);
bool stage_shows_holders(const struct view_state *);
/* ---- stage_memory.c ---- */
/* There is shared memory, or a lock, to be drawn. */
bool stage_has_memory(const struct scene *, const struct view_state *);
/* And no pipe: the memory is the picture. */
bool stage_is_memory(const struct scene *, const struct view_state *);
/* "▲ store  ▼ load", where the picture has such marks and there are so many columns. */
void stage_legend(const struct scene *, const struct view_state *, int cols, struct str *);
/* Returns the rows it took; `tasks`: with those who use it. */
int stage_memory_draw(struct canvas *, struct area, int row, const struct scene *,
	const struct view_state *, bool tasks);
int stage_memory_rows(const struct scene *, const struct view_state *, int cols, bool tasks);

/* ---- queue.c: a message queue as a mailbox ---- */
u32 mailbox_shown(const struct scene *, const struct view_state *); /* the queue that is the picture, 0 none */
int mailbox_draw(struct canvas *, struct area, int row, const struct scene *, const struct view_state *, u32 queue);

/* The source line a frame stands at, without the blanks before it. */
bool stage_source_text(const struct scene *, const struct frame *, struct str *);

#endif
