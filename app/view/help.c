/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Footer and help, from the key table. */
#include <stdio.h>
#include <string.h>

#include "view/screen.h"

enum { FOOTER_COLS = 80, GAP = 3 };

static void item_text(
	const struct scene *s, const struct view_state *v, enum key_id id, struct str *out)
{
	const char *label = key_table[id].label;
	char name[24] = "";

	if (id == KEY_ID_PLAY && v && v->mode >= SCREEN_PLAYING && v->mode <= SCREEN_LIVE)
		label = "hold";
	if (id == KEY_ID_PAST && v && v->mode == SCREEN_RECORDED)
		label = "right time";
	if (id == KEY_ID_HELP && v && v->first)
		label = "all keys";
	if (v && s && world_task(s->world, v->selected))
		world_task_name(s->world, v->selected, name);
	str_addf(out, "%s ", key_table[id].text);
	for (; *label; label++)
		if (*label == '%')
			str_add(out, name);
		else
			str_add_bytes(out, label, 1);
}

static bool is_pinned(enum key_id id)
{
	return id == KEY_ID_HELP || id == KEY_ID_BACK;
}

/* While a question is open, no process is moved and no reason is given. */
static bool is_refused(const struct view_state *v, enum key_id id)
{
	return v && v->question &&
	       (id == KEY_ID_STEP || id == KEY_ID_ALL || id == KEY_ID_CONTINUE ||
		       id == KEY_ID_PLAY || id == KEY_ID_WHY);
}

/* Free, nobody is stepped: what holds them is Space. */
static bool is_for_held(const struct view_state *v, enum key_id id)
{
	return v && v->watch && v->mode == SCREEN_LIVE &&
	       (id == KEY_ID_STEP || id == KEY_ID_ALL || id == KEY_ID_CONTINUE || id == KEY_ID_VIEW);
}

void footer_draw(struct canvas *c, struct area a, int row, const struct scene *s,
	const struct view_state *v, unsigned where)
{
	struct str item = {0}, pinned = {0};
	int limit = a.cols < FOOTER_COLS ? a.cols : FOOTER_COLS, col = 1, right;

	for (unsigned id = 1; id < KEY_ID_COUNT; id++)
		if (is_pinned(id)) {
			str_add(&pinned, pinned.len ? "   " : "");
			item_text(s, v, id, &pinned);
		}
	right = limit - text_width(str_get(&pinned)) - 1;
	if (v && v->lead && *v->lead)
		col = canvas_put_cut(c, a, row, col, right - col, AT_STRONG, v->lead) + GAP;
	for (unsigned id = 1; id < KEY_ID_COUNT; id++) {
		const struct key *k = &key_table[id];

		if (!k->label || !(k->where & where) || is_pinned(id) || is_refused(v, id) || is_for_held(v, id))
			continue;
		str_clear(&item);
		item_text(s, v, id, &item);
		if (col + text_width(str_get(&item)) + GAP > right || (v && v->first && col > 1))
			break;
		col = canvas_put(c, a, row, col, 0, str_get(&item)) + GAP;
	}
	canvas_put(c, a, row,
		v && v->first && right > col ? right
		: col < right || col == 1    ? col
					     : right,
		0, str_get(&pinned));
	str_finish(&item);
	str_finish(&pinned);
}

const char *help_pane(enum pane pane)
{
	static const char *const texts[PANE_COUNT] = {
		[PANE_STAGE] = "Stage: who there is, what is between them, and the call each stands at. > is the "
			       "selected process; up, down or its number choose another.",
		[PANE_GUIDE] = "Guide: Enter does what its last line says. While a question is open, 1-9 or up and "
			       "down choose an answer, and Enter gives it.",
		[PANE_SOURCE] = "Source: the line at which the selected process stands. Tab goes there; then up and down "
				"move the cursor, Enter sets a hold (*) or clears it, / finds.",
		[PANE_TIME] = "Time: what happened, a line for each event, a column for each process. left and right "
			      "look back and forward.",
		[PANE_FDS] = "Descriptors: what each process has open, and how it came by it.",
		[PANE_WHY] = "Why: who waits, where, for what, and who could end it.",
		[PANE_WAITS] = "Waits: who waits for whom. What ends in a circle, or at nobody, stands still for good.",
		[PANE_OUTPUT] = "Output: what the programs wrote to their terminal. Enter types a line to them.",
		[PANE_MEMORY] = "Memory: what the processes share, as the C types they give it.",
		[PANE_HEX] = "Bytes: the same memory, byte by byte.",
	};

	return pane < PANE_COUNT && texts[pane] ? texts[pane] : "";
}

void help_text(unsigned where, struct str *out)
{
	for (unsigned id = 1; id < KEY_ID_COUNT; id++)
		if (key_table[id].where & where)
			str_addf(out, "%-10s %s\n", key_table[id].text, key_table[id].help);
}
