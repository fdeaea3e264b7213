/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Draws up to three processes and their pipes: processes left and right, pipes between them,
 * an arrow for each end that a process holds. */
#include <string.h>

#include "view/private.h"
#include "view/stage_layout.h"

static bool proc_is_marked(const struct scene *s, u32 proc)
{
	const struct w_task *t = world_task(s->world, world_head(s->world)->last_task);

	return t && t->proc == proc;
}

static bool proc_is_selected(const struct scene *s, const struct view_state *v, u32 proc)
{
	const struct w_task *t = world_task(s->world, v->selected);

	return t && t->proc == proc;
}

/* The name, with ">" before it when selected, and the mark of the last event behind it. */
static void draw_name(struct canvas *c, struct area a, int row, int col, int cols,
	const struct scene *s, const struct view_state *v, u32 proc)
{
	bool selected = proc_is_selected(s, v, proc), marked = proc_is_marked(s, proc);
	const struct w_proc *p = world_proc(s->world, proc);
	struct str name = {0};
	int end;

	words_task_name(s, card_task(s, v, proc), &name);
	if (p && p->tasks > 1)
		str_addf(&name, " +%u", p->tasks - 1);
	end = canvas_put_cut(c, a, row, col, cols - 2 * marked,
		AT_TITLE | (selected ? AT_SELECTED : 0) | (marked ? AT_MARK : 0), str_get(&name));
	if (marked)
		canvas_put(c, a, row, end + 1, AT_MARK, "\u25a0");
	if (selected) {
		canvas_put(c, a, row, col - 2, AT_TITLE, ">");
		canvas_cursor(c, a, row, col);
	}
	str_finish(&name);
}

static void draw_card(struct canvas *c, struct area a, int row, int col, int cols,
	const struct scene *s, const struct view_state *v, u32 proc)
{
	u32 task = card_task(s, v, proc);
	const struct w_task *t = world_task(s->world, task);
	struct str words = {0};

	draw_name(c, a, row, col, cols, s, v, proc);
	card_state_words(s, v, task, cols, &words);
	canvas_putf(c, a, row + 1, col, card_state_attribute(t), "%s%s", str_get(&words),
		t && t->state == TASK_BLOCKED && cols > 9 ? " in" : "");
	str_clear(&words);
	if (v->hide & HIDE_NEXT && t && t->state == TASK_POISED) {
		str_finish(&words);
		return;
	}
	card_call(s, task, &words);
	canvas_put_cut(c, a, row + 2, col, cols, AT_STRONG, str_get(&words));
	str_clear(&words);
	card_at(s, task, &words);
	card_place_draw(c, a, row + 3, col, cols, str_get(&words));
	str_finish(&words);
}

/* One process and no pipe: room for words. */
void stage_draw_alone(struct canvas *c, struct area a, const struct scene *s,
	const struct view_state *v, u32 proc)
{
	u32 task = card_task(s, v, proc);
	const struct w_task *t = world_task(s->world, task);
	int col = a.cols >= 60 ? 24 : 3;
	struct str words = {0};

	draw_name(c, a, 1, 5, 17, s, v, proc);
	card_state_words(s, v, task, a.cols - col, &words);
	canvas_putf(c, a, 1 + (col == 3), col, card_state_attribute(t), "%s%s", str_get(&words),
		!t || v->hide & HIDE_NEXT  ? ""
		: t->state == TASK_POISED  ? ": held just before"
		: t->state == TASK_BLOCKED ? " in"
					   : "");
	str_clear(&words);
	if (!(v->hide & HIDE_NEXT)) {
		card_call(s, task, &words);
		canvas_put_cut(
			c, a, 2 + (col == 3), col, a.cols - col - 1, AT_STRONG, str_get(&words));
		str_clear(&words);
		card_at(s, task, &words);
		canvas_put_right(c, a, 2 + (col == 3), a.cols - 3, 0, str_get(&words));
		str_clear(&words);
		if (stage_source_text(s, card_frame(s, task), &words))
			canvas_put_cut(c, a, 3 + (col == 3), col, a.cols - col - 1, AT_DIM,
				str_get(&words));
	}
	str_finish(&words);
}

static void draw_arrows(struct canvas *c, struct area a, const struct scene *s,
	const struct picture *pic, const struct box *b, bool left)
{
	struct arrow arrows[ENDS_MAX];
	int n = stage_arrows(s, pic, b, left, arrows, ENDS_MAX);

	for (int i = 0; i < n; i++) {
		bool in = arrows[i].access == ACCESS_WRITE; /* into the pipe */
		bool both = arrows[i].access == (ACCESS_READ | ACCESS_WRITE);
		struct str text = {0};
		char name[24];

		if (pic->procs > 2)
			str_addf(&text, "%s ", world_proc_name(s->world, arrows[i].proc, name));
		str_addf(&text, "fd %d", arrows[i].fd);
		if (left) {
			str_add(&text, both ? " \u2190\u2500\u2192" : in ? " \u2500\u2500\u2192" : " \u2190\u2500\u2500");
			canvas_put_right(c, a, b->row + 1 + i, pic->box_col - 1, 0, str_get(&text));
		} else {
			canvas_putf(c, a, b->row + 1 + i, pic->box_col + pic->width + 1, 0, "%s %s",
				both ? "\u2190\u2500\u2192" : in ? "\u2190\u2500\u2500" : "\u2500\u2500\u2192", str_get(&text));
		}
		str_finish(&text);
	}
}

static void draw_box(struct canvas *c, struct area a, const struct scene *s,
	const struct view_state *v, const struct picture *pic, const struct box *b)
{
	struct area box = {b->row, pic->box_col, b->rows, pic->width};
	bool turned = b->socket && stage_is_turned(s, pic, b);
	struct str names = {0};
	char title[80];

	if (b->socket)
		socket_box_title(s, b->socket, turned, title, sizeof title);
	else if (b->thing.kind)
		thing_title(s, b->thing, title, sizeof title);
	else
		pipe_title(s, b->pipe, pic->width, title, sizeof title);
	canvas_box(c, a, box, true, title, strstr(title, "\u25a0") ? AT_MARK : 0);
	if (b->socket) {
		socket_draw_inside(c, a, b->row + 1, pic->box_col + 2, pic->width - 4, s, v, b->socket, turned);
		socket_box_names(s, b->socket, turned, &names);
		canvas_put_cut(c, a, b->row + b->rows - 1, pic->box_col + 2, pic->width - 4, 0, str_get(&names));
		str_finish(&names);
	} else if (b->thing.kind)
		thing_draw_inside(c, a, b->row + 1, pic->box_col + 2, pic->width - 4, s, v, b->thing);
	else
		pipe_draw_inside(c, a, box, s, v, b->pipe);
	if (v->hide & HIDE_ENDS)
		return;
	draw_arrows(c, a, s, pic, b, true);
	draw_arrows(c, a, s, pic, b, false);
}

void stage_draw_picture(struct canvas *c, struct area a, const struct scene *s,
	const struct view_state *v, const struct picture *p)
{
	for (int i = 0; i < p->boxes; i++)
		draw_box(c, a, s, v, p, &p->box[i]);
	if (p->more_pipes)
		canvas_putf(
			c, a, p->rows - 1, p->box_col, AT_DIM, "and %d more object%s", p->more_pipes, p->more_pipes == 1 ? "" : "s");
	for (int i = 0; i < p->procs; i++) {
		int row = i == 2 ? CARD_ROWS + 1 : 0, col = i == 1 ? p->right_col : p->margin;

		draw_card(c, a, row, col, i == 1 ? a.cols - col - 1 : p->card, s, v, p->proc[i]);
	}
}
