/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Experiments of a guide: what may be varied, and a row for each run. A goal's solution; a program of the learner's own. */
#include "tui/guide.h"

void lesson_experiment(struct screen_guide *g, const struct guide_experiment *e)
{
	struct str s = {0};

	lesson_paragraph(g, e->title);
	str_add(&s, ":run");
	for (size_t i = 0; i < e->parameters.n; i++) {
		const struct guide_parameter *p = &e->parameters.at[i];

		str_addf(&s, " %s=%s", p->name, p->values[p->values_n - 1]);
	}
	str_add(&s, " runs it, as often as you like.");
	for (size_t i = 0; i < e->parameters.n; i++) {
		const struct guide_parameter *p = &e->parameters.at[i];

		str_addf(&s, " You may change %s:", p->name);
		for (u32 k = 0; k < p->values_n; k++)
			str_addf(&s, " %s,", p->values[k]);
		str_add(&s, " or another value.");
	}
	lesson_paragraph(g, str_get(&s));
	str_finish(&s);
}

static void say_row(struct screen_guide *g, size_t row)
{
	struct str line = {0};

	str_addf(&line, "%zu  ", row + 1);
	sitting_row(&g->at, row, &line);
	lesson_paragraph(g, str_get(&line));
	str_finish(&line);
}

void lesson_run(struct screen_run *r, const char *args)
{
	struct screen_guide *g = r->guide;
	struct err err = {0};

	if (!sitting_run(&g->at, args, &err)) {
		run_say_error(r, &err);
		return;
	}
	lesson_part(g);
	say_row(g, g->at.rows.n - 1);
	r->dirty = true;
}

void lesson_notebook(struct screen_run *r)
{
	struct screen_guide *g = r->guide;

	if (!g->at.rows.n) {
		run_say(r, "No experiment was run yet.");
		return;
	}
	lesson_part(g);
	for (size_t i = 0; i < g->at.rows.n; i++)
		say_row(g, i);
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
