/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The guide on the screen: what a step says so far, the question that is open, what Enter does next.
 * The text of a step grows from above; the newest part is in sight. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/guide.h"

/* Not remembered is worth a sentence and no more. */
static void remembered(struct screen_run *r, bool ok, const struct err *err)
{
	if (!ok)
		run_say_error(r, err);
}

/* ---- the text of the step ---- */

/* Begins a part: what stood there before may scroll away. */
void lesson_part(struct screen_guide *g)
{
	g->old_len = g->text.len;
	g->fresh_text = true;
}

void lesson_paragraph(struct screen_guide *g, const char *text)
{
	size_t n = strlen(text);

	while (n && text[n - 1] == '\n')
		n--;
	if (!n)
		return;
	if (g->text.len)
		str_add(&g->text, "\n");
	str_add_bytes(&g->text, text, n);
	str_add(&g->text, "\n");
}

static void text_block(struct screen_guide *g, const struct guide_block *b)
{
	struct str indented = {0};
	const char *p = b->text;

	if (b->text_kind == TEXT_PARAGRAPH || !p) {
		lesson_paragraph(g, p ? p : "");
		return;
	}
	while (*p) {
		size_t n = strcspn(p, "\n");

		str_add(&indented,
			b->text_kind == TEXT_ITEM ? (p == b->text ? "\u00b7 " : "  ") : "   ");
		str_add_bytes(&indented, p, n);
		str_add(&indented, "\n");
		p += n + (p[n] == '\n');
	}
	lesson_paragraph(g, str_get(&indented));
	str_finish(&indented);
}

static void question_text(
	const struct screen_guide *g, const struct guide_question *q, bool open, struct str *out)
{
	str_addf(out, "%s\n", q->text);
	for (u32 i = 0; i < guide_choices(q); i++)
		str_addf(out, "%s %u  %s\n",
			open && i == g->chosen && q->kind != ASK_NUMBER && q->kind != ASK_ORDER
				? ">"
				: " ",
			i + 1, guide_choice(q, i));
}

/* With the picture, as text. */
static void remember_answer(struct screen_run *r)
{
	struct str picture = {0};
	struct err err = {0};

	run_scene(r);
	stage_picture(&r->scene, r->view.selected, &picture);
	remembered(r, sitting_answered(&r->guide->at, str_get(&picture), &err), &err);
	str_finish(&picture);
}

static void outcome(struct screen_run *r, unsigned what)
{
	struct screen_guide *g = r->guide;

	if (what & PLAY_SETTLED) {
		lesson_paragraph(g, guide_play_answer_text(g->play));
		remember_answer(r);
		g->over = g->at.review != NULL;
	}
	if (what & PLAY_BROKEN) {
		lesson_paragraph(g, guide_play_answer_text(g->play));
		lesson_paragraph(g, "r begins this step again, on fresh processes.");
	}
	if (what & PLAY_ASTRAY && guide_play_astray(g->play) % 5 == 0)
		run_say(r, "You have gone your own way for a while: r begins this step again.");
}

/* Whatever can be said without the learner's doing anything. */
static void go_on(struct screen_run *r)
{
	struct screen_guide *g = r->guide;
	struct err err = {0};

	r->dirty = true;
	if (g->over)
		return;
	g->task = g->text.len;
	while (guide_play_at(g->play) == AT_TEXT) {
		g->task = g->text.len;
		text_block(g, guide_play_block(g->play));
		outcome(r, guide_play_read(g->play));
	}
	g->chosen = 0;
	g->skipping = KEY_ID_NONE;
	if (guide_play_at(g->play) == AT_EXPERIMENT)
		lesson_experiment(g, guide_play_block(g->play)->experiment);
	if (guide_play_at(g->play) == AT_STEP_END || guide_play_at(g->play) == AT_END)
		remembered(r, sitting_step_done(&g->at, &err), &err);
}

/* ---- moving ---- */

/* After the guide has moved processes: what happened since, of these or of fresh ones. */
static void moved_by_guide(struct screen_run *r, u64 from)
{
	run_scene(r);
	r->guide->told = r->guide->fresh ? 0 : from;
	if (!r->guide->fresh) {
		tell_since(r, from);
	} else if (timeline_moments(session_timeline(r->session)) > 1) {
		tell_moment(r);
	} else {
		str_clear(&r->last); /* that they were started is no news */
		str_clear(&r->out_line);
	}
	r->guide->fresh = false;
	r->dirty = true;
}

static void begin_text(struct screen_guide *g, u32 step)
{
	str_clear(&g->text);
	lesson_part(g);
	if (step == 0 && g->guide->intro)
		lesson_paragraph(g, g->guide->intro);
}

static void enter(struct screen_run *r, u32 step, bool fresh)
{
	struct screen_guide *g = r->guide;
	u64 from = r->session ? timeline_events(session_timeline(r->session)) : 0;
	struct err err = {0};

	if (step != guide_play_step(g->play))
		sitting_build_no_more(&g->at);
	if (!guide_play_enter(g->play, step, fresh, &err)) {
		run_scene(r);
		run_say_error(r, &err);
		return;
	}
	begin_text(g, step);
	g->at.counted = false;
	run_view(r, PANE_GUIDE);
	r->view.scroll[PANE_GUIDE] = 0;
	moved_by_guide(r, from);
	remembered(r, sitting_at(&g->at, step, &err), &err);
	go_on(r);
}

static void do_pending(struct screen_run *r)
{
	struct screen_guide *g = r->guide;
	u64 from = timeline_events(session_timeline(r->session));
	struct err err = {0};
	unsigned what = 0;
	bool ok = guide_play_do(g->play, &what, &err);

	r->view.first = false;
	lesson_part(g);
	moved_by_guide(r, from);
	if (!ok) {
		lesson_paragraph(g, err.text);
		lesson_paragraph(g, "r begins this step again, on fresh processes.");
		return;
	}
	outcome(r, what);
	go_on(r);
}

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
	question_text(g, q, false, &asked);
	lesson_paragraph(g, str_get(&asked));
	str_finish(&asked);
	go_on(r);
	if (guide_play_at(g->play) == AT_DO && run_is_now(r))
		do_pending(r);
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
static bool is_behind(struct screen_run *r)
{
	return r->view.lower != PANE_GUIDE && guide_play_at(r->guide->play) != AT_DO;
}

/* Enter. */
void lesson_enter(struct screen_run *r)
{
	struct screen_guide *g = r->guide;

	if (read_on(r))
		return;
	if (is_behind(r)) {
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
		do_pending(r);
		return;
	case AT_EXPERIMENT:
		if (sitting_has_listed(&g->at)) {
			lesson_run_listed(r);
			return;
		}
		lesson_part(g);
		outcome(r, guide_play_read(g->play));
		go_on(r);
		return;
	case AT_STEP_END:
		motion_pause(r);
		enter(r, guide_play_step(g->play) + 1, false);
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

	if (is_behind(r))
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

	if (is_behind(r))
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
		go_on(r);
		return false;
	}
	r->guide->skipping = id;
	run_say(r, "Answer first, or press it again to skip.");
	return true;
}

static void followed(struct screen_run *r, const struct guide_block *b, unsigned what)
{
	struct screen_guide *g = r->guide;

	if (what & (PLAY_SETTLED | PLAY_REACHED | PLAY_BROKEN) || guide_play_block(g->play) != b)
		lesson_part(g);
	if (what & PLAY_REACHED && b && b->text)
		lesson_paragraph(g, b->text);
	outcome(r, what);
	if (guide_play_block(g->play) != b || what & (PLAY_SETTLED | PLAY_REACHED))
		go_on(r);
}

void lesson_moved(struct screen_run *r, const char *command)
{
	struct screen_guide *g = r->guide;
	const struct guide_block *b;
	struct err err = {0};
	unsigned what = 0;

	if (!g)
		return;
	b = guide_play_block(g->play);
	if (guide_play_moved(g->play, command, &what, &err))
		followed(r, b, what);
	/* The picture may have grown over it: at a goal the task stays in sight, not what came before it. */
	if (guide_play_at(g->play) == AT_GOAL && !g->fresh_text) {
		g->old_len = g->task;
		g->fresh_text = true;
	}
}

/* "step P1 until ...", as solutions say it. */
void lesson_until(struct screen_run *r, const char *command)
{
	struct guide_play *play = r->guide->play;
	u64 from = timeline_events(session_timeline(r->session));
	const struct guide_block *b = guide_play_block(play);
	struct err err = {0};
	unsigned what = 0;
	bool ok = guide_play_move(play, command, &what, &err);

	r->view.first = false;
	moved_by_guide(r, from);
	if (ok)
		followed(r, b, what);
	else
		run_say_error(r, &err);
}

/* ---- commands ---- */

void lesson_again(struct screen_run *r)
{
	motion_pause(r);
	enter(r, guide_play_step(r->guide->play), true);
}

void lesson_set(struct screen_run *r, const char *args)
{
	struct sitting *at = &r->guide->at;
	struct str now = {0};
	struct err err = {0};
	char name[40], value[16];

	sitting_settings(at, &now);
	if (!*args)
		run_say(r, now.len ? "%s" : "Nothing in this step can be set.%s", str_get(&now));
	else if (sscanf(args, "%39s %15s", name, value) != 2)
		run_say(r, "set needs a name and a number, as in :set size 4");
	else if (!sitting_set(at, name, value, &err))
		run_say_error(r, &err);
	else
		lesson_again(r);
	str_finish(&now);
}

void lesson_goto(struct screen_run *r, u64 step)
{
	if (step < 1 || step > r->guide->guide->steps.n) {
		run_say(r, "There are %zu steps.", r->guide->guide->steps.n);
		return;
	}
	motion_pause(r);
	enter(r, (u32)step - 1, true);
}

/* ---- what the view is told ---- */

static unsigned hidden(const struct guide_question *q)
{
	return (q->hide & GUIDE_HIDE_FULL ? HIDE_FULL : 0) |
	       (q->hide & GUIDE_HIDE_NEXT ? HIDE_NEXT : 0) |
	       (q->hide & GUIDE_HIDE_RACE ? HIDE_RACE : 0) |
	       (q->hide & GUIDE_HIDE_ENDS ? HIDE_ENDS : 0);
}

static unsigned shown(u32 show)
{
	return VIEW_SHOW | (show & SHOW_PIPE ? VIEW_PIPE : 0) | (show & SHOW_ENDS ? VIEW_ENDS : 0) |
	       (show & SHOW_WHY ? VIEW_WHY : 0) | (show & SHOW_CONTENTS ? VIEW_CONTENTS : 0) |
	       (show & SHOW_SLOTS ? VIEW_SLOTS : 0) |
	       (show & SHOW_MEMORY ? VIEW_MEMORY : 0) | (show & SHOW_TABLES ? VIEW_TABLES : 0) | (show & SHOW_LADDER ? VIEW_LADDER : 0) | (show & SHOW_LAST ? VIEW_LAST : 0) |
	       (show & SHOW_OUTPUT ? VIEW_OUTPUT : 0);
}

/* A title that is a question ends its own sentence. */
static void next_step(const struct guide_step *next, u32 number, struct str *out)
{
	size_t n = strlen(next->title);

	str_addf(out, "Enter: step %u, %s%s\n", number, next->title,
		n && strchr("?!.", next->title[n - 1]) ? "" : ".");
}

/* What is open, below the text; and what Enter does, for the footer. */
static void open_part(struct screen_guide *g, struct str *out, struct str *lead)
{
	const struct guide_block *b = guide_play_block(g->play);
	struct str pending = {0};
	u32 step = guide_play_step(g->play);

	if (g->text.len)
		str_add(out, "\n");
	if (g->over) {
		str_add(out, "Enter goes on.\n");
		str_add(lead, "Enter go on");
		return;
	}
	switch (guide_play_at(g->play)) {
	case AT_QUESTION:
		question_text(g, b->question, true, out);
		if (b->question->kind == ASK_NUMBER)
			str_add(lead, "PREDICT  type a number, Enter");
		else if (b->question->kind == ASK_ORDER)
			str_add(lead, "PREDICT  type the order, Enter");
		else
			str_addf(lead, "PREDICT  1-%u choose, Enter answer",
				guide_choices(b->question));
		break;
	case AT_DO:
		guide_play_pending(g->play, &pending);
		if (b->aside)
			str_add(out, "Enter: each of these programs is run.\n");
		else
			str_addf(out, "Enter: %s.\n", str_get(&pending));
		str_addf(lead, "Enter %s",
			b->aside || pending.len > 30 ? "go on" : str_get(&pending));
		break;
	case AT_GOAL:
		str_add(out, "It is your turn: s, a and c move them, 1 and 2 choose whom. r begins "
			     "this step again, :solution shows one way.\n");
		break;
	case AT_EXPERIMENT: lesson_experiment_open(g, b->experiment, out, lead); break;
	case AT_STEP_END:
		next_step(&g->guide->steps.at[step + 1], step + 2, out);
		str_add(lead, "Enter next step");
		break;
	case AT_END:
		str_add(out, "That was the last step. ");
		sitting_exercises(&g->at, out);
		str_add(out, "Enter: the list of labs.\n");
		str_add(lead, "Enter labs");
		break;
	default: break;
	}
	str_finish(&pending);
}

void lesson_view(struct screen_run *r)
{
	struct screen_guide *g = r->guide;
	struct view_state *v = &r->view;
	u32 step = guide_play_step(g->play);
	bool open = guide_play_question_open(g->play);
	const struct guide_block *b = guide_play_block(g->play);

	str_clear(&g->pane);
	str_clear(&g->lead);
	str_clear(&g->heading);
	str_add(&g->pane, str_get(&g->text));
	open_part(g, &g->pane, &g->lead);
	if (g->lead.len && is_behind(r)) {
		str_clear(&g->lead);
		str_addf(&g->lead, "%sEnter guide", open ? "PREDICT  " : "");
	}
	str_addf(&g->heading, "%u/%zu  %s", step + 1, g->guide->steps.n,
		g->guide->steps.at[step].title);
	v->guide = str_get(&g->pane);
	v->heading = str_get(&g->heading);
	v->lead = str_get(&g->lead);
	if (open != v->question) {
		v->question = open;
		if (open && v->lower != PANE_GUIDE)
			run_view(r, PANE_GUIDE); /* a question that is not seen cannot be answered */
		/* what was said with its reason must not stay, and may come back */
		if (!open && g->told && run_is_now(r))
			tell_since(r, g->told);
		else
			tell_moment(r);
	}
	v->hide = open && b && b->question ? hidden(b->question) : open ? v->hide : 0;
	v->show = shown(g->guide->steps.at[step].show);
}

/* Brings the newest part of the text into sight. What came of the last answer is read before the next
 * question; scroll_to_end brings its choices. */
void lesson_scroll(struct screen_run *r)
{
	struct screen_guide *g = r->guide;

	if (!g->fresh_text || r->view.lower != PANE_GUIDE)
		return;
	r->view.scroll[PANE_GUIDE] =
		screen_guide_scroll(r->term->canvas, &r->scene, &r->view, g->old_len);
	g->fresh_text = false;
}

void lesson_newest(struct screen_run *r)
{
	if (r->guide)
		r->guide->fresh_text = true;
}

/* ---- begin and end ---- */

static void session_began(void *arg)
{
	struct screen_run *r = arg;

	if (r->guide)
		r->guide->fresh = true;
	run_session_began(r);
}

/* The step's text up to the question, and what is different this time. */
static bool begin_review(struct screen_run *r, struct err *err)
{
	struct screen_guide *g = r->guide;
	const struct guide_question *q = r->source->review;
	struct str said = {0}, context = {0};
	bool ok = sitting_review(&g->at, q, r->source->seed, &said, err);

	if (ok) {
		review_context(g->at.lab, q, &context);
		lesson_part(g);
		lesson_paragraph(g, str_get(&context));
		lesson_part(g);
		lesson_paragraph(g, str_get(&said));
		run_scene(r);
		tell_moment(r);
		go_on(r);
	}
	str_finish(&said);
	str_finish(&context);
	return ok;
}

bool lesson_begin(struct screen_run *r, const struct lab *lab, u32 wanted, struct err *err)
{
	struct screen_guide *g = xmalloc(sizeof *g);
	struct str note = {0};
	u32 step;

	r->guide = g;
	sitting_open(&g->at, lab, &r->session, session_began, r);
	sitting_remember(&g->at, &note);
	g->guide = g->at.guide;
	g->play = g->at.play;
	if (r->source->review) {
		str_finish(&note);
		return begin_review(r, err);
	}
	step = wanted == TUI_RESUME ? sitting_resume(&g->at) : wanted;
	if (!guide_play_enter(g->play, step, true, err)) {
		str_finish(&note);
		return false;
	}
	begin_text(g, step);
	run_scene(r);
	if (step)
		tell_moment(r);
	remembered(r, sitting_at(&g->at, step, err), err);
	go_on(r);
	if (note.len)
		run_say(r, "%s", str_get(&note));
	else if (step && wanted == TUI_RESUME)
		run_say(r, "You were at step %u the last time; :guide 1 begins with the first.",
			step + 1);
	str_finish(&note);
	return true;
}

void lesson_end(struct screen_run *r)
{
	struct screen_guide *g = r->guide;

	if (!g)
		return;
	sitting_close(&g->at);
	str_finish(&g->text);
	str_finish(&g->pane);
	str_finish(&g->heading);
	str_finish(&g->lead);
	free(g);
	r->guide = NULL;
}
