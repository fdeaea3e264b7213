/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the view is told of a guide: its text with what is open below, heading and footer, what is hidden, how far it is
 * scrolled. */
#include <string.h>

#include "tui/guide.h"

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
		lesson_question(g, b->question, true, out);
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
	if (g->lead.len && lesson_is_behind(r)) {
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
