/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A learner at a lab. What is said of it, and how, is the front end's. */
#include <stdlib.h>
#include <string.h>

#include "lab/lib.h"

void sitting_open(struct sitting *s, const struct lab *lab, struct session **place,
	void (*began)(void *arg), void *arg)
{
	*s = (struct sitting){.lab = lab, .guide = lab->guide};
	s->host = lab_host_open(&s->lab_host, lab, place);
	s->lab_host.began = began;
	s->lab_host.began_arg = arg;
	s->play = guide_play_create(s->guide, &s->host);
}

static void rows_clear(struct sitting *s)
{
	for (size_t i = 0; i < s->rows.n; i++)
		guide_row_finish(&s->rows.at[i]);
	free(s->rows.at);
	s->rows.at = NULL;
	s->rows.n = s->rows.cap = 0;
	s->tried = 0;
}

void sitting_close(struct sitting *s)
{
	rows_clear(s);
	sitting_build_no_more(s);
	guide_play_destroy(s->play);
	lab_host_close(&s->lab_host);
	progress_close(s->progress);
	s->play = NULL;
	s->progress = NULL;
}

/* ---- progress ---- */

void sitting_remember(struct sitting *s, struct str *note)
{
	if (!s->progress)
		s->progress = progress_open(NULL, note);
}

u32 sitting_resume(struct sitting *s)
{
	struct progress_lab known;

	if (!s->progress || !progress_lab(s->progress, s->lab->id, &known) ||
		known.resume >= s->guide->steps.n)
		return 0;
	return known.resume;
}

bool sitting_at(struct sitting *s, u32 step, struct err *err)
{
	return !s->progress || s->review || progress_step(s->progress, s->lab->id, step,
				       (u32)s->guide->steps.n, err);
}

bool sitting_step_done(struct sitting *s, struct err *err)
{
	if (s->counted)
		return true;
	s->counted = true;
	return sitting_at(s, guide_play_step(s->play) + 1, err);
}

bool sitting_answered(struct sitting *s, const char *picture, struct err *err)
{
	static const enum progress_outcome outcomes[] = {
		[ANSWER_RIGHT] = PROGRESS_RIGHT,
		[ANSWER_WRONG] = PROGRESS_WRONG,
		[ANSWER_UNSURE] = PROGRESS_UNSURE,
		[ANSWER_SKIPPED] = PROGRESS_SKIPPED,
	};
	enum guide_outcome outcome;
	const struct guide_question *q = guide_play_settled(s->play, &outcome);

	return !q || outcome == ANSWER_NONE || !s->progress ||
	       progress_answer_told(s->progress, s->lab->id, q->id, outcomes[outcome],
		       &(struct progress_told){guide_play_answer_text(s->play), picture}, err);
}

/* ---- one's own copy ---- */

void sitting_build_no_more(struct sitting *s)
{
	free(s->lab_host.own_path);
	s->lab_host.own_path = NULL;
}

bool sitting_build(struct sitting *s, const char *copy, struct err *err)
{
	struct str built = {0};
	char *path;
	u32 program;
	bool ok;

	if (!s->lab_host.program)
		return err_set(err, EXIT_FAILED, "no program of this lab runs");
	program = (u32)(s->lab_host.program - s->guide->programs.at);
	path = lab_program_path(s->lab, program, err);
	ok = path && own_build(path, copy, &built, err);
	free(path);
	if (!ok) {
		str_finish(&built);
		return false;
	}
	sitting_build_no_more(s);
	s->lab_host.own_path = built.s;
	s->lab_host.own_program = program;
	return true;
}

/* ---- parameters ---- */

/* The first step that depends on it, from 1; 0 none. */
static u32 step_with(const struct guide *g, const char *name)
{
	for (u32 i = 0; i < g->steps.n; i++)
		if (guide_step_takes(g, i, name))
			return i + 1;
	return 0;
}

bool sitting_set(struct sitting *s, const char *name, const char *value, struct err *err)
{
	const struct guide *g = s->guide;
	size_t at = guide_setting(g, name);
	struct str known = {0};
	const struct guide_setting *one;

	if (at == g->settings.n) {
		for (size_t i = 0; i < g->settings.n; i++)
			str_addf(&known, "%s%s", i ? ", " : "", g->settings.at[i].name);
		err_set(err, EXIT_USAGE, "there is no parameter %.32s; there is %s", name,
			known.len ? known.s : "none in this lab");
		str_finish(&known);
		return false;
	}
	one = &g->settings.at[at];
	if (!*value || strlen(value) > 6 || strspn(value, "0123456789") != strlen(value) ||
		(u32)atoi(value) < one->from || (u32)atoi(value) > one->to)
		return err_set(err, EXIT_USAGE, "%s is a number from %u to %u, as in set %s %u",
			name, one->from, one->to, name, one->value);
	if (!guide_step_takes(g, guide_play_step(s->play), name))
		return err_set(err, EXIT_USAGE, "nothing in this step depends on %s; step %u does",
			name, step_with(g, name));
	s->lab_host.values[at] = (u32)atoi(value);
	return true;
}

void sitting_settings(const struct sitting *s, struct str *out)
{
	const struct guide *g = s->guide;

	for (size_t i = 0; i < g->settings.n; i++)
		if (guide_step_takes(g, guide_play_step(s->play), g->settings.at[i].name))
			str_addf(out, "%s%s %u", out->len ? ", " : "", g->settings.at[i].name,
				s->lab_host.values[i]);
}

void sitting_exercises(const struct sitting *s, struct str *out)
{
	const struct guide *g = s->guide;

	for (size_t i = 0; i < g->exercises.n; i++)
		str_addf(out, "%s%s", i ? ", " : "Its exercises: ipclab start ", g->exercises.at[i]);
	if (g->exercises.n)
		str_add(out, ". ");
}

/* ---- experiments ---- */

/* Kept for a report, too. */
static bool row_kept(struct sitting *s, const struct guide_experiment *e, struct err *err)
{
	struct str row = {0};
	bool ok;

	if (!s->progress)
		return true;
	sitting_row(s, s->rows.n - 1, &row);
	ok = progress_run(s->progress, s->lab->id, e->id, str_get(&row), err);
	str_finish(&row);
	return ok;
}

static bool is_named(const struct guide_parameter *p, const char *word, size_t n)
{
	return strlen(p->name) == n && memcmp(p->name, word, n) == 0;
}

/* "bytes=2049 size=3" into values; cuts `words` up. */
static bool values_read(
	const struct guide_experiment *e, char *words, char **values, struct err *err)
{
	char *save = NULL;

	for (char *word = strtok_r(words, " \t", &save); word;
		word = strtok_r(NULL, " \t", &save)) {
		size_t n = strcspn(word, "="), i = 0;

		while (i < e->parameters.n && !is_named(&e->parameters.at[i], word, n))
			i++;
		if (i == e->parameters.n || word[n] != '=')
			return err_set(err, EXIT_USAGE, "run wants NAME=VALUE, as in run %s=%s",
				e->parameters.at[0].name, e->parameters.at[0].values[1]);
		values[i] = word + n + 1;
	}
	return true;
}

enum { VALUES_MOST = 8, LISTED_MOST = 64 };

/* The values of the guide's run `at`, from 0; false when it has no such run. */
static bool values_listed(const struct guide_experiment *e, u32 at, char **values)
{
	for (size_t i = 0; i < e->parameters.n; i++) {
		u32 first = i > 0, n = e->parameters.at[i].values_n - first;

		if (at >= n) {
			at -= n;
			continue;
		}
		for (size_t j = 0; j < e->parameters.n; j++)
			values[j] = e->parameters.at[j].values[j == i ? at + first : 0];
		return true;
	}
	return false;
}

static bool values_equal(const struct guide_experiment *e, char *const *a, char *const *b)
{
	for (size_t i = 0; i < e->parameters.n; i++)
		if (strcmp(a[i], b[i]) != 0)
			return false;
	return true;
}

static bool values_run(struct sitting *s, const struct guide_experiment *e, char **values, struct err *err)
{
	struct guide_row row = {0};
	char *listed[VALUES_MOST];

	if (s->rows_of != e)
		rows_clear(s);
	s->rows_of = e;
	for (u32 i = 0; i < LISTED_MOST && values_listed(e, i, listed); i++)
		if (values_equal(e, listed, values))
			s->tried |= (u64)1 << i;
	if (!guide_experiment_run(s->guide, e, values, &s->host, &row, err)) {
		guide_row_finish(&row);
		return false;
	}
	*vec_push(&s->rows) = row;
	return row_kept(s, e, err);
}

static const struct guide_experiment *experiment_open(const struct sitting *s)
{
	const struct guide_experiment *e = guide_play_experiment(s->play);

	return e && e->parameters.n <= VALUES_MOST ? e : NULL;
}

bool sitting_run(struct sitting *s, const char *args, struct err *err)
{
	const struct guide_experiment *e = experiment_open(s);
	char *values[VALUES_MOST], *words;
	bool ok;

	if (!e)
		return err_set(err, EXIT_FAILED, "No experiment is open");
	values_listed(e, 0, values);
	words = xstrdup(args);
	ok = values_read(e, words, values, err) && values_run(s, e, values, err);
	free(words);
	return ok;
}

/* The next one that was not tried yet. */
static bool next_listed(const struct sitting *s, const struct guide_experiment *e, char **values)
{
	u64 tried = s->rows_of == e ? s->tried : 0;

	for (u32 i = 0; i < LISTED_MOST && values_listed(e, i, values); i++)
		if (!(tried >> i & 1))
			return true;
	return false;
}

bool sitting_has_listed(const struct sitting *s)
{
	const struct guide_experiment *e = experiment_open(s);
	char *values[VALUES_MOST];

	return e && next_listed(s, e, values);
}

bool sitting_run_listed(struct sitting *s, struct err *err)
{
	const struct guide_experiment *e = experiment_open(s);
	char *values[VALUES_MOST];

	if (e && next_listed(s, e, values))
		return values_run(s, e, values, err);
	err->code = 0;
	return false;
}

void sitting_row(const struct sitting *s, size_t row, struct str *out)
{
	const struct guide_row *r = &s->rows.at[row];

	for (size_t i = 0; i < s->rows_of->columns.n && i < r->cells.n; i++)
		str_addf(out, "%s%s: %s", i ? ", " : "", s->rows_of->columns.at[i].title,
			r->cells.at[i]);
}
