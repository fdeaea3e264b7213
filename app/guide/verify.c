/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A lab driven by its own guide, so that no guide can say what the kernel does not do. Checked of
 * every step: fresh processes brought to its beginning stand as those do that came there step by
 * step; of each question, that exactly one option comes true and that every other one has a reply;
 * each expectation; each goal not before its solution and after it; each cell of a notebook known.
 */
#include "guide/private.h"

#include <string.h>

struct verifying {
	const struct guide *guide;
	const struct guide_host *host;
	u64 began;
	const struct guide_question *question;
	u64 asked;
	struct err *err;
};

static bool fails(struct verifying *v, struct guide_mark at, const char *fmt, ...)
	PRINTF_LIKE(3, 4);
static bool fails(struct verifying *v, struct guide_mark at, const char *fmt, ...)
{
	struct str s = {0};
	va_list ap;

	va_start(ap, fmt);
	str_vaddf(&s, fmt, ap);
	va_end(ap);
	guide_error(v->err, v->guide->file, at, "%s", str_get(&s));
	v->err->code = EXIT_FAILED;
	str_finish(&s);
	return false;
}

static bool verify_question(struct verifying *v, const struct guide_block *b)
{
	const struct guide_question *q = v->question;
	struct cond_view view = host_view(v->host, v->asked);
	struct guide_truth truth;

	v->question = NULL;
	if (!guide_settle(v->guide, q, &view, b->moves.at, b->moves.n, v->host, &truth, v->err)) {
		v->err->code = EXIT_FAILED;
		return false;
	}
	for (u32 i = 0; i < q->options.n; i++) {
		const struct guide_option *o = &q->options.at[i];
		bool wrong = q->kind == ASK_NUMBER ? o->number != truth.number : i != truth.choice;

		if (q->kind != ASK_ORDER && wrong && !*o->reply)
			return fails(v, o->mark,
				"question '%s': nothing is said to those who choose this and are "
				"wrong",
				q->id);
	}
	return true;
}

static bool verify_expect(struct verifying *v, const struct guide_block *b, u32 shown)
{
	struct cond_view view = host_view(v->host, v->began);
	struct str s = {0};
	bool ok = true;

	for (size_t i = 0; i < b->conds.n && ok; i++) {
		if (cond_holds(b->conds.at[i], &view))
			continue;
		cond_explain(b->conds.at[i], &view, &s);
		ok = fails(v, b->cond_marks.at[i], "step %u: this does not hold: %s", shown,
			str_get(&s));
	}
	str_finish(&s);
	return ok;
}

static bool goal_holds(struct verifying *v, const struct guide_block *b)
{
	struct cond_view view = host_view(v->host, v->began);

	for (size_t i = 0; i < b->conds.n; i++)
		if (!cond_holds(b->conds.at[i], &view))
			return false;
	return true;
}

static bool verify_goal(struct verifying *v, const struct guide_block *b, u32 shown)
{
	if (goal_holds(v, b))
		return fails(
			v, b->mark, "step %u: the goal is reached before anybody moves", shown);
	if (!guide_moves_run(v->guide, b->moves.at, b->moves.n, v->host, v->err)) {
		v->err->code = EXIT_FAILED;
		return false;
	}
	return verify_expect(v, b, shown);
}

/* The first value of each parameter, but of one of them each value in turn. */
static bool verify_experiment(struct verifying *v, const struct guide_block *b)
{
	const struct guide_experiment *e = b->experiment;
	char *values[16];

	if (e->parameters.n > ARRAY_LEN(values))
		return fails(v, b->mark, "experiment '%s': too many parameters", e->id);
	for (size_t i = 0; i < e->parameters.n; i++)
		for (u32 k = 0; k < e->parameters.at[i].values_n; k++) {
			struct guide_row row = {0};
			bool ok;

			for (size_t j = 0; j < e->parameters.n; j++)
				values[j] = e->parameters.at[j].values[j == i ? k : 0];
			ok = guide_experiment_run(v->guide, e, values, v->host, &row, v->err);
			for (size_t c = 0; ok && c < row.cells.n; c++)
				if (strcmp(row.cells.at[c], "-") == 0)
					ok = fails(v, b->mark,
						"experiment '%s': with %s = %s, '%s' is not known",
						e->id, e->parameters.at[i].name, values[i],
						e->columns.at[c].title);
			guide_row_finish(&row);
			if (!ok)
				return v->err->code = EXIT_FAILED, false;
		}
	return true;
}

static bool verify_block(struct verifying *v, const struct guide_block *b, u32 shown)
{
	switch (b->kind) {
	case BLOCK_TEXT: return true;
	case BLOCK_PREDICT:
		v->question = b->question;
		v->asked = timeline_events(v->host->timeline(v->host->arg));
		return true;
	case BLOCK_DO:
		if (!b->aside &&
			!guide_moves_run(v->guide, b->moves.at, b->moves.n, v->host, v->err)) {
			v->err->code = v->err->code == EXIT_INPUT ? EXIT_FAILED : v->err->code;
			return false;
		}
		return !v->question || verify_question(v, b);
	case BLOCK_EXPECT: return verify_expect(v, b, shown);
	case BLOCK_GOAL: return verify_goal(v, b, shown);
	case BLOCK_EXPERIMENT: return verify_experiment(v, b);
	}
	return true;
}

/* Fresh processes, brought to this step, must stand as ours do. */
static bool verify_return(struct verifying *v, u32 step)
{
	struct guide_host aside;
	struct str where = {0};
	bool ok;

	if (!v->host->aside(v->host->arg, &aside, v->err))
		return false;
	ok = step_prepare(v->guide, step, &aside, v->err);
	if (!ok)
		v->err->code = EXIT_FAILED;
	else if (!world_same(timeline_now(v->host->timeline(v->host->arg)),
			 timeline_now(aside.timeline(aside.arg)), &where))
		ok = fails(v, v->guide->steps.at[step].mark,
			"step %u: fresh processes come to another beginning: %s", step + 1,
			str_get(&where));
	v->host->aside_end(&aside);
	str_finish(&where);
	return ok;
}

static bool verify_beliefs(struct verifying *v, const struct beliefs *all, const char *lab)
{
	const struct guide_question *q;
	const struct belief *belief;

	for (size_t i = 0; i < v->guide->steps.n; i++)
		for (size_t k = 0; k < v->guide->steps.at[i].blocks.n; k++) {
			const struct guide_block *b = &v->guide->steps.at[i].blocks.at[k];

			q = b->question;
			if (!q || !*q->breaks)
				continue;
			belief = belief_find(all, q->breaks);
			if (!belief)
				return fails(v, b->mark,
					"question '%s' breaks '%s', which labs/misconceptions.yaml "
					"does not have",
					q->id, q->breaks);
			if (strcmp(belief->lab, lab) != 0 || strcmp(belief->prediction, q->id) != 0)
				return fails(v, b->mark,
					"labs/misconceptions.yaml says that '%s' is broken by '%s' "
					"of lab %s",
					q->breaks, belief->prediction, belief->lab);
		}
	for (size_t i = 0; i < all->all.n; i++) {
		belief = &all->all.at[i];
		if (strcmp(belief->lab, lab) == 0 &&
			!guide_question(v->guide, belief->prediction, NULL))
			return fails(v, (struct guide_mark){1, 1},
				"labs/misconceptions.yaml wants a question '%s' here",
				belief->prediction);
	}
	return true;
}

/* `first`: no step before it has left processes to go on with. */
static bool verify_step(struct verifying *v, u32 i, bool first)
{
	const struct guide_step *step = &v->guide->steps.at[i];

	if (step->fresh &&
		!v->host->start(v->host->arg, &v->guide->programs.at[step->start.program],
			step->start.args, v->err))
		return err_wrap(v->err, "%s:%u", v->guide->file, step->start.mark.line);
	if (!step->fresh && first && !step_prepare(v->guide, i, v->host, v->err))
		return false;
	if (!step->fresh && !first && !verify_return(v, i))
		return false;
	v->began = timeline_events(v->host->timeline(v->host->arg));
	for (size_t k = 0; k < step->blocks.n; k++)
		if (!verify_block(v, &step->blocks.at[k], i + 1))
			return false;
	return true;
}

bool guide_verify(const struct guide *g, const struct beliefs *beliefs, const char *lab, u32 first,
	u32 last, const struct guide_host *host,
	void (*said)(void *arg, u32 step, const struct guide_step *), void *said_arg,
	struct err *err)
{
	struct verifying v = {.guide = g, .host = host, .err = err};

	if (beliefs && !verify_beliefs(&v, beliefs, lab))
		return false;
	for (u32 i = first; i <= last && i < g->steps.n; i++) {
		if (said)
			said(said_arg, i, &g->steps.at[i]);
		if (!verify_step(&v, i, i == first))
			return false;
	}
	return true;
}
