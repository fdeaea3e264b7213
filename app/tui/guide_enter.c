/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The learner's keys in a guide: Enter reads on, answers, does what is pending; digits and arrows choose an answer. */
#include "tui/guide.h"

bool lesson_asks(const struct screen_run *r)
{
	return r->guide && guide_play_at(r->guide->play) == AT_QUESTION;
}

/* The answer as typed, "2" or "4096": then the processes move. */
void lesson_answer(struct screen_run *r, const char *text)
{
	struct screen_guide *g = r->guide;
	const struct guide_question *q = guide_play_block(g->play)->question;
	struct str asked = {0};
	struct err err = {0};

	if (!guide_play_answer(g->play, text, &err)) {
		run_say_error(r, &err);
		return;
	}
	lesson_part(g);
	lesson_question(g, q, false, &asked);
	lesson_paragraph(g, str_get(&asked));
	str_finish(&asked);
	lesson_go_on(r);
	if (guide_play_at(g->play) == AT_DO && run_is_now(r))
		lesson_do(r);
}

static void answer_chosen(struct screen_run *r)
{
	const struct guide_question *q = guide_play_block(r->guide->play)->question;
	struct str text = {0};

	if (q->kind == ASK_NUMBER) {
		run_line_begin(r, USE_ANSWER, "a number, or ? for \"I do not know yet\": ");
		return;
	}
	if (q->kind == ASK_ORDER) {
		run_line_begin(r, USE_ANSWER, "in order, like 2 1 3, or ?: ");
		return;
	}
	str_addf(&text, "%u", r->guide->chosen + 1);
	lesson_answer(r, str_get(&text));
	str_finish(&text);
}

/* Lines of the guide below what is in sight. */
static int unread(struct screen_run *r, int *visible)
{
	int lines;

	*visible = 1;
	if (r->view.lower != PANE_GUIDE || (r->view.zoom && r->view.focus != PANE_GUIDE))
		return 0;
	screen_pane_size(r->term->canvas, &r->scene, &r->view, PANE_GUIDE, &lines, visible);
	return lines - *visible - r->view.scroll[PANE_GUIDE];
}

/* A question's choices may lie below what is in sight: they come up before one is chosen. */
static void scroll_to_end(struct screen_run *r)
{
	int visible, below = unread(r, &visible);

	if (below > 0)
		r->view.scroll[PANE_GUIDE] += below;
}

/* What was not in sight yet is read before Enter does anything else: a page, its last row says how much
 * more there is. False: all of it was. */
static bool read_on(struct screen_run *r)
{
	int visible, below = unread(r, &visible), page;

	if (below <= 0)
		return false;
	page = visible > 2 ? visible - 1 : 1;
	r->view.scroll[PANE_GUIDE] += below < page ? below : page;
	r->dirty = true;
	return true;
}

/* The guide lies behind another view, and has something that is to be read before Enter goes on: a question,
 * what came of an answer, the end of a step. A `do` may be looked at in any view. */
bool lesson_is_behind(struct screen_run *r)
{
	return r->view.lower != PANE_GUIDE && guide_play_at(r->guide->play) != AT_DO;
}

/* Enter. */
void lesson_enter(struct screen_run *r)
{
	struct screen_guide *g = r->guide;

	if (read_on(r))
		return;
	if (lesson_is_behind(r)) {
		run_view(r, PANE_GUIDE);
		return;
	}
	if (g->over) {
		r->to_home = true;
		return;
	}
	if (!run_is_now(r) && guide_play_at(g->play) != AT_QUESTION) {
		run_say(r, "You are looking back: G returns to now.");
		return;
	}
	switch (guide_play_at(g->play)) {
	case AT_QUESTION:
		answer_chosen(r);
		r->dirty = true;
		return;
	case AT_DO:
		motion_pause(r);
		lesson_do(r);
		return;
	case AT_EXPERIMENT:
		if (sitting_has_listed(&g->at)) {
			lesson_run_listed(r);
			return;
		}
		lesson_part(g);
		lesson_outcome(r, guide_play_read(g->play));
		lesson_go_on(r);
		return;
	case AT_STEP_END:
		motion_pause(r);
		lesson_step(r, guide_play_step(g->play) + 1, false);
		return;
	case AT_END: r->to_home = true; return;
	default:
		run_say(r, schedule_next(r->scene.world, 0)
				   ? "It is your turn to move them; :solution shows one way."
				   : "The goal is not reached: r begins this step again, "
				     ":solution shows one way.");
		scroll_to_end(r); /* the message has taken lines of the guide's */
	}
}

/* Digits and arrows while a question is open. */
void lesson_choose(struct screen_run *r, u32 choice)
{
	const struct guide_question *q = guide_play_block(r->guide->play)->question;
	char first[2] = {(char)('1' + choice), 0};

	if (lesson_is_behind(r))
		run_view(r, PANE_GUIDE);
	if (q->kind == ASK_NUMBER || q->kind == ASK_ORDER) {
		answer_chosen(r);
		term_put_ahead(r->term, first, 1);
		return;
	}
	if (choice < guide_choices(q))
		r->guide->chosen = choice;
	scroll_to_end(r);
	r->dirty = true;
}

void lesson_choose_by(struct screen_run *r, int by)
{
	u32 n = guide_choices(guide_play_block(r->guide->play)->question);

	if (lesson_is_behind(r))
		run_view(r, PANE_GUIDE);
	scroll_to_end(r);
	if (by < 0 ? r->guide->chosen > 0 : r->guide->chosen + 1 < n)
		r->guide->chosen = by < 0 ? r->guide->chosen - 1 : r->guide->chosen + 1;
	r->dirty = true;
}

/* A key that moves processes while a question is open: the first press only says so. */
bool lesson_forbids(struct screen_run *r, enum key_id id)
{
	if (!lesson_asks(r) || !run_is_now(r))
		return false;
	if (r->guide->skipping == id) {
		lesson_part(r->guide);
		guide_play_skip(r->guide->play);
		lesson_paragraph(r->guide, "Skipped.");
		lesson_go_on(r);
		return false;
	}
	r->guide->skipping = id;
	run_say(r, "Answer first, or press it again to skip.");
	return true;
}
