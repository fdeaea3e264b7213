/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The guide on the screen: a step begins, goes on as far as it can without the learner, is begun again; what
 * comes of moves. The text of a step grows from above; the newest part is in sight. */
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

void lesson_question(
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

void lesson_outcome(struct screen_run *r, unsigned what)
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
void lesson_go_on(struct screen_run *r)
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
		lesson_outcome(r, guide_play_read(g->play));
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

void lesson_step(struct screen_run *r, u32 step, bool fresh)
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
	lesson_go_on(r);
}

void lesson_do(struct screen_run *r)
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
	lesson_outcome(r, what);
	lesson_go_on(r);
}

static void followed(struct screen_run *r, const struct guide_block *b, unsigned what)
{
	struct screen_guide *g = r->guide;

	if (what & (PLAY_SETTLED | PLAY_REACHED | PLAY_BROKEN) || guide_play_block(g->play) != b)
		lesson_part(g);
	if (what & PLAY_REACHED && b && b->text)
		lesson_paragraph(g, b->text);
	lesson_outcome(r, what);
	if (guide_play_block(g->play) != b || what & (PLAY_SETTLED | PLAY_REACHED))
		lesson_go_on(r);
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
	lesson_step(r, guide_play_step(r->guide->play), true);
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
	lesson_step(r, (u32)step - 1, true);
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
		lesson_go_on(r);
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
	lesson_go_on(r);
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
