/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "view/exercise.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "view/lib.h"

enum { LABEL_COL = 1, TEXT_COL = 12, ROW_POINTS = 9, ROW_VERDICT = 27 };

/* The middle part is drawn whole, and then moved: a line is text at a column, or a rule with a title. */
struct middle_line {
	int col;
	unsigned at;
	bool rule;
	char *text, *label;
};
struct middle {
	VEC(struct middle_line) lines;
	int cols;
};

static void add(struct middle *m, int col, unsigned at, const char *label, const char *text, size_t n)
{
	*vec_push(&m->lines) = (struct middle_line){.col = col, .at = at, .text = strndup(text, n), .label = label ? xstrdup(label) : NULL};
}

static void add_rule(struct middle *m, const char *title)
{
	*vec_push(&m->lines) = (struct middle_line){.rule = true, .text = xstrdup(title)};
}

static void add_wrapped(struct middle *m, int col, unsigned at, const char *label, const char *text)
{
	struct str lines = {0};
	int width = m->cols - col - 1;

	lines_wrap(text, width > 10 ? (unsigned)width : 10, &lines);
	for (const char *p = str_get(&lines); *p; p += strcspn(p, "\n"), p += *p == '\n') {
		add(m, col, at, label, p, strcspn(p, "\n"));
		label = NULL;
	}
	str_finish(&lines);
}

static void add_flowing(struct middle *m, const char *text)
{
	struct str lines = {0};

	lines_flow(text, m->cols > 12 ? (unsigned)m->cols - 2 : 10, &lines);
	for (const char *p = str_get(&lines); *p; p += strcspn(p, "\n"), p += *p == '\n')
		add(m, LABEL_COL, 0, NULL, p, strcspn(p, "\n"));
	str_finish(&lines);
}

static void middle_finish(struct middle *m)
{
	for (size_t i = 0; i < m->lines.n; i++) {
		free(m->lines.at[i].text);
		free(m->lines.at[i].label);
	}
	free(m->lines.at);
}

/* ---- what it is made of ---- */

static void add_open(struct middle *m, const struct exercise_view *v)
{
	struct str title = {0};

	if (v->selected < v->rows_n) {
		str_addf(&title, "%zu  %s", v->selected + 1, v->rows[v->selected].name);
		add_rule(m, title.s);
	}
	for (size_t i = 0; i < v->sections_n; i++)
		add_wrapped(m, TEXT_COL, 0, v->sections[i].label, v->sections[i].text);
	str_finish(&title);
}

static void add_source(struct middle *m, const struct exercise_view *v)
{
	struct str line = {0};

	if (!v->source)
		return;
	add_rule(m, v->source);
	for (size_t i = 0; i < v->lines_n; i++) {
		bool here = v->lines[i].number == v->line;
		size_t n = 0;

		str_clear(&line);
		str_addf(&line, "%s%4u   ", here ? "> " : "  ", v->lines[i].number);
		for (const char *p = v->lines[i].text; *p; p++) {
			if (*p == '\t')
				do
					str_add(&line, " ");
				while (++n % 4);
			else
				str_add_bytes(&line, p, 1), n++;
		}
		add(m, LABEL_COL, here ? AT_STRONG : 0, NULL, line.s, line.len);
	}
	str_finish(&line);
}

static void middle_make(struct middle *m, const struct exercise_view *v)
{
	if (v->text) {
		add_rule(m, v->text_title ? v->text_title : "");
		if (v->text_flows)
			add_flowing(m, v->text);
		else
			add_wrapped(m, LABEL_COL, 0, NULL, v->text);
		return;
	}
	add_open(m, v);
	add_source(m, v);
	if (v->foot && *v->foot) {
		if (v->source || v->sections_n)
			add(m, 0, 0, NULL, "", 0);
		add_wrapped(m, LABEL_COL, 0, NULL, v->foot);
	}
}

/* ---- drawing ---- */

static void draw_row(struct canvas *c, struct area a, int row, const struct exercise_view *v, size_t i)
{
	const struct exercise_row *r = &v->rows[i];
	unsigned at = !r->run ? AT_DIM : r->passed ? 0 : AT_STRONG;
	int right = a.cols < 80 ? a.cols : 80;

	canvas_put(c, a, row, 1, AT_TITLE, i == v->selected ? ">" : " ");
	canvas_putf(c, a, row, 2, 0, "%2zu", i + 1);
	canvas_put_cut(c, a, row, 6, right - ROW_VERDICT - 7, at | (i == v->selected ? AT_SELECTED : 0), r->name);
	if (i == v->selected)
		canvas_cursor(c, a, row, 6);
	canvas_put_cut(c, a, row, right - ROW_VERDICT, ROW_VERDICT - ROW_POINTS - 1, at, r->verdict);
	if (r->run)
		canvas_putf(c, a, row, right - ROW_POINTS, at, "%3u / %u", r->score, r->points);
	else
		canvas_putf(c, a, row, right - ROW_POINTS, at, "    / %u", r->points);
}

static void draw_header(struct canvas *c, struct area a, const struct exercise_view *v)
{
	struct str right = {0};
	int title = 3 + text_width(v->id);

	canvas_put(c, a, 0, 1, AT_TITLE | AT_STRONG, v->id);
	if (v->busy)
		str_add(&right, "checking");
	else if (!v->tries)
		str_addf(&right, "%u points", v->points);
	else if (v->stale)
		str_addf(&right, "try %u, before your last change", v->tries);
	else
		str_addf(&right, "try %u    %u of %u points", v->tries, v->score, v->points);
	canvas_put_cut(c, a, 0, title, a.cols - 3 - text_width(str_get(&right)) - title, AT_TITLE, v->title);
	canvas_put_right(c, a, 0, a.cols - 1, 0, str_get(&right));
	str_finish(&right);
}

static void draw_middle(struct canvas *c, struct area a, const struct middle *m, int scroll)
{
	for (int row = 0; row < a.rows && (size_t)(row + scroll) < m->lines.n; row++) {
		const struct middle_line *l = &m->lines.at[row + scroll];

		if (l->rule) {
			canvas_rule(c, a, row, l->text, NULL, false);
			continue;
		}
		if (l->label)
			canvas_put(c, a, row, LABEL_COL, AT_DIM, l->label);
		canvas_put(c, a, row, l->col, l->at, l->text);
	}
}

int exercise_draw(struct canvas *c, const struct exercise_view *v)
{
	struct area all = canvas_area(c), body;
	struct middle m = {.cols = all.cols};
	int rows = (int)v->rows_n, beyond, scroll;

	canvas_clear(c);
	if (all.cols < 40 || all.rows < 10) {
		canvas_wrap(c, all, 0, 0, 0, "This window is too small to draw in: make it larger, at least 40 x 10, or leave (q).", 0);
		return 0;
	}
	draw_header(c, all, v);
	canvas_rule(c, all, 1, NULL, NULL, false);
	if (rows > all.rows / 2)
		rows = all.rows / 2;
	for (int i = 0; i < rows; i++) {
		size_t from = v->selected >= (size_t)rows ? v->selected - (size_t)rows + 1 : 0;

		draw_row(c, all, 2 + i, v, from + (size_t)i);
	}
	middle_make(&m, v);
	body = area_cut(all, 2 + rows, 0, all.rows - 4 - rows, all.cols);
	beyond = (int)m.lines.n - body.rows;
	beyond = beyond < 0 ? 0 : beyond;
	scroll = v->scroll > beyond ? beyond : v->scroll < 0 ? 0 : v->scroll;
	draw_middle(c, body, &m, scroll);
	canvas_rule(c, all, all.rows - 2, NULL, beyond > scroll ? "more: PgDn" : NULL, false);
	canvas_put_cut(c, all, all.rows - 1, 1, all.cols - 2, v->message ? AT_STRONG : 0, v->message ? v->message : v->keys);
	middle_finish(&m);
	return beyond;
}
