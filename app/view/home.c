/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list of labs: groups, the labs that there are, what the selected one is about. */
#include <stdio.h>
#include <string.h>

#include "view/screen.h"

static int done_count(const struct home *h)
{
	int n = 0;

	for (size_t i = 0; i < h->n; i++)
		n += h->labs[i].steps > 0 && h->labs[i].done >= h->labs[i].steps;
	return n;
}

static int right_of(struct area a)
{
	return a.cols < 80 ? a.cols : 80;
}

/* Columns, from the right: what the rule above them names. */
enum { COL_CORE = 38, COL_MINUTES = 32, COL_STEPS = 23, COL_PREDICTED = 13 };

static void draw_lab(
	struct canvas *c, struct area a, int row, const struct home_lab *lab, bool selected)
{
	int right = right_of(a), at = lab->exercise ? 9 : 6;
	unsigned how = lab->exercise ? 0 : AT_TITLE;

	canvas_put(c, a, row, 1, AT_TITLE, selected ? ">" : " ");
	if (!lab->exercise)
		canvas_put(c, a, row, 3, AT_DIM, lab->first);
	canvas_put_cut(c, a, row, at, right - (lab->core ? COL_CORE : COL_MINUTES) - at - 1, how | (selected ? AT_SELECTED : 0), lab->title);
	if (selected)
		canvas_cursor(c, a, row, at);
	if (lab->wrong) {
		canvas_put(c, a, row, right - COL_MINUTES + 1, AT_STRONG, "cannot be read");
		return;
	}
	if (lab->minutes)
		canvas_putf(c, a, row, right - COL_MINUTES + 1, 0, "%3d", lab->minutes);
	if (lab->steps)
		canvas_putf(c, a, row, right - COL_STEPS + 1, 0, "%2d/%d", lab->done, lab->steps);
	if (lab->asked)
		canvas_putf(c, a, row, right - COL_PREDICTED + 1, 0, "%2d of %d", lab->predicted, lab->questions);
	else if (lab->after && !lab->done)
		canvas_putf(c, a, row, right - COL_PREDICTED + 1, AT_DIM, "after %s", lab->after);
	if (lab->core)
		canvas_put(c, a, row, right - COL_CORE, AT_DIM, "core");
}

static void draw_group(struct canvas *c, struct area a, int row, const char *group)
{
	static const struct {
		int col;
		const char *name;
	} columns[] = {{COL_MINUTES, " min "}, {COL_STEPS, " steps "}, {COL_PREDICTED, " predicted "}};

	canvas_rule(c, a, row, group, NULL, false);
	for (size_t i = 0; i < ARRAY_LEN(columns); i++)
		canvas_put(c, a, row, right_of(a) - columns[i].col, AT_DIM, columns[i].name);
}

/* "5 labs, 7 exercises" of from..to - 1. */
static void count_words(const struct home *h, size_t from, size_t to, struct str *out)
{
	size_t labs = 0, all = to - from;

	for (size_t i = from; i < to; i++)
		labs += !h->labs[i].exercise;
	if (labs)
		str_addf(out, "%zu %s", labs, labs == 1 ? "lab" : "labs");
	if (labs < all)
		str_addf(out, "%s%zu %s", labs ? ", " : "", all - labs, all - labs == 1 ? "exercise" : "exercises");
}

/* "+ Shared memory        06 to 10      5 labs, 7 exercises": from..to - 1. */
static void draw_folded(struct canvas *c, struct area a, int row, const struct home *h, size_t from, size_t to)
{
	size_t last = to - 1;
	struct str count = {0};

	while (last > from && h->labs[last].exercise && !h->labs[from].exercise)
		last--;
	count_words(h, from, to, &count);
	canvas_put(c, a, row, 1, AT_TITLE, "+");
	canvas_put_cut(c, a, row, 3, 20, AT_TITLE, h->labs[from].group);
	if (strcmp(h->labs[from].first, h->labs[last].first) == 0)
		canvas_put(c, a, row, 24, AT_DIM, h->labs[from].first);
	else
		canvas_putf(c, a, row, 24, AT_DIM, "%s to %s", h->labs[from].first, h->labs[last].first);
	canvas_put(c, a, row, 38, AT_DIM, str_get(&count));
	str_finish(&count);
}

static size_t group_end(const struct home *h, size_t from)
{
	size_t to = from + 1;

	while (to < h->n && strcmp(h->labs[to].group, h->labs[from].group) == 0)
		to++;
	return to;
}

/* What there is room for. */
enum home_room {
	ROOM_ALL,      /* every group open */
	ROOM_GROUP,    /* the selected one's group; of the others a line each */
	ROOM_SELECTED, /* and of it only the exercises of the selected lab */
};

/* The lab under which a row stands: itself, or the one above an exercise. */
static size_t lab_of(const struct home *h, size_t i)
{
	while (i > 0 && h->labs[i].exercise && strcmp(h->labs[i - 1].group, h->labs[i].group) == 0)
		i--;
	return i;
}

static bool is_listed(const struct home *h, size_t i, enum home_room room)
{
	return room != ROOM_SELECTED || !h->labs[i].exercise || lab_of(h, i) == lab_of(h, h->selected);
}

/* How many rows groups and labs take, and in which row the selected one is. */
static int count_rows(const struct home *h, enum home_room room, int *selected)
{
	int rows = 0;

	*selected = 0;
	for (size_t from = 0, to; from < h->n; from = to) {
		bool open;

		to = group_end(h, from);
		open = room == ROOM_ALL || (h->selected >= from && h->selected < to);
		rows++;
		for (size_t i = from; open && i < to; i++) {
			if (i == h->selected)
				*selected = rows;
			rows += is_listed(h, i, room);
		}
	}
	return rows;
}

/* Groups with their labs. All of them where there is room; else the others are one line each, then the exercises of
 * other labs go, and if even that is too much, the selected row is in sight. */
static void draw_labs(struct canvas *c, struct area a, const struct home *h)
{
	enum home_room room = ROOM_ALL;
	int selected, row;

	while (count_rows(h, room, &selected) > a.rows && room != ROOM_SELECTED)
		room++;
	row = selected >= a.rows ? a.rows - 1 - selected : 0;
	for (size_t from = 0, to; from < h->n; from = to) {
		to = group_end(h, from);
		if (room != ROOM_ALL && !(h->selected >= from && h->selected < to)) {
			draw_folded(c, a, row++, h, from, to);
			continue;
		}
		draw_group(c, a, row++, h->labs[from].group);
		for (size_t i = from; i < to; i++)
			if (is_listed(h, i, room))
				draw_lab(c, a, row++, &h->labs[i], i == h->selected && !h->on_resume && !h->on_review);
	}
}

/* A row above the labs: what there is to go on with, and by which key. */
static void draw_row(struct canvas *c, struct area a, int row, const char *name, const char *text, const char *key, bool selected)
{
	int right = right_of(a);

	canvas_put(c, a, row, 1, AT_TITLE, selected ? ">" : " ");
	canvas_put(c, a, row, 3, 0, name);
	canvas_put_cut(c, a, row, 14, right - 22, AT_TITLE | (selected ? AT_SELECTED : 0), text);
	canvas_put(c, a, row, right - 7, AT_DIM, key);
	if (selected)
		canvas_cursor(c, a, row, 14);
}

/* Returns how many rows they are, with the rule above them. */
static int draw_rows(struct canvas *c, struct area a, const struct home *h)
{
	int row = 1;

	if (!h->resume && !h->review)
		return 0;
	canvas_rule(c, a, 0, NULL, NULL, false);
	if (h->resume)
		draw_row(c, a, row++, "Continue", h->resume, h->on_resume ? "Enter" : "", h->on_resume);
	if (h->review)
		draw_row(c, a, row++, "Review", h->review, "r", h->on_review);
	return row;
}

static void draw_help(struct canvas *c, struct area a, const struct home *h)
{
	struct str words = {0};

	canvas_rule(c, a, 0, pane_name(PANE_HELP), NULL, false);
	help_text(IN_HOME, &words);
	canvas_wrap(c, area_cut(a, 1, 0, a.rows - 1, a.cols), 0, 1, 0, str_get(&words), h->scroll);
	str_finish(&words);
}

/* Lines of a text that is read whole: as many as it needs, leaving the list three rows. */
static int text_rows(struct area all, const char *text, int least)
{
	int n = text ? canvas_wrap_lines(all.cols - 2, text) : 0, most = all.rows - 7;

	if (!text)
		return 0;
	return n < least ? least : n > most ? most : n;
}

static void draw_text(
	struct canvas *c, struct area all, int row, int rows, unsigned at, const char *text)
{
	canvas_wrap(c, area_cut(all, row, 0, rows, all.cols - 1), 0, 1, at, text, 0);
}

/* The last row or, for what is long, rows; with the rule above them. Returns their number. */
static int draw_foot(struct canvas *c, struct area all, const struct home *h)
{
	int rows = h->line || !h->message ? 1 : text_rows(all, h->message, 1);
	int row = all.rows - rows;

	canvas_rule(c, all, row - 1, NULL, NULL, false);
	if (h->line) {
		canvas_put(c, all, row, 0, 0, h->line);
		c->cursor_row = -1;
		canvas_cursor(c, all, row, h->line_cursor);
	} else if (h->message) {
		draw_text(c, all, row, rows, AT_STRONG, h->message);
	} else {
		footer_draw(c, all, row, NULL, NULL, IN_HOME);
	}
	return rows + 1;
}

/* What the selected one is about, and what the course's slides call it. */
static void about_selected(const struct home *h, struct str *out)
{
	const struct home_lab *lab = h->n && !h->on_resume && !h->on_review ? &h->labs[h->selected] : NULL;

	if (!lab)
		return;
	str_add(out, lab->wrong ? lab->wrong : lab->about ? lab->about : "");
	if (!lab->wrong && lab->slides)
		str_addf(out, "%sIn the slides: %s.", out->len ? "\n" : "", lab->slides);
}

/* What stands below the header. */
static void draw_body(struct canvas *c, struct area a, const struct home *h)
{
	struct str about = {0};
	int rows, top;

	if (h->help) {
		draw_help(c, a, h);
		return;
	}
	about_selected(h, &about);
	rows = text_rows(a, about.len ? about.s : NULL, 2);
	top = draw_rows(c, a, h);
	if (about.len) {
		canvas_rule(c, a, a.rows - rows - 1, NULL, NULL, false);
		draw_text(c, a, a.rows - rows, rows, 0, about.s);
		a.rows -= rows + 1;
	}
	draw_labs(c, area_cut(a, top, 0, a.rows - top, a.cols), h);
	str_finish(&about);
}

void home_draw(struct canvas *c, const struct home *h)
{
	struct area all = canvas_area(c);
	struct str count = {0};
	int foot;

	canvas_clear(c);
	if (all.cols < 40 || all.rows < 10) {
		canvas_wrap(c, all, 0, 0, 0,
			"This window is too small to draw in: make it larger, at least 40 x 10, or "
			"leave (q) and use --plain.",
			0);
		return;
	}
	canvas_put(c, all, 0, 1, AT_TITLE | AT_STRONG, "ipclab");
	str_addf(&count, "%d of %zu done", done_count(h), h->n);
	canvas_put_right(c, all, 0, all.cols - 1, 0, str_get(&count));
	str_finish(&count);
	foot = draw_foot(c, all, h);
	draw_body(c, area_cut(all, 1, 0, all.rows - 1 - foot, all.cols), h);
}
