/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Questions that are due: which they are, and one of them asked again on fresh processes. What is true is found by
 * running them, as in the lab: nothing of an earlier answer is used. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
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

/* Another row of the question's experiment: its first parameter's value is not the lab's, the others' may be. */
static bool vary(struct sitting *s, const struct guide_question *q, u32 seed, struct guide_start *other, struct str *said)
{
	const struct guide_experiment *e = *q->vary ? guide_experiment(s->guide, q->vary) : NULL;
	char *values[16];

	if (seed == REVIEW_AS_IN_LAB || !e || !e->parameters.n || e->parameters.n > ARRAY_LEN(values) || e->parameters.at[0].values_n < 2)
		return false;
	for (size_t i = 0; i < e->parameters.n; i++) {
		const struct guide_parameter *p = &e->parameters.at[i];

		values[i] = p->values[i ? seed % p->values_n : 1 + seed % (p->values_n - 1)];
		str_addf(said, "%s%s is %s", !i ? "This time " : i + 1 < e->parameters.n ? ", " : " and ", p->name, values[i]);
	}
	str_add(said, ".");
	guide_experiment_args(e, values, s->other);
	*other = (struct guide_start){.program = e->program, .args = (char **)s->other};
	return true;
}

/* ---- what the processes are called ---- */

static bool has_word(const char *text, const char *word)
{
	size_t n = strlen(word);

	for (const char *at = text; at && *at; at++)
		if (strncasecmp(at, word, n) == 0 && (at == text || !isalnum((u8)at[-1])))
			return true;
	return false;
}

/* Does any text of this question, or what led to it, say that name? */
static bool is_said(const struct guide_question *q, const char *context, const char *name)
{
	bool said = has_word(context, name) || has_word(q->text, name) || has_word(q->otherwise, name);

	for (size_t i = 0; i < q->options.n && !said; i++)
		said = has_word(q->options.at[i].text, name) || has_word(q->options.at[i].reply, name);
	return said;
}

/* What a process does has to be seen then: its name does not tell it. */
static void rename_actors(struct sitting *s, const struct guide_question *q, u32 program, u32 seed, struct str *said)
{
	static const char *const others[] = {"anna", "ben", "cleo", "dan", "eva", "finn", "gwen", "hugo", "ida", "jon", "kim"};
	struct str context = {0};
	u32 n = 0;

	review_context(s->lab, q, &context);
	for (u32 i = 0; i < LAB_ACTORS_MAX; i++) {
		char actor[16];
		const char *name;

		snprintf(actor, sizeof actor, "P%u", i + 1);
		name = guide_role(s->guide, program, actor);
		if (!*name || n == ARRAY_LEN(others) || is_said(q, str_get(&context), name))
			continue;
		s->lab_host.names[i] = others[(seed + n++) % ARRAY_LEN(others)];
		str_addf(said, "%sP%u %s%s", n > 1 ? ", " : said->len ? " Here " : "Here ", i + 1, n > 1 ? "" : "is called ",
			s->lab_host.names[i]);
	}
	if (n)
		str_add(said, ".");
	str_finish(&context);
}

/* The program whose processes the question is about, unless another row is taken. */
static u32 program_at(const struct guide *g, const struct guide_question *q)
{
	u32 step;

	if (guide_question(g, q->id, &step) != q)
		return 0;
	while (step && !g->steps.at[step].fresh)
		step--;
	return g->steps.at[step].start.program;
}

/* varied: of another row, when there is one. */
static bool ask_again(struct sitting *s, const struct guide_question *q, u32 seed, bool varied, struct str *said, struct err *err)
{
	struct guide_start other = {.program = program_at(s->guide, q)};

	str_clear(said);
	memset(s->lab_host.names, 0, sizeof s->lab_host.names);
	varied = varied && vary(s, q, seed, &other, said);
	if (seed != REVIEW_AS_IN_LAB)
		rename_actors(s, q, other.program, seed, said);
	return guide_play_to_question(s->play, q, varied ? &other : NULL, err);
}

bool sitting_review(struct sitting *s, const struct guide_question *q, u32 seed, struct str *said, struct err *err)
{
	s->review = q;
	if (ask_again(s, q, seed, true, said, err))
		return true;
	*err = (struct err){0}; /* that row leads another way */
	return ask_again(s, q, seed, false, said, err);
}

/* What comes between two texts, so that the second one is not read as the first one's. */
static void done_words(const struct guide_block *b, struct str *out)
{
	if (b->aside || !b->moves.n)
		return;
	str_clear(out);
	str_add(out, "(Done: ");
	for (size_t i = 0; i < b->moves.n; i++) {
		str_add(out, i ? ", then " : "");
		move_words(&b->moves.at[i], out);
	}
	str_add(out, ".)\n");
}

void review_context(const struct lab *lab, const struct guide_question *q, struct str *out)
{
	const struct guide_step *step;
	struct str done = {0};
	u32 at;

	if (guide_question(lab->guide, q->id, &at) != q)
		return;
	step = &lab->guide->steps.at[at];
	for (size_t i = 0; i < step->blocks.n && step->blocks.at[i].question != q; i++) {
		const struct guide_block *b = &step->blocks.at[i];

		if (b->kind == BLOCK_DO)
			done_words(b, &done);
		if (b->kind != BLOCK_TEXT || !b->text)
			continue;
		str_addf(out, "%s%s\n", out->len ? str_get(&done) : "", b->text_kind == TEXT_LISTING && b->spoken ? b->spoken : b->text);
		str_clear(&done);
	}
	str_finish(&done);
}
