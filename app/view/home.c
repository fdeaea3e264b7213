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

static void draw_lab(
	struct canvas *c, struct area a, int row, const struct home_lab *lab, bool selected)
{
	int right = a.cols < 80 ? a.cols : 80;

	canvas_put(c, a, row, 1, AT_TITLE, selected ? ">" : " ");
	canvas_put(c, a, row, 3, AT_DIM, lab->first);
	canvas_put_cut(
		c, a, row, 6, right - 28, AT_TITLE | (selected ? AT_SELECTED : 0), lab->title);
	if (selected)
		canvas_cursor(c, a, row, 6);
	if (lab->wrong) {
		canvas_put(c, a, row, right - 21, AT_STRONG, "cannot be read");
		return;
	}
	if (lab->minutes)
		canvas_putf(c, a, row, right - 21, 0, "%3d", lab->minutes);
	if (lab->steps)
		canvas_putf(c, a, row, right - 11, 0, "%2d/%d", lab->done, lab->steps);
	if (!lab->core)
		canvas_put(c, a, row, right - 5, AT_DIM, "extra");
}

/* Groups with their labs, the selected one in sight. */
static void draw_labs(struct canvas *c, struct area a, const struct home *h)
{
	const char *group = "";
	int row = 0, skip = 0;

	for (int pass = 0; pass < 2; pass++) {
		row = -skip;
		group = "";
		for (size_t i = 0; i < h->n; i++) {
			const struct home_lab *lab = &h->labs[i];

			if (strcmp(group, lab->group) != 0) {
				group = lab->group;
				if (pass) {
					canvas_rule(c, a, row, group, NULL, false);
					canvas_put(c, a, row, (a.cols < 80 ? a.cols : 80) - 22,
						AT_DIM, " min ");
					canvas_put(c, a, row, (a.cols < 80 ? a.cols : 80) - 12,
						AT_DIM, " steps ");
				}
				row++;
			}
			if (pass)
				draw_lab(c, a, row, lab, i == h->selected && !h->on_resume);
			else if (i == h->selected && row >= a.rows)
				skip = row - a.rows + 1;
			row++;
		}
	}
}

static void draw_resume(struct canvas *c, struct area a, int row, const struct home *h)
{
	int right = a.cols < 80 ? a.cols : 80;

	canvas_put(c, a, row, 1, AT_TITLE, h->on_resume ? ">" : " ");
	canvas_put(c, a, row, 3, 0, "Continue");
	canvas_put_cut(c, a, row, 14, right - 22, AT_TITLE | (h->on_resume ? AT_SELECTED : 0),
		h->resume);
	if (!h->on_resume)
		return;
	canvas_put(c, a, row, right - 7, AT_DIM, "Enter");
	canvas_cursor(c, a, row, 14);
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

static const char *about_selected(const struct home *h)
{
	const struct home_lab *lab = h->n && !h->on_resume ? &h->labs[h->selected] : NULL;

	return !lab ? NULL : lab->wrong ? lab->wrong : lab->about;
}

/* What stands below the header. */
static void draw_body(struct canvas *c, struct area a, const struct home *h)
{
	const char *about = about_selected(h);
	int rows = text_rows(a, about, 2), top = h->resume ? 2 : 0;

	if (h->help) {
		draw_help(c, a, h);
		return;
	}
	if (h->resume) {
		canvas_rule(c, a, 0, NULL, NULL, false);
		draw_resume(c, a, 1, h);
	}
	if (about) {
		canvas_rule(c, a, a.rows - rows - 1, NULL, NULL, false);
		draw_text(c, a, a.rows - rows, rows, 0, about);
		a.rows -= rows + 1;
	}
	draw_labs(c, area_cut(a, top, 0, a.rows - top, a.cols), h);
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
