/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Descriptor tables, one a process, side by side: [0], [1], ... and where each number leads. Numbers that lead
 * to one open file bear the same letter.
 *
 * file      | what it holds
 * fdtable.c | the tables, as the picture of the stage and as words
 * link.c    | link cards: what is between processes, question by question
 */
#ifndef VIEW_FDTABLE_H
#define VIEW_FDTABLE_H

#include "view/screen.h"

/* The step wants tables for a picture. */
bool fdtable_is_stage(const struct view_state *);
/* Draws from `row` on (c NULL: nothing); returns how many rows it took. */
int fdtable_draw(struct canvas *c, struct area, int row, const struct scene *, const struct view_state *);
/* "pipe1, to write", "the terminal", "out.txt, to write, 6 bytes written": where an open file leads. A phrase. */
void words_open_file(const struct scene *, u32 file, bool brief, struct str *);
/* Every descriptor of a process, one a line. */
void words_fd_table(const struct scene *, u32 proc, struct str *);
/* 'A', 'B', ... when several numbers lead to it, and it is no terminal; 0: none. */
char fdtable_letter(const struct scene *, u32 file);

/* ---- link.c ---- */
/* One answer a line: "direction  one way ...". STYLE_PLAIN: the same as sentences. */
void link_card(const struct scene *, u32 object_kind, u32 object, struct str *);
/* The cards of all that is between processes now; that of the selected task's call first. */
void link_cards(const struct scene *, u32 selected, struct str *);

#endif
