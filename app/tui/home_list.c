/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rows of home: every lab, the exercises that it names behind it, and those that no lab names. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/home.h"

/* The parts of the course that labs belong to, by number (LABS.md). */
static const char *group_of(u32 number)
{
	return number <= 5    ? "Pipes"
	       : number <= 10 ? "Shared memory"
	       : number <= 15 ? "Messages"
			      : "Client and server";
}

static int questions_of(const struct guide *g)
{
	int n = 0;

	for (size_t i = 0; i < g->steps.n; i++)
		for (size_t k = 0; k < g->steps.at[i].blocks.n; k++)
			n += g->steps.at[i].blocks.at[k].question != NULL;
	return n;
}

static bool is_done(const struct guide *g, const struct progress_lab *known)
{
	return g && known->reached >= g->steps.n;
}

/* One lab's row; `known` NULL: nothing is remembered of it. */
static struct home_lab lab_row(const struct lab *lab, const struct progress_lab *known)
{
	struct home_lab row = {.id = lab->id,
		.title = lab->guide ? lab->guide->title : lab->id,
		.group = group_of(lab->number),
		.wrong = lab->guide ? NULL : lab->wrong.text};

	if (!lab->guide)
		return row;
	row.minutes = (int)lab->guide->minutes;
	row.steps = (int)lab->guide->steps.n;
	row.core = lab->guide->core;
	row.about = lab->guide->intro;
	row.questions = questions_of(lab->guide);
	if (!known)
		return row;
	row.done = (int)known->reached < row.steps ? (int)known->reached : row.steps;
	row.predicted = (int)known->counts[PROGRESS_RIGHT];
	for (int i = 0; i < 4; i++)
		row.asked += (int)known->counts[i];
	return row;
}

/* An exercise's row: its points stand where a lab has steps. */
static struct home_lab exercise_row(const struct exercise *x, const char *group, struct progress *p)
{
	struct home_lab row = {.id = x->id, .title = x->title, .group = group, .wrong = x->wrong.text[0] ? x->wrong.text : NULL};
	struct progress_exercise known;

	row.exercise = true;
	if (row.wrong)
		return row;
	row.minutes = (int)x->minutes;
	row.steps = (int)x->points;
	row.about = x->about;
	if (progress_exercise(p, x->id, &known))
		row.done = known.passed ? row.steps : (int)known.score;
	return row;
}

/* ---- the list ---- */

/* Both have room for one more. */
static struct home_entry *add(struct home_screen *h, const struct home_lab *row, u32 number)
{
	struct home_entry *e = &h->entries[h->home.n];

	snprintf(e->number, sizeof e->number, "%02u", number % 1000);
	h->list[h->home.n] = *row;
	h->list[h->home.n].first = e->number;
	h->home.n++;
	return e;
}

static void add_exercise(struct home_screen *h, const struct exercise *x, const char *group, struct progress *p)
{
	struct home_lab row = exercise_row(x, group, p);

	add(h, &row, x->number)->exercise = x;
}

static bool is_listed(const struct home_screen *h, const struct exercise *x)
{
	for (size_t i = 0; i < h->home.n; i++)
		if (h->entries[i].exercise == x)
			return true;
	return false;
}

/* Those a lab names, in its order; one that two labs name stands under the first. */
static void add_exercises_of(struct home_screen *h, const struct lab *lab, struct progress *p)
{
	for (size_t k = 0; lab->guide && k < lab->guide->exercises.n; k++)
		for (size_t i = 0; i < h->exercises.list.n; i++) {
			const struct exercise *x = h->exercises.list.at[i];

			if (strcmp(x->id, lab->guide->exercises.at[k]) == 0 && !is_listed(h, x))
				add_exercise(h, x, group_of(lab->number), p);
		}
}

/* The lab worked on last, unless it is done: the row that goes on with it. */
static void resume(struct home_screen *h, size_t i, const struct progress_lab *known)
{
	const struct lab *lab = h->entries[i].lab;

	h->home.selected = i;
	h->home.on_resume = lab->guide && known->resume < lab->guide->steps.n;
	str_clear(&h->resume);
	if (h->home.on_resume)
		str_addf(&h->resume, "%s %s, step %u of %zu", h->entries[i].number, lab->guide->title,
			known->resume + 1, lab->guide->steps.n);
	h->resumed = i;
}

/* The first lab that this one comes after and that is not done. */
static void find_after(struct home_screen *h, size_t i, struct progress *p)
{
	const struct guide *g = h->entries[i].lab->guide;
	struct progress_lab known;

	for (size_t k = 0; g && k < g->needs.n && !h->list[i].after; k++)
		for (size_t n = 0; n < h->labs->list.n; n++) {
			const struct lab *lab = &h->labs->list.at[n];

			if (strcmp(lab->id, g->needs.at[k]) != 0 || (progress_lab(p, lab->id, &known) && is_done(lab->guide, &known)))
				continue;
			snprintf(h->entries[i].after, sizeof h->entries[i].after, "%02u", lab->number % 1000);
			h->list[i].after = h->entries[i].after;
		}
}

static void name_slides(struct home_screen *h, size_t i)
{
	const struct guide *g = h->entries[i].lab->guide;

	for (size_t k = 0; g && k < g->slides.n; k++)
		str_addf(&h->entries[i].slides, "%s\"%s\"", k ? ", " : "", g->slides.at[k]);
	h->list[i].slides = h->entries[i].slides.s;
}

static void add_labs(struct home_screen *h, struct progress *p)
{
	struct progress_lab known;
	i64 last = 0;

	for (size_t n = 0; n < h->labs->list.n; n++) {
		const struct lab *lab = &h->labs->list.at[n];
		bool is_known = progress_lab(p, lab->id, &known);
		struct home_lab row = lab_row(lab, is_known ? &known : NULL);
		size_t i = h->home.n;

		add(h, &row, lab->number)->lab = lab;
		name_slides(h, i);
		find_after(h, i, p);
		if (is_known && known.last > last) {
			last = known.last;
			resume(h, i, &known);
		}
		add_exercises_of(h, lab, p);
	}
}

void home_list(struct home_screen *h)
{
	size_t all = h->labs->list.n + h->exercises.list.n;
	struct str note = {0};
	struct progress *p = progress_open(NULL, &note);

	str_finish(&note); /* a lab that is opened says it */
	h->list = xmalloc((all + 1) * sizeof *h->list);
	h->entries = xmalloc((all + 1) * sizeof *h->entries);
	h->home.n = 0;
	h->home.on_resume = h->home.on_review = false;
	add_labs(h, p);
	for (size_t i = 0; i < h->exercises.list.n; i++)
		if (!is_listed(h, h->exercises.list.at[i]))
			add_exercise(h, h->exercises.list.at[i], "Exercises", p);
	h->home.labs = h->list;
	h->home.resume = h->home.on_resume ? str_get(&h->resume) : NULL;
	review_words(h->labs, p, &h->review);
	h->home.review = h->review.len ? h->review.s : NULL;
	progress_close(p);
}

void home_list_finish(struct home_screen *h)
{
	for (size_t i = 0; i < h->home.n; i++)
		str_finish(&h->entries[i].slides);
	free(h->list);
	free(h->entries);
	h->list = NULL;
	h->entries = NULL;
}
