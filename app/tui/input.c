/* SPDX-License-Identifier: GPL-3.0-or-later */
/* NAV mode: one key at a time, as numbers of view/keys.h. */
#include <curses.h>
#include <wctype.h>

#include "tui/private.h"

static u32 special(wint_t key)
{
	switch (key) {
	case KEY_UP: return K_UP;
	case KEY_DOWN: return K_DOWN;
	case KEY_LEFT: return K_LEFT;
	case KEY_RIGHT: return K_RIGHT;
	case KEY_PPAGE: return K_PAGE_UP;
	case KEY_NPAGE: return K_PAGE_DOWN;
	case KEY_HOME: return K_HOME;
	case KEY_END: return K_END;
	case KEY_BTAB: return K_BACK_TAB;
	case KEY_ENTER: return K_ENTER;
	case KEY_F(1): return K_F1;
	default: return 0; /* KEY_RESIZE among them: the size is learnt from SIGWINCH */
	}
}

/* The full-width forms an input method makes of : / ? . */
static u32 narrow(u32 key)
{
	return key == 0xff1a ? ':' : key == 0xff0f ? '/' : key == 0xff1f ? '?' : key;
}

/* How many of these bytes make the first key. */
static size_t key_bytes(const unsigned char *b, size_t n)
{
	size_t i;

	if (b[0] == 033 && n > 1 && (b[1] == '[' || b[1] == 'O')) {
		for (i = 2; i < n && (b[i] < 0x40 || b[i] > 0x7e); i++)
			;
		return i < n ? i + 1 : n;
	}
	for (i = 1; i < n && b[0] >= 0xc0 && (b[i] & 0xc0) == 0x80; i++)
		;
	return i;
}

/* What was read already goes through ncurses one key at a time: the rest may be for readline. */
static void push_ahead(struct term *t)
{
	unsigned char bytes[sizeof t->ahead];
	size_t n;

	if (!t->ahead_n)
		return;
	n = term_take_ahead(t, bytes, key_bytes(t->ahead, t->ahead_n));
	while (n)
		ungetch(bytes[--n]);
}

u32 input_key(struct term *t)
{
	wint_t key;

	push_ahead(t);
	for (;;) {
		int kind = wget_wch(stdscr, &key);

		if (kind == ERR)
			return 0;
		if (kind == KEY_CODE_YES) {
			u32 code = special(key);

			if (code)
				return code;
			continue;
		}
		if (key == 033) {
			/* Esc, then '[': an arrow that a slow line has torn apart. It means neither. */
			if (wget_wch(stdscr, &key) != OK)
				return K_ESC;
			if (key != '[') {
				unget_wch((wchar_t)key);
				return K_ESC;
			}
			wget_wch(stdscr, &key);
			continue;
		}
		if (key == '\n')
			return K_ENTER;
		if (key)
			return narrow((u32)key);
	}
}

bool input_is_foreign(u32 key)
{
	return key >= 0x80 && key < 0x110000;
}
