/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Below the picture: who holds which end, why somebody waits, the source lines. */
#include <string.h>

#include "view/stage.h"

enum { REASON_ROWS = 3 }; /* of a mailbox, over a guide: all who have it open could wake, and are many */

/* Source line `frame` stands at, blanks before it cut off. */
bool stage_source_text(const struct scene *s, const struct frame *frame, struct str *out)
{
	const char *line =
		frame && frame->line ? sources_line(s->sources, frame->file, frame->line) : NULL;

	if (!line)
		return false;
	line += strspn(line, " \t");
	str_add_harmless(out, line);
	return out->len > 0;
}

/* "can write   P1 fd 4, P2 fd 4        can read   P2 fd 3" of one pipe; two rows where it is narrow. */
int stage_holders(
	struct canvas *c, struct area a, int row, const struct scene *s, u32 pipe, bool named)
{
	struct str words = {0}, all = {0};
	int col = 3, half = a.cols / 2 + 7, used;
	char name[24];

	if (named)
		col = canvas_putf(c, a, row, col, AT_TITLE, "%s",
			      world_pipe_name(s->world, pipe, name)) +
		      2;
	words_pipe_holders(s, pipe, ACCESS_WRITE, &words);
	str_addf(&all, "can write   %s", str_get(&words));
	used = canvas_put_cut(c, a, row, col, a.cols - col - 1, 0, str_get(&all));
	str_clear(&words);
	words_pipe_holders(s, pipe, ACCESS_READ, &words);
	used = used + 2 > half || half + 11 + text_width(str_get(&words)) > a.cols;
	if (used)
		row++;
	str_clear(&all);
	str_addf(&all, "can read %s%s", used ? "   " : "  ", str_get(&words));
	canvas_put_cut(
		c, a, row, used ? col : half, a.cols - (used ? col : half) - 1, 0, str_get(&all));
	str_finish(&all);
	str_finish(&words);
	return 1 + used;
}

bool stage_shows_holders(const struct view_state *v)
{
	return !(v->hide & HIDE_ENDS) && view_shows(v, VIEW_ENDS);
}

u32 screen_waiter(const struct scene *s, const struct view_state *v)
{
	struct why why = {0};
	u32 found = 0;

	/* One that waits for a child waits for whatever holds up the child. */
	if (world_why(s->world, v->selected, &why) && why.reason != WHY_CHILD &&
		why.reason != WHY_VFORK)
		return v->selected;
	if (why.task == v->selected)
		found = v->selected;
	for (u32 task = 1; task < world_tasks(s->world); task++) {
		if (!world_why(s->world, task, &why))
			continue;
		if (why.reason != WHY_CHILD && why.reason != WHY_VFORK)
			return task;
		if (!found)
			found = task;
	}
	return found;
}

/* Why somebody waits, or that the next call would. With a question open it says no more than that it will be
 * said. */
static void reason_text(
	const struct scene *s, const struct view_state *v, const char **label, struct str *out)
{
	u32 waiter = v->lower == PANE_WHY ? 0 : screen_waiter(s, v);
	const struct w_task *t = world_task(s->world, waiter);

	/* The picture of memory says of who spins, and who waits for its children, what there is to say. */
	if (t && stage_is_memory(s, v) &&
		(t->state == TASK_SPINNING ||
			(waiter != v->selected &&
				(t->op.call == CALL_wait4 || t->op.call == CALL_waitid))))
		waiter = 0;
	*label = "why";
	if (!view_shows(v, VIEW_WHY))
		return;
	if (waiter && v->question) {
		str_add(out, "said after your answer");
		return;
	}
	if (waiter) {
		words_why(s, waiter, out);
		return;
	}
	*label = "next";
	if (!v->question && v->lower != PANE_WHY)
		words_outlook(s, v->selected, out);
}

/* As many rows as it takes; a mailbox's over a guide: a few, which leave that some. */
int stage_reason(
	struct canvas *c, struct area a, int row, const struct scene *s, const struct view_state *v)
{
	struct area fit = area_cut(a, 0, 0, a.rows, a.cols - 1);
	struct str words = {0};
	const char *label;
	int rows = 0;

	reason_text(s, v, &label, &words);
	if (words.len) {
		canvas_put(c, a, row, 3, AT_TITLE, label);
		rows = canvas_wrap(NULL, fit, row, 15, 0, str_get(&words), 0);
		if (v->lower == PANE_GUIDE && rows > REASON_ROWS && stage_is_mailbox(s, v)) {
			rows = REASON_ROWS;
			fit = area_cut(fit, 0, 0, row + rows, fit.cols);
			canvas_put(c, a, row + 1, 3, AT_DIM, "w: all");
		}
		canvas_wrap(c, fit, row, 15, 0, str_get(&words), 0);
	}
	str_finish(&words);
	return rows;
}

/* Where each process stands, in the source's own words: only where there is room for all. */
void stage_lines(struct canvas *c, struct area a, int row, const struct scene *s,
	const struct view_state *v, const u32 *procs, int n)
{
	struct str words = {0};

	if (a.rows - row < n || v->hide & HIDE_NEXT)
		return;
	for (int i = 0; i < n; i++) {
		u32 task = card_task(s, v, procs[i]);
		char name[24];
		int col;

		str_clear(&words);
		card_at(s, task, &words);
		if (!words.len)
			continue;
		canvas_put(c, a, row, 3, AT_TITLE, world_proc_name(s->world, procs[i], name));
		col = canvas_put(c, a, row, 15, 0, str_get(&words));
		str_clear(&words);
		if (stage_source_text(s, card_frame(s, task), &words))
			canvas_put_cut(
				c, a, row, col + 3, a.cols - col - 4, AT_DIM, str_get(&words));
		row++;
	}
	str_finish(&words);
}
