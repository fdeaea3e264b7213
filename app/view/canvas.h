/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * canvas: a grid of cells with text in it, and no terminal. Attributes say what a cell means, not
 * how it looks: tui gives them colours, tests and :save-display read the plain lines. Text is
 * UTF-8; what a program wrote is escaped before it comes here, any other control character is
 * drawn as '?'. Everything is clipped: no size and no text is too small or too long.
 *
 * file          | what it holds
 * canvas.c      | the grid: text, rules, boxes, wrapped text, plain lines
 * screen.h      | the panes drawn on it
 */
#ifndef VIEW_CANVAS_H
#define VIEW_CANVAS_H

#include "base/lib.h"

/* What a cell means. One of the states at most; the others may be combined. */
enum {
	AT_PLAIN = 0,
	AT_RUNNING = 1, /* states of a task, and full, empty of a pipe */
	AT_POISED = 2,
	AT_BLOCKED = 3,
	AT_GONE = 4,
	AT_STATE = 7,       /* mask of the above */
	AT_TITLE = 1 << 3,  /* a pane's or an object's name */
	AT_STRONG = 1 << 4, /* to be read first */
	AT_DIM = 1 << 5,    /* frames, what is past */
	AT_MARK = 1 << 6,   /* the last event touched it */
	AT_SELECTED = 1 << 7,
};

struct cell {
	u32 ch;   /* Unicode; 0: the right half of a wide character */
	u32 mark; /* a combining character over it, 0 none */
	u16 at;   /* AT_* */
	u16 wide; /* columns it takes: 1 or 2 */
};

struct canvas {
	int rows, cols;
	bool ascii;                 /* frames and arrows in ASCII; other characters too, as '?' */
	int cursor_row, cursor_col; /* where the terminal's cursor rests; -1: nowhere */
	struct cell *cells;
};

/* A rectangle of the canvas; rows and columns of a call are counted from its corner, and nothing
 * is drawn outside it. May be empty, or hang over the canvas's edge. */
struct area {
	int row, col, rows, cols;
};

struct canvas *canvas_create(int rows, int cols, bool ascii); /* at least 1 x 1 */
void canvas_destroy(struct canvas *);                         /* NULL is fine */
void canvas_clear(struct canvas *);
struct area canvas_area(const struct canvas *);
/* The part of `in` that begins at row, col and is at most rows x cols large. */
struct area area_cut(struct area in, int row, int col, int rows, int cols);

/* Returns the column behind the text, drawn or not. */
int canvas_put(struct canvas *, struct area, int row, int col, unsigned at, const char *text);
int canvas_putf(struct canvas *, struct area, int row, int col, unsigned at, const char *fmt, ...)
	PRINTF_LIKE(6, 7);
/* The text's last column is right - 1. */
void canvas_put_right(
	struct canvas *, struct area, int row, int right, unsigned at, const char *text);
/* At most `cols` columns of it; what was cut off is said by two dots. */
int canvas_put_cut(
	struct canvas *, struct area, int row, int col, int cols, unsigned at, const char *text);
/* Adds attributes to cells that are there. */
void canvas_tint(struct canvas *, struct area, int row, int col, int cols, unsigned at);
/* Words wrapped between col and the area's right edge, from line `skip` of them; newlines break.
 * Returns how many lines the text has in all. */
int canvas_wrap(
	struct canvas *, struct area, int row, int col, unsigned at, const char *text, int skip);
int canvas_wrap_lines(int cols, const char *text);
/* "── title ────── right ─" over the whole width; `focus`: marked with ">" and selected. */
void canvas_rule(
	struct canvas *, struct area, int row, const char *title, const char *right, bool focus);
/* A frame of single or double lines around `box` (inside `clip`), its name in the top line. */
void canvas_box(struct canvas *, struct area clip, struct area box, bool twice, const char *name,
	unsigned at);
/* Where the terminal's cursor is to rest. */
void canvas_cursor(struct canvas *, struct area, int row, int col);

/* Columns a text takes. */
int text_width(const char *text);
/* The next character of UTF-8 text: its number ('?' for a stray byte or a control character) and
 * its columns (0, 1, 2); advances *text. */
u32 text_next(const char **text, int *width);

/* The plain lines, blanks at the end of each cut, each with its newline. */
void canvas_text(const struct canvas *, struct str *);

#endif
