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
	if (lab->minutes)
		canvas_putf(c, a, row, right - 21, 0, "%3d", lab->minutes);
	if (lab->steps)
		canvas_putf(c, a, row, right - 11, 0, "%2d/%d", lab->done, lab->steps);
	if (!lab->core)
		canvas_put(c, a, row, right - 5, AT_DIM, "extra");
	if (selected)
		canvas_cursor(c, a, row, 6);
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
				draw_lab(c, a, row, lab, i == h->selected);
			else if (i == h->selected && row >= a.rows)
				skip = row - a.rows + 1;
			row++;
		}
	}
}

void home_draw(struct canvas *c, const struct home *h)
{
	struct area all = canvas_area(c);
	int about = h->n && h->labs[h->selected].about ? 3 : 0, foot = all.rows - about - 3;
	struct str count = {0};

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
	if (h->help) {
		struct str words = {0};

		canvas_rule(c, all, 1, pane_name(PANE_HELP), NULL, false);
		help_text(IN_HOME, &words);
		canvas_wrap(c, area_cut(all, 2, 0, all.rows - 4, all.cols), 0, 1, 0,
			str_get(&words), h->scroll);
		str_finish(&words);
		about = 0;
	} else {
		draw_labs(c, area_cut(all, 1, 0, foot, all.cols), h);
		if (about) {
			canvas_rule(c, all, all.rows - about - 2, NULL, NULL, false);
			canvas_wrap(c,
				area_cut(all, all.rows - about - 1, 0, about - 1, all.cols - 1), 0,
				1, 0, h->labs[h->selected].about, 0);
		}
	}
	canvas_rule(c, all, all.rows - 2, NULL, NULL, false);
	if (h->line) {
		canvas_put(c, all, all.rows - 1, 0, 0, h->line);
		c->cursor_row = -1;
		canvas_cursor(c, all, all.rows - 1, h->line_cursor);
	} else if (h->message) {
		canvas_put_cut(c, all, all.rows - 1, 1, all.cols - 2, AT_STRONG, h->message);
	} else {
		footer_draw(c, all, all.rows - 1, NULL, NULL, IN_HOME);
	}
}
