/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the guide says in plain mode: the texts of a step, questions, what is pending, what came of an answer. */
#include "shell/guide_private.h"

static void say_question(struct shell *sh, const struct guide_question *q)
{
	say(sh, "Question. %s\n", q->text);
	for (u32 i = 0; i < guide_choices(q); i++)
		say(sh, "%u. %s\n", i + 1, guide_choice(q, i));
	if (q->kind == ASK_NUMBER)
		say(sh, "Type a number, or ? if you do not know yet.\n");
	if (q->kind == ASK_ORDER)
		say(sh, "Type them in order, like 2 1 3.\n");
}

static void say_experiment(struct shell *sh, const struct guide_experiment *e)
{
	struct str example = {0}, values = {0};

	for (size_t i = 0; i < e->parameters.n; i++) {
		const struct guide_parameter *p = &e->parameters.at[i];

		str_addf(&values, "%s%s =", i ? "; " : "", p->name);
		for (u32 k = 0; k < p->values_n; k++)
			str_addf(&values, "%s %s", k ? "," : "", p->values[k]);
		str_addf(&example, " %s=%s", p->name, p->values[p->values_n - 1]);
	}
	say(sh, "Experiment. %s\n", e->title);
	if (sitting_has_listed(&sh->guide->at))
		say(sh, "Press Enter, and it is run with %s.\n", values.s);
	else
		say(sh, "Press Enter to go on.\n");
	say(sh, "Or type run%s, with values of yours, as often as you like, and notebook for all runs.\n", example.s);
	str_finish(&values);
	str_finish(&example);
}

void guide_say_step_begin(struct shell *sh)
{
	struct shell_guide *g = sh->guide;
	u32 step = guide_play_step(g->play);

	say(sh, "Step %u of %zu. %s\n", step + 1, g->guide->steps.n,
		g->guide->steps.at[step].title);
	/* What the screen has for a picture. */
	if (g->guide->steps.at[step].show & SHOW_LADDER)
		say(sh, "The command ladder says which messages went between them, in order.\n");
	if (g->guide->steps.at[step].show & SHOW_TABLES)
		say(sh, "The command descriptors says where the numbers of each process lead.\n");
}

static void say_pending(struct shell *sh)
{
	struct str pending = {0};
	const struct guide_block *b = guide_play_block(sh->guide->play);

	guide_play_pending(sh->guide->play, &pending);
	if (b->aside)
		say(sh, "Press Enter, or type do, and each of these programs is run.\n");
	else
		say(sh, "Press Enter, or type do, to %s.\n", str_get(&pending));
	str_finish(&pending);
}

static void say_end(struct shell *sh)
{
	struct shell_guide *g = sh->guide;
	u32 step = guide_play_step(g->play);
	bool last = guide_play_at(g->play) == AT_END;

	guide_remember_step_done(sh);
	if (last) {
		struct str more = {0};

		sitting_exercises(&g->at, &more);
		say(sh, "That was the last step. %squit leaves; guide N goes to step N again.\n", str_get(&more));
		str_finish(&more);
	} else
		say(sh, "Step %u is done. Press Enter for step %u.\n", step + 1, step + 2);
}

static void say_text_block(struct shell *sh, const struct guide_block *b)
{
	if (b->text_kind == TEXT_QUOTE)
		say(sh, "Quotation. %s\n", b->text);
	else if (b->text_kind == TEXT_LISTING)
		say(sh, "%s\n", b->spoken ? b->spoken : b->text);
	else if (b->text_kind == TEXT_CODE)
		say(sh, "Source:\n%s\nEnd of source.\n", b->text);
	else
		say(sh, "%s\n", b->text);
}

/* Says what is next, up to where the learner has to do something. */
void guide_say_next(struct shell *sh)
{
	struct shell_guide *g = sh->guide;

	if (sh->leaving)
		return;
	while (guide_play_at(g->play) == AT_TEXT) {
		say_text_block(sh, guide_play_block(g->play));
		guide_say_outcome(sh, guide_play_read(g->play));
	}
	switch (guide_play_at(g->play)) {
	case AT_QUESTION: say_question(sh, guide_play_block(g->play)->question); break;
	case AT_DO: say_pending(sh); break;
	case AT_GOAL:
		say(sh, "Goal. It is your turn to move them. restart begins this step again, solution "
			"shows one way.\n");
		break;
	case AT_EXPERIMENT: say_experiment(sh, guide_play_block(g->play)->experiment); break;
	default: say_end(sh); break;
	}
}

/* After an answer the reasons may be said: why those wait who wait. */
static void say_reasons(struct shell *sh)
{
	struct scene scene = shell_scene(sh);
	struct str text = {0};
	u32 told[32], n = 0;

	for (u32 i = 1; i < world_tasks(scene.world); i++) {
		words_why_too(&scene, i, told, n, &text);
		if (n < ARRAY_LEN(told))
			told[n++] = i;
	}
	say_text(sh, str_get(&text));
	str_finish(&text);
}

/* Of a review one question is asked, and no more. */
static void review_over(struct shell *sh)
{
	const struct shell_lab *lab = sh->options->lab;

	if (!lab->review)
		return;
	*lab->answered = sh->leaving = true;
	if (lab->outcome)
		guide_play_settled(sh->guide->play, lab->outcome);
}

unsigned guide_say_outcome(struct shell *sh, unsigned what)
{
	struct shell_guide *g = sh->guide;

	if (what & PLAY_SETTLED) {
		say(sh, "%s", guide_play_answer_text(g->play));
		if (guide_play_settled(g->play, NULL)->kind != ASK_CHANGE)
			say_reasons(sh);
		guide_remember_answer(sh);
		review_over(sh);
	}
	if (what & PLAY_BROKEN)
		say(sh, "%sRestart begins this step again.\n", guide_play_answer_text(g->play));
	if (what & PLAY_ASTRAY && guide_play_astray(g->play) % 5 == 0)
		say(sh, "You have gone your own way for a while. Restart begins this step "
			"again.\n");
	return what;
}

void guide_say_row(struct shell *sh, size_t row)
{
	struct str s = {0};

	sitting_row(&sh->guide->at, row, &s);
	say(sh, "Run %zu. %s.\n", row + 1, str_get(&s));
	str_finish(&s);
}
