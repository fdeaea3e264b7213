/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Many processes: who waits for what, worst first; below, the object the selected one waits at. */
#include "view/screen.h"

/* How bad it is to be in this state: in a circle, without anybody left who could wake it, spinning, blocked (but for a child
 * or a time, which come by themselves), ..., gone. */
static u8 badness(const struct scene *s, const struct world_standing *all, u32 task)
{
	const struct w_task *t = world_task(s->world, task);
	struct why why;

	switch (t->state) {
	case TASK_BLOCKED:
		if (all->of[task] == STANDS_STUCK)
			return all->cycle[task] ? 10 : 9;
		if (all->of[task] == STANDS_TIMED || !world_why_wait(s->world, task, &why))
			return 5;
		return why.reason == WHY_CHILD || why.reason == WHY_VFORK ? 6 : 7;
	case TASK_SPINNING: return 8;
	case TASK_STOPPED: return 4;
	case TASK_POISED: return 3;
	case TASK_ZOMBIE: return 1;
	case TASK_GONE: return 0;
	default: return 2;
	}
}

u32 screen_tasks(const struct scene *s, const struct view_state *v, u32 *tasks, u32 max)
{
	bool list = stage_is_list(s, v);
	struct world_standing all = {0};
	u8 bad[256] = {0};
	u32 n = 0;

	if (max > ARRAY_LEN(bad))
		max = ARRAY_LEN(bad);
	if (list)
		world_standing(s->world, &all);
	for (u32 task = 1; task < world_tasks(s->world) && n < max; task++) {
		const struct w_task *t = world_task(s->world, task);
		u32 at = n;
		u8 this;

		if (!t || (list && t->state == TASK_GONE))
			continue;
		this = list ? badness(s, &all, task) : 0;
		for (; at > 0 && bad[at - 1] < this; at--) {
			tasks[at] = tasks[at - 1];
			bad[at] = bad[at - 1];
		}
		tasks[at] = task;
		bad[at] = this;
		n++;
	}
	if (list)
		world_standing_finish(&all);
	return n;
}

static void draw_row(struct canvas *c, struct area a, int row, const struct scene *s,
	const struct view_state *v, u32 task)
{
	const struct w_task *t = world_task(s->world, task);
	bool selected = task == v->selected, marked = task == world_head(s->world)->last_task;
	int wide = a.cols >= 70 ? 14 : 9;
	struct str words = {0};
	int col;

	words_task_name(s, task, &words);
	canvas_put(c, a, row, 1, AT_TITLE, selected ? ">" : marked ? "\u25a0" : " ");
	canvas_put_cut(c, a, row, 3, wide,
		AT_TITLE | (selected ? AT_SELECTED : 0) | (marked ? AT_MARK : 0), str_get(&words));
	if (selected)
		canvas_cursor(c, a, row, 3);
	col = canvas_put(c, a, row, 4 + wide, card_state_attribute(t), card_state(t));
	str_clear(&words);
	if (!(v->hide & HIDE_NEXT && t->state == TASK_POISED))
		card_call(s, task, &words);
	col = canvas_put_cut(c, a, row, 14 + wide, 16, AT_STRONG, str_get(&words));
	str_clear(&words);
	if (!v->question && (t->state == TASK_BLOCKED || t->state == TASK_SPINNING))
		words_reason(s, task, &words);
	if (!words.len)
		card_at(s, task, &words);
	canvas_put_cut(c, a, row, col < 27 + wide ? 27 + wide : col + 2, a.cols - 28 - wide, 0,
		str_get(&words));
	str_finish(&words);
}

static void draw_object(
	struct canvas *c, struct area a, int row, const struct scene *s, const struct view_state *v)
{
	u32 pipe = world_op_pipe(s->world, v->selected);
	struct str words = {0};
	char name[24];

	if (!pipe || v->hide & HIDE_ENDS)
		return;
	canvas_rule(c, a, row++, world_pipe_name(s->world, pipe, name), NULL, false);
	words_pipe_holders(s, pipe, ACCESS_WRITE, &words);
	canvas_put(c, a, row, 3, 0, "can write");
	canvas_put_cut(c, a, row++, 17, a.cols - 18, 0, str_get(&words));
	str_clear(&words);
	words_pipe_holders(s, pipe, ACCESS_READ, &words);
	canvas_put(c, a, row, 3, 0, "can read");
	canvas_put_cut(c, a, row++, 17, a.cols - 18, 0, str_get(&words));
	str_clear(&words);
	if (v->hide & HIDE_FULL)
		str_add(&words, "not said yet");
	else
		words_pipe_fill(s, pipe, &words);
	canvas_put(c, a, row, 3, 0, "holds");
	canvas_put_cut(c, a, row, 17, a.cols - 18, 0, str_get(&words));
	str_finish(&words);
}

static int gone_count(const struct scene *s)
{
	int n = 0;

	for (u32 task = 1; task < world_tasks(s->world); task++) {
		const struct w_task *t = world_task(s->world, task);

		n += t && t->state == TASK_GONE;
	}
	return n;
}

void list_draw(struct canvas *c, struct area a, const struct scene *s, const struct view_state *v)
{
	enum { OBJECT_ROWS = 4 };
	bool object = world_op_pipe(s->world, v->selected) && a.rows > OBJECT_ROWS + 5;
	int room = a.rows - (object ? OBJECT_ROWS : 0), gone = gone_count(s), row = 0;
	u32 tasks[256], n = screen_tasks(s, v, tasks, ARRAY_LEN(tasks)), at = 0, first = 0;

	for (u32 i = 0; i < n; i++)
		if (tasks[i] == v->selected)
			at = i;
	if ((int)at >= room - 1 && room > 1)
		first = at - (u32)room + 2;
	for (u32 i = first; i < n && row < room - 1; i++)
		draw_row(c, a, row++, s, v, tasks[i]);
	if (row < room && (gone || first || first + (u32)row < n)) {
		int col = 3;

		if (first)
			col = canvas_putf(c, a, row, col, AT_DIM, "%u more above", first) + 3;
		if (first + (u32)row < n)
			col = canvas_putf(c, a, row, col, AT_DIM, "%u more below",
				      n - first - (u32)row) +
			      3;
		if (gone)
			canvas_putf(c, a, row, col, AT_DIM, "%d gone", gone);
		row++;
	}
	if (object)
		draw_object(c, a, row < a.rows - OBJECT_ROWS ? row : a.rows - OBJECT_ROWS, s, v);
}
