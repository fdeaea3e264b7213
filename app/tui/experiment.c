/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Experiments of a guide: what may be varied, and a row for each run. */
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
