/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Canvas -> ncurses, and what a meaning looks like. Colour repeats what words have said. */
#include <curses.h>

#include "tui/private.h"

void paint_begin(struct term *t)
{
	if (!t->color)
		return;
	start_color();
	use_default_colors();
	init_pair(AT_RUNNING, COLOR_GREEN, -1);
	init_pair(AT_POISED, COLOR_CYAN, -1);
	init_pair(AT_BLOCKED, COLOR_RED, -1);
	init_pair(AT_GONE, COLOR_MAGENTA, -1);
	init_pair(5, COLOR_YELLOW, -1); /* the mark */
}

static attr_t look(const struct term *t, unsigned at, short *pair)
{
	attr_t a = A_NORMAL;

	*pair = t->color ? (short)(at & AT_STATE) : 0;
	if (t->color && at & AT_MARK)
		*pair = 5;
	if (at & (AT_TITLE | AT_STRONG))
		a |= A_BOLD;
	if (at & AT_MARK)
		a |= A_BOLD;
	if (at & AT_DIM)
		a |= A_DIM;
	if ((at & AT_STATE) == AT_BLOCKED)
		a |= A_BOLD;
	if (at & AT_SELECTED)
		a |= A_REVERSE;
	return a;
}

void paint(struct term *t)
{
	const struct canvas *c = t->canvas;
	cchar_t cell;
	wchar_t text[3];

	for (int row = 0; row < c->rows; row++)
		for (int col = 0; col < c->cols; col++) {
			const struct cell *from = &c->cells[row * c->cols + col];
			short pair;
			attr_t a = look(t, from->at, &pair);

			if (!from->ch)
				continue; /* the right half of a wide one */
			text[0] = (wchar_t)from->ch;
			text[1] = (wchar_t)from->mark;
			text[2] = 0;
			if (setcchar(&cell, text, a, pair, NULL) == OK)
				mvadd_wch(row, col, &cell);
		}
	if (c->cursor_row >= 0) {
		curs_set(1);
		move(c->cursor_row, c->cursor_col);
	} else {
		curs_set(0);
		move(0, 0);
	}
	refresh();
}

void paint_anew(struct term *t)
{
	(void)t;
	clearok(curscr, TRUE);
}
