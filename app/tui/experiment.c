/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Experiments of a guide: run with what it lists and with what the learner types, a row for each run. A goal's solution; a program of the learner's own. */
#include <string.h>

#include "tui/guide.h"
#include "view/canvas.h"

/* "bytes = 4096, 2049, 1000; link = pipes, pair" */
static void values_words(const struct guide_experiment *e, struct str *out)
{
	for (size_t i = 0; i < e->parameters.n; i++) {
		const struct guide_parameter *p = &e->parameters.at[i];

		str_addf(out, "%s%s =", i ? "; " : "", p->name);
		for (u32 k = 0; k < p->values_n; k++)
			str_addf(out, "%s %s", k ? "," : "", p->values[k]);
	}
}

/* Whether the learner may think of other values. */
static bool takes_numbers(const struct guide_experiment *e)
{
	for (size_t i = 0; i < e->parameters.n; i++)
		for (char **v = e->parameters.at[i].values; *v; v++)
			if (strspn(*v, "0123456789") == strlen(*v))
				return true;
	return false;
}

/* "bytes=5000 link=pair" */
static void example_words(const struct guide_experiment *e, struct str *out)
{
	for (size_t i = 0; i < e->parameters.n; i++) {
		const struct guide_parameter *p = &e->parameters.at[i];

		str_addf(out, " %s=%s", p->name, p->values[p->values_n - 1]);
	}
}

void lesson_experiment(struct screen_guide *g, const struct guide_experiment *e)
{
	struct str s = {0};

	str_addf(&s, "Experiment: %s", e->title);
	lesson_paragraph(g, str_get(&s));
	str_finish(&s);
}

/* What Enter does while it is open. */
void lesson_experiment_open(const struct screen_guide *g, const struct guide_experiment *e, struct str *out, struct str *lead)
{
	if (sitting_has_listed(&g->at)) {
		str_add(out, "Enter: run it with ");
		values_words(e, out);
		str_add(out, ".\n");
		str_add(lead, "Enter run it");
		return;
	}
	str_add(out, "Enter goes on. :run");
	example_words(e, out);
	str_add(out, takes_numbers(e) ? " runs it again, or with a value of your own.\n" : " runs it again.\n");
	str_add(lead, "Enter go on");
}

/* ---- the notebook: a line for each run, columns below each other where they fit ---- */

enum { COLUMNS_MOST = 8, GAP = 2, INDENT = 3 };

static int column_width(const struct sitting *at, size_t column)
{
	int width = text_width(at->rows_of->columns.at[column].title);

	for (size_t i = 0; i < at->rows.n; i++)
		if (text_width(at->rows.at[i].cells.at[column]) > width)
			width = text_width(at->rows.at[i].cells.at[column]);
	return width;
}

static void cell(struct str *line, const char *text, int width, bool last)
{
	str_add(line, text);
	for (int i = text_width(text); !last && i < width + GAP; i++)
		str_add(line, " ");
}

/* From row `first` on. */
static bool say_table(struct screen_guide *g, size_t first, int cols)
{
	const struct sitting *at = &g->at;
	size_t n = at->rows_of->columns.n;
	int width[COLUMNS_MOST], sum = INDENT;
	struct str table = {0};

	if (n > COLUMNS_MOST)
		return false;
	for (size_t c = 0; c < n; c++)
		sum += (width[c] = column_width(at, c)) + GAP;
	if (sum > cols)
		return false;
	str_addf(&table, "%*s", INDENT, "");
	for (size_t c = 0; c < n; c++)
		cell(&table, at->rows_of->columns.at[c].title, width[c], c + 1 == n);
	for (size_t row = first; row < at->rows.n; row++) {
		str_addf(&table, "\n%*s", INDENT, "");
		for (size_t c = 0; c < n; c++)
			cell(&table, at->rows.at[row].cells.at[c], width[c], c + 1 == n);
	}
	lesson_paragraph(g, str_get(&table));
	str_finish(&table);
	return true;
}

static void say_rows(struct screen_run *r, size_t first)
{
	struct screen_guide *g = r->guide;

	lesson_part(g);
	r->dirty = true;
	if (!g->at.rows.n || say_table(g, first, r->term->canvas->cols - 2))
		return;
	for (size_t row = first; row < g->at.rows.n; row++) {
		struct str line = {0};

		str_addf(&line, "%zu  ", row + 1);
		sitting_row(&g->at, row, &line);
		lesson_paragraph(g, str_get(&line));
		str_finish(&line);
	}
}

void lesson_run(struct screen_run *r, const char *args)
{
	struct err err = {0};

	/* With the ones before it, but not so many that it lies below what is in sight. */
	if (sitting_run(&r->guide->at, args, &err))
		say_rows(r, r->guide->at.rows.n > 3 ? r->guide->at.rows.n - 3 : 0);
	else
		run_say_error(r, &err);
}

void lesson_run_listed(struct screen_run *r)
{
	struct screen_guide *g = r->guide;
	struct str failed = {0};
	u64 shown = clock_ns();

	while (sitting_has_listed(&g->at)) {
		struct err err = {0};

		if (!sitting_run_listed(&g->at, &err))
			str_addf(&failed, "%s\n", err.text);
		if (clock_ns() - shown > 500000000) {
			shown = clock_ns();
			run_say(r, "%zu run%s made so far.", g->at.rows.n, g->at.rows.n == 1 ? "" : "s");
			screen_draw(r->term->canvas, &r->scene, &r->view);
			paint(r->term);
		}
	}
	r->view.message = NULL;
	say_rows(r, 0);
	lesson_paragraph(g, str_get(&failed));
	str_finish(&failed);
}

void lesson_notebook(struct screen_run *r)
{
	if (!r->guide->at.rows.n) {
		run_say(r, "No experiment was run yet.");
		return;
	}
	say_rows(r, 0);
	run_view(r, PANE_GUIDE);
}

void lesson_solution(struct screen_run *r)
{
	const struct guide_block *b = guide_play_block(r->guide->play);
	struct str s = {0};

	if (guide_play_at(r->guide->play) != AT_GOAL) {
		run_say(r, "No goal is open.");
		return;
	}
	lesson_part(r->guide);
	str_add(&s, "From the beginning of this step (r goes there):");
	for (size_t i = 0; i < b->moves.n; i++)
		str_addf(&s, "\n   %s", b->moves.at[i].text);
	lesson_paragraph(r->guide, str_get(&s));
	str_finish(&s);
	r->dirty = true;
}

bool lesson_build(struct screen_run *r, const char *copy, struct err *err)
{
	bool ok = sitting_build(&r->guide->at, copy, err);

	if (ok)
		lesson_again(r);
	return ok;
}
