/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Questions that are due: which they are, and one of them asked again on fresh processes. What is true is found by
 * running them, as in the lab: nothing of an earlier answer is used. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lab/lib.h"

struct collecting {
	const struct labs *labs;
	struct review *out;
};

static void collect(void *arg, const struct progress_due *due)
{
	struct collecting *c = arg;

	for (size_t i = 0; i < c->labs->list.n; i++) {
		const struct lab *lab = &c->labs->list.at[i];
		const struct guide_question *q = lab->guide && strcmp(lab->id, due->lab) == 0
							 ? guide_question(lab->guide, due->question, NULL)
							 : NULL;

		if (q)
			*vec_push(&c->out->list) = (struct review_item){lab, q, due->right, due->due};
	}
}

void review_due(const struct labs *labs, struct progress *p, i64 now, struct review *out)
{
	struct collecting c = {labs, out};

	progress_each_due(p, now, collect, &c);
}

void review_finish(struct review *r)
{
	free(r->list.at);
	*r = (struct review){0};
}

void review_words(const struct labs *labs, struct progress *p, struct str *out)
{
	struct review due = {0};
	size_t n;

	review_due(labs, p, time(NULL), &due);
	n = due.list.n;
	str_clear(out);
	if (n == 1)
		str_add(out, "1 question is due, about a minute");
	else if (n > REVIEW_MOST)
		str_addf(out, "%zu questions are due; %d of them, about 3 minutes", n, REVIEW_MOST);
	else if (n)
		str_addf(out, "%zu questions are due, about %zu minutes", n, (n * 3 + REVIEW_MOST - 1) / REVIEW_MOST);
	review_finish(&due);
}

/* ---- one question ---- */

/* Another row of the question's experiment: one of its first parameter's values that is not the lab's. */
static bool vary(struct sitting *s, const struct guide_question *q, u32 seed, struct guide_start *other, struct str *said)
{
	const struct guide_experiment *e = *q->vary ? guide_experiment(s->guide, q->vary) : NULL;
	char *values[16];

	if (seed == REVIEW_AS_IN_LAB || !e || !e->parameters.n || e->parameters.n > ARRAY_LEN(values) || e->parameters.at[0].values_n < 2)
		return false;
	for (size_t i = 0; i < e->parameters.n; i++)
		values[i] = e->parameters.at[i].values[0];
	values[0] = e->parameters.at[0].values[1 + seed % (e->parameters.at[0].values_n - 1)];
	guide_experiment_args(e, values, s->other);
	*other = (struct guide_start){.program = e->program, .args = (char **)s->other};
	str_addf(said, "This time %s is %s.", e->parameters.at[0].name, values[0]);
	return true;
}

bool sitting_review(struct sitting *s, const struct guide_question *q, u32 seed, struct str *said, struct err *err)
{
	struct guide_start other;

	s->review = q;
	if (vary(s, q, seed, &other, said)) {
		if (guide_play_to_question(s->play, q, &other, err))
			return true;
		/* That row leads another way: as in the lab, then. */
		*err = (struct err){0};
		str_clear(said);
	}
	return guide_play_to_question(s->play, q, NULL, err);
}

void review_context(const struct lab *lab, const struct guide_question *q, struct str *out)
{
	const struct guide_step *step;
	u32 at;

	if (guide_question(lab->guide, q->id, &at) != q)
		return;
	step = &lab->guide->steps.at[at];
	for (size_t i = 0; i < step->blocks.n && step->blocks.at[i].question != q; i++) {
		const struct guide_block *b = &step->blocks.at[i];

		if (b->kind == BLOCK_TEXT && b->text)
			str_addf(out, "%s\n", b->text_kind == TEXT_LISTING && b->spoken ? b->spoken : b->text);
	}
}
