/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The guide in plain mode: begin and end, steps, what Enter does, and what comes of the learner's
 * own moves. On a script it stays silent until `guide` asks for it, as everything here is said
 * only in answer to a command.
 */
#include <stdlib.h>
#include <string.h>

#include "shell/guide_private.h"
#include "view/screen.h"

enum { TOLD_MAX = 40, TOLD_LAST = 10 };

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

void guide_remember_answer(struct shell *sh)
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

void guide_remember_step_done(struct shell *sh)
{
	struct err err = {0};

	remember(sh);
	if (!sitting_step_done(&sh->guide->at, &err))
		say_error(sh, &err);
}

/* ---- going on ---- */
void guide_step(struct shell *sh, u32 step, bool fresh)
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
	guide_say_step_begin(sh);
	guide_say_next(sh);
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
	guide_say_outcome(sh, what);
	guide_say_next(sh);
}

/* The experiment that is open, with each value that the guide lists and that was not tried yet. */
static void run_listed(struct shell *sh)
{
	struct sitting *at = &sh->guide->at;

	while (sitting_has_listed(at)) {
		struct err err = {0};

		if (sitting_run_listed(at, &err))
			guide_say_row(sh, at->rows.n - 1);
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
		guide_say_outcome(sh, guide_play_read(g->play));
		guide_say_next(sh);
		break;
	case AT_STEP_END: guide_step(sh, guide_play_step(g->play) + 1, false); break;
	default: guide_say_next(sh); break;
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
	guide_say_next(sh);
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
	guide_say_outcome(sh, what);
	if (what & (PLAY_SETTLED | PLAY_REACHED) || guide_play_block(g->play) != b)
		guide_say_next(sh);
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

/* `restart` of a lab with a guide: this step again. */
void guide_restart(struct shell *sh)
{
	guide_step(sh, guide_play_step(sh->guide->play), true);
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
	guide_say_next(sh);
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
	guide_say_step_begin(sh);
	guide_say_next(sh);
}
