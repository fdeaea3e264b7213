/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The guide in plain mode: step texts, questions, what Enter does, and what comes of the learner's
 * own moves. On a script it stays silent until `guide` asks for it, as everything here is said
 * only in answer to a command.
 */
#include <stdlib.h>
#include <string.h>

#include "lab/lib.h"
#include "shell/guide.h"
#include "view/screen.h"

enum { TOLD_MAX = 40, TOLD_LAST = 10 };

struct shell_guide {
	struct sitting at;
	const struct guide *guide; /* the lab's */
	struct guide_play *play;   /* the sitting's */
	struct str said;     /* what is different in a review */
	struct str skipping; /* a move refused while a question was open: the same again skips it */
	u32 first;           /* step it began with */
	bool active;         /* speaks */
};

/* ---- progress ---- */
/* Opened when there is something to remember: a script that never asks for the guide leaves no trace. */
static void remember(struct shell *sh)
{
	struct str note = {0};

	sitting_remember(&sh->guide->at, &note);
	if (note.len)
		say(sh, "%s\n", note.s);
	str_finish(&note);
}

static void remember_step(struct shell *sh, u32 at)
{
	struct err err = {0};

	remember(sh);
	if (!sitting_at(&sh->guide->at, at, &err))
		say_error(sh, &err);
}

static void remember_answer(struct shell *sh)
{
	struct scene scene = shell_scene(sh);
	struct str picture = {0};
	struct err err = {0};

	remember(sh);
	stage_picture(&scene, sh->selected, &picture);
	if (!sitting_answered(&sh->guide->at, str_get(&picture), &err))
		say_error(sh, &err);
	str_finish(&picture);
}

static void remember_step_done(struct shell *sh)
{
	struct err err = {0};

	remember(sh);
	if (!sitting_step_done(&sh->guide->at, &err))
		say_error(sh, &err);
}

/* ---- what is said ---- */
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

static void say_step_begin(struct shell *sh)
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

	remember_step_done(sh);
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

static unsigned say_outcome(struct shell *sh, unsigned what);

/* Says what is next, up to where the learner has to do something. */
static void say_next(struct shell *sh)
{
	struct shell_guide *g = sh->guide;

	if (sh->leaving)
		return;
	while (guide_play_at(g->play) == AT_TEXT) {
		say_text_block(sh, guide_play_block(g->play));
		say_outcome(sh, guide_play_read(g->play));
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

	for (u32 i = 1; i < world_tasks(scene.world); i++)
		words_why(&scene, i, &text);
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

static unsigned say_outcome(struct shell *sh, unsigned what)
{
	struct shell_guide *g = sh->guide;

	if (what & PLAY_SETTLED) {
		say(sh, "%s", guide_play_answer_text(g->play));
		if (guide_play_settled(g->play, NULL)->kind != ASK_CHANGE)
			say_reasons(sh);
		remember_answer(sh);
		review_over(sh);
	}
	if (what & PLAY_BROKEN)
		say(sh, "%sRestart begins this step again.\n", guide_play_answer_text(g->play));
	if (what & PLAY_ASTRAY && guide_play_astray(g->play) % 5 == 0)
		say(sh, "You have gone your own way for a while. Restart begins this step "
			"again.\n");
	return what;
}

/* ---- going on ---- */
static void enter_step(struct shell *sh, u32 step, bool fresh)
{
	struct shell_guide *g = sh->guide;
	struct err err = {0};

	g->active = true;
	if (!guide_play_enter(g->play, step, fresh, &err)) {
		say_error(sh, &err);
		return;
	}
	g->at.counted = false;
	remember_step(sh, step);
	say_step_begin(sh);
	say_next(sh);
}

/* What the guide did, told; of a long way only its end: nobody listens to a hundred lines. */
static void tell_done(struct shell *sh, u64 from)
{
	struct timeline *t = session_timeline(sh->session);
	u64 began = moment_of(sh, from), now = timeline_moments(t), first, last;

	if (now > began + TOLD_MAX && timeline_moment_events(t, now - TOLD_LAST, &first, &last)) {
		say(sh, "%llu events, of which the last are told. events %llu tells all.\n",
			(unsigned long long)(now - began), (unsigned long long)(now - began));
		from = last;
	}
	move_tell(sh, from);
}

static void do_pending(struct shell *sh)
{
	struct shell_guide *g = sh->guide;
	u64 from = shell_event(sh);
	struct err err = {0};
	unsigned what;
	bool ok = guide_play_do(g->play, &what, &err);

	sh->by_guide = true;
	if (shell_event(sh) != from)
		tell_done(sh, from);
	sh->by_guide = false;
	if (!ok) {
		say_error(sh, &err);
		say(sh, "Restart begins this step again.\n");
		return;
	}
	say_outcome(sh, what);
	say_next(sh);
}

static void say_row(struct shell *sh, size_t row)
{
	struct str s = {0};

	sitting_row(&sh->guide->at, row, &s);
	say(sh, "Run %zu. %s.\n", row + 1, str_get(&s));
	str_finish(&s);
}

/* The experiment that is open, with each value that the guide lists and that was not tried yet. */
static void run_listed(struct shell *sh)
{
	struct sitting *at = &sh->guide->at;

	while (sitting_has_listed(at)) {
		struct err err = {0};

		if (sitting_run_listed(at, &err))
			say_row(sh, at->rows.n - 1);
		else
			say_error(sh, &err);
	}
	say(sh, "Press Enter to go on.\n");
}

/* Enter. */
void guide_enter(struct shell *sh)
{
	struct shell_guide *g = sh->guide;

	switch (guide_play_at(g->play)) {
	case AT_DO:
		if (shell_is_now(sh))
			do_pending(sh);
		else
			say(sh, "You are looking back. Type now first.\n");
		break;
	case AT_EXPERIMENT:
		if (sitting_has_listed(&g->at)) {
			run_listed(sh);
			return;
		}
		say_outcome(sh, guide_play_read(g->play));
		say_next(sh);
		break;
	case AT_STEP_END: enter_step(sh, guide_play_step(g->play) + 1, false); break;
	default: say_next(sh); break;
	}
}

bool guide_asks(const struct shell *sh)
{
	return sh->guide && sh->guide->active && guide_play_at(sh->guide->play) == AT_QUESTION;
}

static bool looks_like_answer(const struct guide_question *q, const char *text)
{
	struct guide_answer a;
	struct err err = {0};

	return guide_answer_read(q, text, &a, &err) || strchr("0123456789?-", *text);
}

/* A line typed while a question is open: taken when it is meant as an answer. */
bool guide_takes(struct shell *sh, const char *text)
{
	struct shell_guide *g = sh->guide;
	struct str noted = {0};
	struct err err = {0};

	if (!guide_asks(sh) || !looks_like_answer(guide_play_block(g->play)->question, text))
		return false;
	str_clear(&sh->answer);
	str_clear(&g->skipping);
	if (!guide_play_answer(g->play, text, &err)) {
		say_error(sh, &err);
		return true;
	}
	str_add_escaped(&noted, text, strlen(text));
	say(sh, "Noted: %s.\n", str_get(&noted));
	str_finish(&noted);
	say_next(sh);
	return true;
}

/* ---- the learner's own moves ---- */
bool guide_forbids(struct shell *sh, enum steer_id id, const char *line)
{
	struct shell_guide *g = sh->guide;

	if (!guide_asks(sh))
		return false;
	if (id == STEER_why) {
		say(sh, "That is said after your answer.\n");
		return true;
	}
	if (id == STEER_link) {
		say(sh, "That is said after your answer.\n");
		return true;
	}
	if ((id == STEER_ends || id == STEER_descriptors) && guide_play_block(g->play)->question->hide & GUIDE_HIDE_ENDS) {
		say(sh, "That is said after your answer.\n");
		return true;
	}
	if (!shell_moves(id) || !shell_is_now(sh))
		return false;
	if (g->skipping.len && strcmp(str_get(&g->skipping), line) == 0) {
		guide_play_skip(g->play);
		str_clear(&g->skipping);
		say(sh, "Skipped.\n");
		return false;
	}
	str_clear(&g->skipping);
	str_add(&g->skipping, line);
	say(sh, "Answer first, or type it again to skip the question.\n");
	return true;
}

static void say_moved(struct shell *sh, const struct guide_block *b, unsigned what)
{
	struct shell_guide *g = sh->guide;

	if (what & PLAY_REACHED)
		say(sh, "%s\n", b->text);
	say_outcome(sh, what);
	if (what & (PLAY_SETTLED | PLAY_REACHED) || guide_play_block(g->play) != b)
		say_next(sh);
}

void guide_moved(struct shell *sh, const char *command)
{
	struct shell_guide *g = sh->guide;
	const struct guide_block *b = guide_play_block(g->play);
	struct err err = {0};
	unsigned what = 0;

	if (guide_play_moved(g->play, command, &what, &err) && g->active)
		say_moved(sh, b, what);
}

/* "step P1 until ...", as solutions say it. False: it is no such line, or there is no guide to take it. */
bool guide_until(struct shell *sh, enum steer_id id, const char *line)
{
	struct shell_guide *g = sh->guide;
	u64 from = shell_event(sh);
	struct err err = {0};
	struct str command = {0};
	const struct guide_block *b;
	unsigned what = 0;
	bool ok;

	if (!g || !strstr(line, " until ") || !shell_moves(id))
		return false;
	if (!shell_is_now(sh)) {
		say(sh, "You are looking back. Type now first.\n");
		return true;
	}
	if (guide_forbids(sh, id, line))
		return true;
	b = guide_play_block(g->play);
	line += strspn(line, " \t");
	str_addf(&command, "%s%s", steer_table[id].name, line + strcspn(line, " \t"));
	ok = guide_play_move(g->play, str_get(&command), &what, &err);
	if (shell_event(sh) != from)
		tell_done(sh, from);
	if (!ok)
		say_error(sh, &err);
	else if (g->active)
		say_moved(sh, b, what);
	str_finish(&command);
	return true;
}

/* ---- commands ---- */
static bool have_guide(struct shell *sh)
{
	if (!sh->guide)
		say(sh, "There is no guide here.\n");
	return sh->guide != NULL;
}

void do_guide(struct shell *sh, int n, char **words, const char *rest)
{
	u64 step;

	(void)rest;
	if (!have_guide(sh))
		return;
	if (n > 1) {
		if (!shell_number(sh, words[1], &step))
			return;
		if (step < 1 || step > sh->guide->guide->steps.n)
			complain(sh, "there are %zu steps", sh->guide->guide->steps.n);
		else
			enter_step(sh, (u32)step - 1, true);
		return;
	}
	sh->guide->active = true;
	say_step_begin(sh);
	say_next(sh);
}

void do_do(struct shell *sh, int n, char **words, const char *rest)
{
	(void)n, (void)words, (void)rest;
	if (!have_guide(sh))
		return;
	if (guide_play_at(sh->guide->play) != AT_DO)
		say(sh, "Nothing is to be done here. guide says where you are.\n");
	else
		guide_enter(sh);
}

void do_next(struct shell *sh, int n, char **words, const char *rest)
{
	(void)n, (void)words, (void)rest;
	if (!have_guide(sh))
		return;
	if (guide_play_at(sh->guide->play) == AT_STEP_END ||
		guide_play_at(sh->guide->play) == AT_EXPERIMENT)
		guide_enter(sh);
	else
		say_next(sh);
}

void do_solution(struct shell *sh, int n, char **words, const char *rest)
{
	const struct guide_block *b;

	(void)n, (void)words, (void)rest;
	if (!have_guide(sh))
		return;
	b = guide_play_block(sh->guide->play);
	if (guide_play_at(sh->guide->play) != AT_GOAL) {
		say(sh, "No goal is open.\n");
		return;
	}
	say(sh, "From the beginning of this step (restart goes there):\n");
	for (size_t i = 0; i < b->moves.n; i++)
		say(sh, "%s\n", b->moves.at[i].text);
}

void do_run(struct shell *sh, int n, char **words, const char *rest)
{
	struct err err = {0};

	(void)n, (void)words;
	if (!have_guide(sh))
		return;
	if (sitting_run(&sh->guide->at, rest, &err))
		say_row(sh, sh->guide->at.rows.n - 1);
	else if (err.code == EXIT_USAGE)
		complain(sh, "%s", err.text);
	else
		say_error(sh, &err);
}

void do_notebook(struct shell *sh, int n, char **words, const char *rest)
{
	(void)n, (void)words, (void)rest;
	if (!have_guide(sh))
		return;
	if (!sh->guide->at.rows.n)
		say(sh, "No experiment was run yet.\n");
	for (size_t i = 0; i < sh->guide->at.rows.n; i++)
		say_row(sh, i);
}

void do_set(struct shell *sh, int n, char **words, const char *rest)
{
	struct str now = {0};
	struct err err = {0};

	(void)rest;
	if (!have_guide(sh))
		return;
	sitting_settings(&sh->guide->at, &now);
	if (n == 1)
		say(sh, now.len ? "%s.\n" : "Nothing in this step can be set.%s\n", str_get(&now));
	else if (n == 2)
		complain(sh, "set needs a name and a number, as in set size 4");
	else if (sitting_set(&sh->guide->at, words[1], words[2], &err))
		guide_restart(sh);
	else
		complain(sh, "%s", err.text);
	str_finish(&now);
}

/* `restart` of a lab with a guide: this step again. */
void guide_restart(struct shell *sh)
{
	enter_step(sh, guide_play_step(sh->guide->play), true);
}

/* ---- begin and end ---- */
static void session_began(void *arg)
{
	shell_begin(arg);
}

/* Where the learner stopped the last time. */
static u32 resume_step(struct shell *sh)
{
	remember(sh);
	return sitting_resume(&sh->guide->at);
}

bool guide_open(struct shell *sh, struct err *err)
{
	const struct shell_lab *options = sh->options->lab;
	struct shell_guide *g = xmalloc(sizeof *g);

	sh->guide = g;
	sitting_open(&g->at, options->lab, &sh->session, session_began, sh);
	g->guide = g->at.guide;
	g->play = g->at.play;
	g->active = sh->options->interactive || options->step_given;
	g->first = options->step_given ? options->step : g->active ? resume_step(sh) : 0;
	if (g->first >= g->guide->steps.n)
		return err_set(err, EXIT_USAGE, "lab %s has %zu steps", options->lab->id,
			g->guide->steps.n);
	if (options->review) {
		g->active = true;
		return sitting_review(&g->at, options->review, options->seed, &g->said, err);
	}
	return guide_play_enter(g->play, g->first, true, err);
}

/* Where the question stands, what led there, what is different this time, then the question. */
static void say_review(struct shell *sh)
{
	struct shell_guide *g = sh->guide;
	struct str context = {0};
	const char *title;

	title = g->guide->steps.at[guide_play_step(g->play)].title;
	review_context(g->at.lab, sh->options->lab->review, &context);
	say(sh, "Lab %s, %s%s\n", g->at.lab->id, title, title[strlen(title) - 1] == '?' ? "" : ".");
	say_text(sh, str_get(&context));
	if (g->said.len)
		say(sh, "%s\n", g->said.s);
	remember(sh);
	do_look(sh, 1, NULL, "");
	say_next(sh);
	str_finish(&context);
}

void guide_close(struct shell *sh)
{
	struct shell_guide *g = sh->guide;

	if (!g)
		return;
	sitting_close(&g->at);
	str_finish(&g->skipping);
	str_finish(&g->said);
	free(g);
	sh->guide = NULL;
}

bool guide_speaks(const struct shell *sh)
{
	return sh->guide && sh->guide->active;
}

void guide_say_first(struct shell *sh)
{
	if (sh->options->lab->review) {
		say_review(sh);
		return;
	}
	if (sh->guide->first == 0 && *sh->guide->guide->intro)
		say(sh, "%s\n", sh->guide->guide->intro);
	else if (sh->guide->first && !sh->options->lab->step_given)
		say(sh, "You were at step %u the last time. guide 1 begins with the first.\n",
			sh->guide->first + 1);
	remember_step(sh, guide_play_step(sh->guide->play));
	say_step_begin(sh);
	say_next(sh);
}
