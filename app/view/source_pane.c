/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Source, with the lines that processes stand at. */
#include <string.h>

#include "view/screen.h"

/* The selected task's position; where it has none, that of the first task that has one. */
static const struct frame *position(const struct scene *s, const struct view_state *v)
{
	const struct frame *f = card_frame(s, v->selected);

	for (u32 task = 1; !f && task < world_tasks(s->world); task++)
		f = card_frame(s, task);
	return f;
}

const struct frame *source_cursor(const struct scene *s, const struct view_state *v, u32 *line)
{
	const struct frame *f = position(s, v);
	u32 lines = f ? sources_lines(s->sources, f->file) : 0;
	i64 at = f ? (i64)f->line + v->scroll[PANE_SOURCE] : 0;

	if (!lines)
		return NULL;
	*line = at < 1 ? 1 : at > lines ? lines : (u32)at;
	return f;
}

static bool is_held(const struct view_state *v, const char *file, u32 line)
{
	for (size_t i = 0; i < v->holds_n; i++)
		if (v->holds[i].line == line && strcmp(v->holds[i].file, file) == 0)
			return true;
	return false;
}

const char *source_title(const struct scene *s, const struct view_state *v, struct str *out)
{
	const struct frame *f = position(s, v);

	if (f)
		str_add_escaped(out, f->base, strlen(f->base));
	else
		str_add(out, "Source");
	return str_get(out);
}

/* Tabs become blanks up to the next multiple of 8; for a narrow pane of 4. */
static void add_expanded(const char *line, int tab, struct str *out)
{
	struct str safe = {0};
	int col = 0;

	for (; *line; line++) {
		if (*line == '\t') {
			do
				str_add(&safe, " ");
			while (++col % tab);
			continue;
		}
		str_add_bytes(&safe, line, 1);
		col++;
	}
	str_add_harmless(out, str_get(&safe));
	str_finish(&safe);
}

/* Who stands at this line: "P1", "P1,P2"; the selected one with '>'. */
static bool standing(const struct scene *s, const struct view_state *v, const struct frame *shown,
	u32 line, struct str *out, bool *selected)
{
	char name[24];
	bool any = false;

	*selected = false;
	for (u32 task = 1; task < world_tasks(s->world); task++) {
		const struct frame *f = card_frame(s, task);

		if (!f || f->line != line || strcmp(f->file, shown->file) != 0)
			continue;
		str_addf(out, "%s%s", any ? "," : "", world_task_name(s->world, task, name));
		*selected |= task == v->selected;
		any = true;
	}
	return any;
}

void source_draw(struct canvas *c, struct area a, const struct scene *s, const struct view_state *v)
{
	u32 cursor = 0;
	const struct frame *f = source_cursor(s, v, &cursor);
	u32 lines = f ? sources_lines(s->sources, f->file) : 0;
	struct str text = {0}, who = {0};
	int top, tab = a.cols >= 70 ? 8 : 4;

	if (!lines) {
		canvas_wrap(c, a, 0, 3, 0,
			position(s, v) ? "The source file is not to be had."
			  : "No source line is known here: nobody stands at a call, "
			    "or the program was built without -g.",
			0);
		return;
	}
	top = (int)cursor - a.rows / 2;
	if (top > (int)lines - a.rows + 1)
		top = (int)lines - a.rows + 1;
	if (top < 1)
		top = 1;
	for (int i = 0; i < a.rows && top + i <= (int)lines; i++) {
		u32 line = (u32)(top + i);
		const char *source = sources_line(s->sources, f->file, line);
		bool at, selected;

		str_clear(&who);
		str_clear(&text);
		at = standing(s, v, f, line, &who, &selected);
		add_expanded(source ? source : "", tab, &text);
		canvas_put_cut(c, a, i, 1, 6, AT_TITLE, str_get(&who));
		canvas_put(c, a, i, 7, AT_TITLE, selected ? ">" : " ");
		canvas_putf(c, a, i, 8, line == cursor && v->focus == PANE_SOURCE ? AT_SELECTED : AT_DIM, "%4u", line);
		if (line == cursor && v->focus == PANE_SOURCE)
			canvas_cursor(c, a, i, 14);
		canvas_put(c, a, i, 12, AT_STRONG, is_held(v, f->file, line) ? "*" : " ");
		canvas_put_cut(c, a, i, 14, a.cols - 14, at ? AT_STRONG : 0, str_get(&text));
	}
	str_finish(&who);
	str_finish(&text);
}
