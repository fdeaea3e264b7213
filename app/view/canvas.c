/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "view/canvas.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- characters ---- */

/* First to last, of those that take two columns: what East Asian Width (UAX 11) calls W and F. */
static const u32 wide_ranges[][2] = {
	{0x1100, 0x115f},
	{0x231a, 0x231b},
	{0x2e80, 0x303e},
	{0x3041, 0xa4cf},
	{0xac00, 0xd7a3},
	{0xf900, 0xfaff},
	{0xfe30, 0xfe6f},
	{0xff00, 0xff60},
	{0xffe0, 0xffe6},
	{0x1f300, 0x1faff},
	{0x20000, 0x3fffd},
};
/* Those that take none. */
static const u32 combining_ranges[][2] = {
	{0x0300, 0x036f},
	{0x0483, 0x0489},
	{0x0591, 0x05bd},
	{0x064b, 0x065f},
	{0x0e31, 0x0e3a},
	{0x1ab0, 0x1aff},
	{0x1dc0, 0x1dff},
	{0x200b, 0x200f},
	{0x20d0, 0x20ff},
	{0xfe00, 0xfe0f},
	{0xfe20, 0xfe2f},
};
/* Characters that reorder a line; never drawn. */
static const u32 unsafe_ranges[][2] = {
	{0x0000, 0x001f},
	{0x007f, 0x009f},
	{0x200e, 0x200f},
	{0x2028, 0x202e},
	{0x2060, 0x206f},
	{0xd800, 0xdfff},
	{0xfeff, 0xfeff},
	{0xfff9, 0xfffb},
};

static bool in_ranges(u32 ch, const u32 (*range)[2], size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (ch >= range[i][0] && ch <= range[i][1])
			return true;
	return false;
}

/* One UTF-8 character at s; its length in bytes, 0 when it is none. */
static int decode(const unsigned char *s, u32 *ch)
{
	static const u32 least[5] = {0, 0, 0x80, 0x800, 0x10000};
	int n = s[0] < 0x80   ? 1
		: s[0] < 0xc2 ? 0
		: s[0] < 0xe0 ? 2
		: s[0] < 0xf0 ? 3
		: s[0] < 0xf5 ? 4
			      : 0;

	if (n <= 1) {
		*ch = s[0];
		return n;
	}
	*ch = s[0] & (0x7fu >> n);
	for (int i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		*ch = *ch << 6 | (s[i] & 0x3fu);
	}
	return *ch >= least[n] && *ch <= 0x10ffff ? n : 0;
}

u32 text_next(const char **text, int *width)
{
	u32 ch;
	int n = decode((const unsigned char *)*text, &ch);

	*text += n ? n : 1;
	*width = 1;
	if (!n || in_ranges(ch, unsafe_ranges, ARRAY_LEN(unsafe_ranges)))
		return '?';
	if (ch >= 0x300 && in_ranges(ch, combining_ranges, ARRAY_LEN(combining_ranges)))
		*width = 0;
	else if (ch >= 0x1100 && in_ranges(ch, wide_ranges, ARRAY_LEN(wide_ranges)))
		*width = 2;
	return ch;
}

int text_width(const char *text)
{
	int width, sum = 0;

	while (*text) {
		text_next(&text, &width);
		sum += width;
	}
	return sum;
}

/* SCREEN.md "Glyphs": the characters outside ASCII that pictures are made of. */
static u32 ascii_of(u32 ch)
{
	static const char twice[] = "=|++++++"; /* of U+2550, 2551, 2552.. */

	if (ch < 0x80)
		return ch;
	if (ch >= 0x2550 && ch <= 0x256c)
		return (u32)(unsigned char)(ch - 0x2550 < 2 ? twice[ch - 0x2550] : '+');
	switch (ch) {
	case 0x2500: return '-';
	case 0x2502: return '|';
	case 0x2190: return '<';
	case 0x2192: return '>';
	case 0x25b2: return '^';
	case 0x25bc: return 'v';
	case 0x2591: return '.';
	case 0x2592: return ':';
	case 0x2588: return '#';
	case 0x25a0: return '*';
	case 0x00b7: return '.';
	case 0x00d7: return 'x';
	}
	return ch > 0x2500 && ch < 0x2580 ? '+' : '?';
}

/* ---- the grid ---- */

struct canvas *canvas_create(int rows, int cols, bool ascii)
{
	struct canvas *c = xmalloc(sizeof *c);

	c->rows = rows < 1 ? 1 : rows > 1000 ? 1000 : rows;
	c->cols = cols < 1 ? 1 : cols > 1000 ? 1000 : cols;
	c->ascii = ascii;
	c->cells = xmalloc((size_t)c->rows * (size_t)c->cols * sizeof *c->cells);
	canvas_clear(c);
	return c;
}

void canvas_destroy(struct canvas *c)
{
	if (!c)
		return;
	free(c->cells);
	free(c);
}

void canvas_clear(struct canvas *c)
{
	for (int i = 0; i < c->rows * c->cols; i++)
		c->cells[i] = (struct cell){.ch = ' ', .wide = 1};
	c->cursor_row = c->cursor_col = -1;
}

struct area canvas_area(const struct canvas *c)
{
	return (struct area){0, 0, c->rows, c->cols};
}

static int at_most(int a, int b)
{
	return a < b ? a : b;
}

struct area area_cut(struct area in, int row, int col, int rows, int cols)
{
	struct area out = {in.row + row, in.col + col, at_most(rows, in.rows - row),
		at_most(cols, in.cols - col)};

	if (out.rows < 0)
		out.rows = 0;
	if (out.cols < 0)
		out.cols = 0;
	return out;
}

/* The cell at a place of the area, NULL outside. */
static struct cell *cell_at(struct canvas *c, struct area a, int row, int col)
{
	if (row < 0 || col < 0 || row >= a.rows || col >= a.cols)
		return NULL;
	row += a.row;
	col += a.col;
	if (row < 0 || col < 0 || row >= c->rows || col >= c->cols)
		return NULL;
	return &c->cells[row * c->cols + col];
}

/* Whatever shares columns with this cell becomes blank: half a wide character cannot stay. */
static void clear_wide(struct canvas *c, struct cell *cell)
{
	size_t col = (size_t)(cell - c->cells) % (size_t)c->cols;

	if (cell->wide == 2 && col + 1 < (size_t)c->cols)
		cell[1] = (struct cell){.ch = ' ', .wide = 1};
	else if (cell->ch == 0 && col > 0)
		cell[-1] = (struct cell){.ch = ' ', .wide = 1};
}

static void put_char(
	struct canvas *c, struct area a, int row, int col, unsigned at, u32 ch, int width)
{
	struct cell *cell = cell_at(c, a, row, col);

	if (width == 0) {
		cell = cell_at(c, a, row, col - 1);
		if (cell && cell->ch == 0)
			cell = cell_at(c, a, row, col - 2);
		if (cell && !c->ascii && cell->ch != ' ')
			cell->mark = ch;
		return;
	}
	if (!cell)
		return;
	clear_wide(c, cell);
	*cell = (struct cell){.ch = c->ascii ? ascii_of(ch) : ch, .at = (u16)at, .wide = 1};
	if (width == 1)
		return;
	struct cell *half = cell_at(c, a, row, col + 1);
	if (!half) {
		cell->ch = ' '; /* no room for the whole of it */
		return;
	}
	clear_wide(c, half);
	*half = (struct cell){.ch = c->ascii ? ' ' : 0, .at = (u16)at, .wide = 1};
	cell->wide = c->ascii ? 1 : 2;
}

int canvas_put(struct canvas *c, struct area a, int row, int col, unsigned at, const char *text)
{
	int width;

	while (*text) {
		u32 ch = text_next(&text, &width);

		put_char(c, a, row, col, at, ch, width);
		col += width;
	}
	return col;
}

int canvas_putf(
	struct canvas *c, struct area a, int row, int col, unsigned at, const char *fmt, ...)
{
	struct str s = {0};
	va_list args;

	va_start(args, fmt);
	str_vaddf(&s, fmt, args);
	va_end(args);
	col = canvas_put(c, a, row, col, at, str_get(&s));
	str_finish(&s);
	return col;
}

void canvas_put_right(
	struct canvas *c, struct area a, int row, int right, unsigned at, const char *text)
{
	canvas_put(c, a, row, right - text_width(text), at, text);
}

int canvas_put_cut(
	struct canvas *c, struct area a, int row, int col, int cols, unsigned at, const char *text)
{
	bool cut = text_width(text) > cols;
	int end = cols + col - (cut && cols > 4 ? 2 : 0), width;

	while (*text) {
		const char *next = text;
		u32 ch = text_next(&next, &width);

		if (col + width > end)
			break;
		put_char(c, a, row, col, at, ch, width);
		col += width;
		text = next;
	}
	return cut && cols > 4 ? canvas_put(c, a, row, col, at, "..") : col;
}

void canvas_tint(struct canvas *c, struct area a, int row, int col, int cols, unsigned at)
{
	for (int i = 0; i < cols; i++) {
		struct cell *cell = cell_at(c, a, row, col + i);

		if (cell)
			cell->at = (u16)(cell->at | at);
	}
}

/* ---- words ---- */

/* How many bytes of text make a line of at most cols columns; *next begins the following one. */
static size_t line_break(const char *text, int cols, const char **next)
{
	const char *p = text, *word = NULL;
	int width, sum = 0;

	while (*p && *p != '\n') {
		const char *before = p;

		if (*p == ' ')
			word = p;
		text_next(&p, &width);
		sum += width;
		if (sum > cols && before > text) {
			const char *end = *before == ' ' ? before : word ? word : before;

			for (*next = end; **next == ' '; ++*next)
				;
			return (size_t)(end - text);
		}
	}
	*next = *p == '\n' ? p + 1 : p;
	return (size_t)(p - text);
}

/* What is indented as a quotation is stays so where it is broken. */
static int indent_of(const char *text, int cols)
{
	int n = (int)strspn(text, " ");

	return n >= 3 && n <= cols / 2 ? n : 0;
}

int canvas_wrap(
	struct canvas *c, struct area a, int row, int col, unsigned at, const char *text, int skip)
{
	struct str line = {0};
	int n = 0, cols = a.cols - col, indent = 0;
	bool begins = true;

	while (*text) {
		int shift = begins ? 0 : indent;
		const char *next;
		size_t len = line_break(text, cols - shift < 1 ? 1 : cols - shift, &next);

		if (begins)
			indent = indent_of(text, cols);
		if (c && n >= skip) {
			str_clear(&line);
			str_add_bytes(&line, text, len);
			canvas_put(c, a, row + n - skip, col + shift, at, str_get(&line));
		}
		begins = text[len] == '\n';
		text = next;
		n++;
	}
	str_finish(&line);
	return n;
}

int canvas_wrap_lines(int cols, const char *text)
{
	return canvas_wrap(NULL, (struct area){.cols = cols}, 0, 0, 0, text, 0);
}

/* ---- frames ---- */

static void put_run(struct canvas *c, struct area a, int row, int from, int to, unsigned at, u32 ch)
{
	for (int col = from; col < to; col++)
		put_char(c, a, row, col, at, ch, 1);
}

void canvas_rule(
	struct canvas *c, struct area a, int row, const char *title, const char *right, bool focus)
{
	put_run(c, a, row, 0, a.cols, AT_DIM, 0x2500);
	if (right && *right && text_width(right) + 6 < a.cols) {
		int col = a.cols - text_width(right) - 3;

		canvas_putf(c, a, row, col, AT_DIM, " %s ", right);
	}
	if (!title || !*title)
		return;
	canvas_putf(c, a, row, 2, AT_TITLE | (focus ? AT_SELECTED : 0), " %s ", title);
	if (focus)
		canvas_put(c, a, row, 1, AT_TITLE, ">");
}

void canvas_box(struct canvas *c, struct area clip, struct area box, bool twice, const char *name,
	unsigned at)
{
	static const u32 lines[2][6] = {
		{0x2500, 0x2502, 0x250c, 0x2510, 0x2514, 0x2518},
		{0x2550, 0x2551, 0x2554, 0x2557, 0x255a, 0x255d},
	};
	const u32 *l = lines[twice];
	int bottom = box.row + box.rows - 1, right = box.col + box.cols - 1;

	if (box.rows < 2 || box.cols < 2)
		return;
	put_run(c, clip, box.row, box.col + 1, right, at, l[0]);
	put_run(c, clip, bottom, box.col + 1, right, at, l[0]);
	for (int row = box.row + 1; row < bottom; row++) {
		put_char(c, clip, row, box.col, at, l[1], 1);
		put_char(c, clip, row, right, at, l[1], 1);
	}
	put_char(c, clip, box.row, box.col, at, l[2], 1);
	put_char(c, clip, box.row, right, at, l[3], 1);
	put_char(c, clip, bottom, box.col, at, l[4], 1);
	put_char(c, clip, bottom, right, at, l[5], 1);
	if (name && text_width(name) + 5 < box.cols)
		canvas_putf(c, clip, box.row, box.col + 2, AT_TITLE | at, " %s ", name);
}

void canvas_cursor(struct canvas *c, struct area a, int row, int col)
{
	if (!cell_at(c, a, row, col))
		return;
	c->cursor_row = a.row + row;
	c->cursor_col = a.col + col;
}

/* ---- plain lines ---- */

static void add_utf8(struct str *out, u32 ch)
{
	char b[4];
	size_t n = 0;

	if (ch < 0x80) {
		b[n++] = (char)ch;
	} else if (ch < 0x800) {
		b[n++] = (char)(0xc0 | ch >> 6);
		b[n++] = (char)(0x80 | (ch & 0x3f));
	} else if (ch < 0x10000) {
		b[n++] = (char)(0xe0 | ch >> 12);
		b[n++] = (char)(0x80 | (ch >> 6 & 0x3f));
		b[n++] = (char)(0x80 | (ch & 0x3f));
	} else {
		b[n++] = (char)(0xf0 | ch >> 18);
		b[n++] = (char)(0x80 | (ch >> 12 & 0x3f));
		b[n++] = (char)(0x80 | (ch >> 6 & 0x3f));
		b[n++] = (char)(0x80 | (ch & 0x3f));
	}
	str_add_bytes(out, b, n);
}

void canvas_text(const struct canvas *c, struct str *out)
{
	for (int row = 0; row < c->rows; row++) {
		const struct cell *line = &c->cells[row * c->cols];
		int end = c->cols;

		while (end > 0 && line[end - 1].ch == ' ' && !line[end - 1].mark)
			end--;
		for (int col = 0; col < end; col++) {
			if (line[col].ch)
				add_utf8(out, line[col].ch);
			if (line[col].mark)
				add_utf8(out, line[col].mark);
		}
		str_add(out, "\n");
	}
}
