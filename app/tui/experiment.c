/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Experiments of a guide: what may be varied, and a row for each run. */
#include <stdlib.h>
#include <string.h>

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

void lesson_rows_clear(struct screen_guide *g)
{
	for (size_t i = 0; i < g->rows.n; i++)
		guide_row_finish(&g->rows.at[i]);
	free(g->rows.at);
	g->rows.at = NULL;
	g->rows.n = g->rows.cap = 0;
}

/* "bytes=2049 size=3" into values; cuts `words` up. */
static bool values_read(
	struct screen_run *r, const struct guide_experiment *e, char *words, char **values)
{
	char *save = NULL;

	for (char *word = strtok_r(words, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
		size_t n = strcspn(word, "="), i = 0;

		while (i < e->parameters.n &&
			(strlen(e->parameters.at[i].name) != n ||
				memcmp(e->parameters.at[i].name, word, n) != 0))
			i++;
		if (i == e->parameters.n || word[n] != '=') {
			run_say(r, "run wants NAME=VALUE, as in run %s=%s.",
				e->parameters.at[0].name, e->parameters.at[0].values[0]);
			return false;
		}
		values[i] = word + n + 1;
	}
	return true;
}

void lesson_run(struct screen_run *r, const char *args)
{
	struct screen_guide *g = r->guide;
	const struct guide_experiment *e;
	struct guide_row row = {0};
	struct str line = {0};
	struct err err = {0};
	char *values[8], *words = xstrdup(args);

	if (guide_play_at(g->play) != AT_EXPERIMENT) {
		run_say(r, "No experiment is open.");
		goto done;
	}
	e = guide_play_block(g->play)->experiment;
	for (size_t i = 0; i < e->parameters.n && i < ARRAY_LEN(values); i++)
		values[i] = e->parameters.at[i].values[0];
	if (!values_read(r, e, words, values))
		goto done;
	if (g->rows_of != e)
		lesson_rows_clear(g);
	g->rows_of = e;
	if (!guide_experiment_run(g->guide, e, values, &g->host, &row, &err)) {
		guide_row_finish(&row);
		run_say_error(r, &err);
		goto done;
	}
	*vec_push(&g->rows) = row;
	lesson_part(g);
	str_addf(&line, "%zu ", g->rows.n);
	for (size_t i = 0; i < e->columns.n && i < row.cells.n; i++)
		str_addf(&line, "%s %s: %s", i ? "," : "", e->columns.at[i].title, row.cells.at[i]);
	lesson_paragraph(g, str_get(&line));
	r->dirty = true;
done:
	str_finish(&line);
	free(words);
}
