/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What each key does in a run. */
#include <string.h>

#include "tui/private.h"
#include "view/ladder.h"

/* ---- selection ---- */

static void select_task(struct screen_run *r, u32 task)
{
	r->view.selected = task;
	r->view.scroll[PANE_SOURCE] = 0;
	r->pass_asked = 0;
	r->dirty = true;
}

static void select_near(struct screen_run *r, int by)
{
	struct view_state v = r->view;
	u32 tasks[256], n;

	v.graph = screen_has_graph(r->term->canvas, &r->scene, &v);
	n = screen_tasks(&r->scene, &v, tasks, ARRAY_LEN(tasks));

	for (u32 i = 0; i < n; i++) {
		if (tasks[i] != r->view.selected)
			continue;
		if (by < 0 ? i > 0 : i + 1 < n)
			select_task(r, tasks[(i32)i + by]);
		return;
	}
	if (n)
		select_task(r, tasks[0]);
}

static void select_digit(struct screen_run *r, u32 digit)
{
	char name[16] = {'P', (char)digit, 0};
	u32 task = world_task_by_name(r->scene.world, name);

	if (task)
		select_task(r, task);
	else
		run_say(r, "There is no %s.", name);
}

/* ---- panes ---- */

static bool is_text(enum pane pane)
{
	return pane != PANE_STAGE;
}

/* The cursor stays between the first line and the last. */
static void source_scroll(struct screen_run *r)
{
	int *at = &r->view.scroll[PANE_SOURCE];
	u32 line;
	const struct frame *f = source_cursor(&r->scene, &r->view, &line);

	*at = f ? (int)line - (int)f->line : 0;
	r->dirty = true;
}

static void scroll(struct screen_run *r, int by)
{
	enum pane pane = r->view.focus == PANE_STAGE ? r->view.lower : r->view.focus;
	int *at = &r->view.scroll[pane], was = *at, lines, visible;

	screen_pane_size(r->term->canvas, &r->scene, &r->view, pane, &lines, &visible);
	*at += pane == PANE_TIME ? -by : by;
	if (pane == PANE_SOURCE) {
		source_scroll(r);
		return;
	}
	if (*at > lines - visible) /* the guide may stand below its end */
		*at = by > 0 && was > lines - visible ? was : lines - visible;
	if (*at < 0)
		*at = 0;
	r->dirty = true;
}

static void page(struct screen_run *r, int by)
{
	int lines, visible;

	screen_pane_size(r->term->canvas, &r->scene, &r->view, r->view.lower, &lines, &visible);
	if (r->view.focus == PANE_SOURCE)
		visible = r->term->canvas->rows / 2;
	scroll(r, by * (visible > 2 ? visible - 1 : 1));
}

void run_view(struct screen_run *r, enum pane pane)
{
	struct view_state *v = &r->view;

	if (pane == PANE_HELP && v->lower != PANE_HELP)
		v->help_for = v->focus == PANE_STAGE ? v->lower : v->focus;
	if (v->focus == v->lower && v->focus != PANE_STAGE)
		v->focus = pane;
	v->lower = pane;
	v->scroll[pane] = 0;
	if (pane == PANE_GUIDE)
		lesson_newest(r);
	r->dirty = true;
}

static void next_view(struct screen_run *r)
{
	/* What is there at first, then what there is of memory, then the rest. */
	static const enum pane orders[2][9] = {
		{PANE_TIME, PANE_MEMORY, PANE_HEX, PANE_FDS, PANE_LINK, PANE_LADDER, PANE_SOURCE, PANE_GUIDE, PANE_WAITS},
		{PANE_GUIDE, PANE_MEMORY, PANE_HEX, PANE_SOURCE, PANE_TIME, PANE_FDS, PANE_LINK, PANE_LADDER, PANE_WAITS}};
	const enum pane *order = orders[r->view.guide != NULL];
	const struct world *w = r->scene.world;
	size_t i = 0;
	bool none;

	while (i + 1 < ARRAY_LEN(orders[0]) && order[i] != r->view.lower)
		i++;
	do {
		i = (i + 1) % ARRAY_LEN(orders[0]);
		none = (order[i] == PANE_GUIDE && !r->view.guide) || (order[i] == PANE_LADDER && !ladder_possible(w)) ||
		       (order[i] == PANE_MEMORY && !segments_drawn(w) && !syncs_drawn(w, 0)) ||
		       (order[i] == PANE_HEX && !segments_drawn(w));
	} while (none);
	run_view(r, order[i]);
}

static enum pane home_pane(const struct screen_run *r)
{
	return r->source->lab ? PANE_GUIDE : r->source->watch ? PANE_WHY : PANE_TIME;
}

/* The same key opens and closes. */
static void toggle(struct screen_run *r, enum pane pane)
{
	run_view(r, r->view.lower == pane ? home_pane(r) : pane);
}

/* Stage, what is below it, source where it stands beside; round and round. */
static void next_pane(struct screen_run *r, int by)
{
	struct view_state *v = &r->view;
	enum pane panes[3] = {PANE_STAGE, v->lower, PANE_SOURCE};
	int n = screen_has_beside(r->term->canvas, v) ? 3 : 2, i = 0;

	while (i < n && panes[i] != v->focus)
		i++;
	v->focus = panes[(i + by + n) % n];
	r->dirty = true;
}

/* ---- closing ---- */

/* Esc closes and cancels; only q leaves. */
static void back_out(struct screen_run *r, bool may_leave)
{
	struct view_state *v = &r->view;

	r->dirty = true;
	if (v->zoom) {
		v->zoom = false;
	} else if (r->find.len) {
		str_clear(&r->find);
	} else if (v->lower != home_pane(r)) {
		run_view(r, home_pane(r));
	} else if (v->focus != PANE_STAGE) {
		v->focus = PANE_STAGE;
	} else if (v->picture) {
		v->picture = false;
	} else if (may_leave) {
		leave_ask(r);
	} else {
		run_say(r, "There is nothing to close; q leaves.");
	}
}

void run_interrupt(struct screen_run *r)
{
	if (r->interrupted_once) {
		r->leaving = true;
		return;
	}
	motion_pause(r);
	if (r->view.live)
		run_say(r, "Paused. i sends the selected process a signal, and more; ^C again leaves.");
	else
		run_say(r, "Paused. ^C again leaves.");
	r->interrupted_once = true;
}

/* ---- questions of ours, answered by the next key ---- */

static void answer(struct screen_run *r, u32 key)
{
	enum asking asked = r->asking;

	r->asking = ASK_NOTHING;
	if (asked == ASK_LEAVE) {
		leave_answer(r, key);
		return;
	}
	if (asked == ASK_AGAIN && (key == 'y' || key == 'Y')) {
		run_restart(r);
		return;
	}
	if (asked == ASK_INTERFERE)
		interfere_answer(r, key);
}

/* ---- search ---- */

static bool find_in_text(struct screen_run *r, enum pane pane)
{
	struct str text = {0}, one = {0};
	const char *p;
	int line = 0, from = r->view.scroll[pane], cols = r->term->canvas->cols - 2;
	bool found = false;

	if (cols > 78 && !r->view.zoom && r->term->canvas->cols >= 110)
		cols = 78;
	pane_text(pane, &r->scene, &r->view, &text);
	p = str_get(&text);
	for (int pass = 0; pass < 2 && !found; pass++) {
		line = 0;
		for (const char *at = p; *at && !found;
			at += strcspn(at, "\n") + (at[strcspn(at, "\n")] == '\n')) {
			size_t n = strcspn(at, "\n");
			const char *hit = memmem(at, n, r->find.s, r->find.len);

			if (hit && (pass || line > from)) {
				r->view.scroll[pane] = line;
				found = true;
			}
			str_clear(&one);
			str_add_bytes(&one, at, n);
			line += n ? canvas_wrap_lines(cols, str_get(&one)) : 1;
		}
	}
	str_finish(&text);
	str_finish(&one);
	return found;
}

/* The next line that has it, from the cursor on and round; the cursor goes there. */
static bool find_in_source(struct screen_run *r)
{
	u32 line, lines;
	const struct frame *f = source_cursor(&r->scene, &r->view, &line);

	lines = f ? sources_lines(r->scene.sources, f->file) : 0;
	for (u32 i = 0; i < lines; i++) {
		u32 at = (line + i) % lines + 1;
		const char *text = sources_line(r->scene.sources, f->file, at);

		if (!text || !strstr(text, str_get(&r->find)))
			continue;
		r->view.scroll[PANE_SOURCE] = (int)at - (int)f->line;
		return true;
	}
	return false;
}

/* Where processes are a list: the next that has it in its name is selected. */
static bool find_in_list(struct screen_run *r)
{
	struct view_state v = r->view;
	struct str name = {0};
	u32 tasks[256], n, at = 0;
	bool found = false;

	v.graph = screen_has_graph(r->term->canvas, &r->scene, &v);
	if (v.focus != PANE_STAGE || !stage_is_list(&r->scene, &v))
		return false;
	n = screen_tasks(&r->scene, &v, tasks, ARRAY_LEN(tasks));
	while (at < n && tasks[at] != r->view.selected)
		at++;
	for (u32 i = 1; i <= n && !found; i++) {
		u32 task = tasks[(at + i) % n];

		str_clear(&name);
		words_task_name(&r->scene, task, &name);
		found = strstr(str_get(&name), str_get(&r->find)) != NULL;
		if (found)
			select_task(r, task);
	}
	str_finish(&name);
	return found;
}

void run_search(struct screen_run *r, const char *what)
{
	enum pane pane = r->view.focus == PANE_STAGE ? r->view.lower : r->view.focus;

	if (*what) {
		str_clear(&r->find);
		str_add(&r->find, what);
	}
	if (!r->find.len)
		return;
	if (find_in_list(r))
		r->dirty = true;
	else if (pane == PANE_TIME || pane == PANE_STAGE)
		run_say(r, "Search works in text and lists: guide, source, why, descriptors, output, keys.");
	else if (!(pane == PANE_SOURCE ? find_in_source(r) : find_in_text(r, pane)))
		run_say(r, "Not here: %s", str_get(&r->find));
	r->dirty = true;
}

/* ---- keys ---- */

/* There is no room for all: the selected one and who is around it, or the list again. */
static void see_selected(struct screen_run *r, bool shown)
{
	struct view_state *v = &r->view;

	v->graph = v->picture = false;
	v->picture = !shown && stage_is_list(&r->scene, v);
	v->graph = !v->picture; /* again, as soon as there is room */
}

static void open_selected(struct screen_run *r)
{
	struct view_state *v = &r->view;
	bool shown = v->picture;

	if (v->focus == PANE_SOURCE) {
		hold_toggle(r);
	} else if (v->lower == PANE_OUTPUT && v->live && !lesson_asks(r)) {
		run_line_begin(r, USE_SEND, "send: ");
	} else if (v->graph && screen_has_graph(r->term->canvas, &r->scene, v)) {
		v->graph = false; /* the list; Enter there: the selected one's picture, or all of it again */
		r->dirty = true;
	} else if (r->source->watch && !v->graph) {
		v->graph = true;
		v->picture = false;
		if (!screen_has_graph(r->term->canvas, &r->scene, v))
			see_selected(r, shown);
		r->dirty = true;
	} else if (r->source->watch) { /* all of them would be shown, were there room */
		see_selected(r, shown);
		r->dirty = true;
	} else if (!r->guide && stage_is_list(&r->scene, v)) {
		v->picture = true;
		r->dirty = true;
	} else if (!r->guide && v->picture) {
		v->picture = false;
		r->dirty = true;
	} else if (r->guide) { /* before all pictures: the guide has to be left by Enter alone */
		lesson_enter(r);
	} else {
		scroll(r, 1);
	}
}

/* Keys that read: no process moves, whatever happens here. */
static bool reading_key(struct screen_run *r, enum key_id id)
{
	struct view_state *v = &r->view;
	bool text = is_text(v->focus);

	if (lesson_asks(r) && (id == KEY_ID_UP || id == KEY_ID_DOWN) &&
		(!text || v->focus == PANE_GUIDE)) {
		lesson_choose_by(r, id == KEY_ID_UP ? -1 : 1);
		return true;
	}
	switch (id) {
	case KEY_ID_UP: text ? scroll(r, -1) : select_near(r, -1); return true;
	case KEY_ID_DOWN: text ? scroll(r, 1) : select_near(r, 1); return true;
	case KEY_ID_PAGE_UP: page(r, -1); return true;
	case KEY_ID_PAGE_DOWN: page(r, 1); return true;
	case KEY_ID_WHY: toggle(r, PANE_WHY); return true;
	case KEY_ID_OUTPUT: toggle(r, PANE_OUTPUT); return true;
	case KEY_ID_HELP: toggle(r, PANE_HELP); return true;
	case KEY_ID_VIEW: next_view(r); return true;
	case KEY_ID_NEXT_PANE: next_pane(r, 1); return true;
	case KEY_ID_LAST_PANE: next_pane(r, -1); return true;
	case KEY_ID_ZOOM:
		v->zoom = !v->zoom;
		r->dirty = true;
		return true;
	case KEY_ID_EDIT: run_edit(r, r->view.selected); return true;
	case KEY_ID_OPEN: open_selected(r); return true;
	case KEY_ID_COMMAND: run_line_begin(r, USE_COMMAND, ":"); return true;
	case KEY_ID_SEARCH: run_line_begin(r, USE_SEARCH, "/"); return true;
	case KEY_ID_REDRAW:
		paint_anew(r->term);
		r->dirty = true;
		return true;
	case KEY_ID_BACK: back_out(r, true); return true;
	case KEY_ID_QUIT: r->leaving = true; return true;
	case KEY_ID_LABS: r->to_home = true; return true;
	default: return false;
	}
}

static bool moves_processes(enum key_id id)
{
	return id == KEY_ID_STEP || id == KEY_ID_ALL || id == KEY_ID_CONTINUE ||
	       id == KEY_ID_PLAY || id == KEY_ID_FASTER || id == KEY_ID_SIGNAL ||
	       id == KEY_ID_LINE || id == KEY_ID_BRANCH;
}

static void moving_key(struct screen_run *r, enum key_id id)
{
	if (moves_processes(id) && lesson_forbids(r, id))
		return;
	switch (id) {
	case KEY_ID_STEP_AGAIN:
		if (r->guide)
			lesson_again(r);
		else
			run_say(r, "There is no guide here; R begins the whole program again.");
		return;
	case KEY_ID_STEP: motion_step(r, r->view.selected); return;
	case KEY_ID_LINE: motion_line(r, r->view.selected); return;
	case KEY_ID_BRANCH: run_branch(r); return;
	case KEY_ID_ALL: motion_all(r); return;
	case KEY_ID_CONTINUE: motion_continue(r); return;
	case KEY_ID_PLAY: motion_play(r); return;
	case KEY_ID_FASTER: motion_speed(r, 1); return;
	case KEY_ID_SLOWER: motion_speed(r, -1); return;
	case KEY_ID_PAST:
		motion_pause(r);
		motion_back(r, 1);
		return;
	case KEY_ID_FORWARD:
		motion_pause(r);
		motion_forward(r);
		return;
	case KEY_ID_FIRST:
		motion_pause(r);
		motion_to_moment(r, 1);
		return;
	case KEY_ID_NOW:
		motion_pause(r);
		motion_to_end(r);
		return;
	case KEY_ID_SIGNAL: interfere_ask(r); return;
	case KEY_ID_TERMINAL: lent_to_program(r); return;
	case KEY_ID_AGAIN:
		run_say(r, "The whole program again, on fresh processes? y yes, any other key no.");
		r->asking = ASK_AGAIN;
		return;
	case KEY_ID_INTERRUPT: run_interrupt(r); return;
	case KEY_ID_SUSPEND: r->term->suspend = true; return;
	default: return;
	}
}

static void unknown_key(struct screen_run *r, u32 key)
{
	if (input_is_foreign(key) && !r->foreign_said) {
		r->foreign_said = true;
		run_say(r, "Letters come from an input method: switch it off, or use arrows, "
			   "digits and Enter.");
	} else if (key == 'n' || key == 'N') {
		run_say(r, "s steps one process, a all of them; / and Enter finds the next place.");
	} else if (key > ' ' && key < 0x7f) {
		run_say(r, "%c has no meaning here (? keys).", (char)key);
	}
}

void run_key(struct screen_run *r, u32 key)
{
	unsigned where = r->view.live ? IN_LIVE : IN_RECORDED;
	enum key_id id = key_find(key, where);
	u32 asked = r->pass_asked;
	bool interrupted = r->interrupted_once;

	r->view.message = NULL;
	r->interrupted_once = false;
	r->dirty = true;
	if (r->asking) {
		answer(r, key);
		return;
	}
	r->pass_asked = id == KEY_ID_STEP ? asked : 0;
	if (id == KEY_ID_INTERRUPT)
		r->interrupted_once = interrupted;
	if (key == K_ESC)
		back_out(r, false);
	else if ((id == KEY_ID_DIGIT || key == '0') && lesson_asks(r)) /* 0 may be the number asked for */
		lesson_choose(r, key - '1');
	else if (id == KEY_ID_DIGIT)
		select_digit(r, key);
	else if (id == KEY_ID_NONE)
		unknown_key(r, key);
	else if (!reading_key(r, id))
		moving_key(r, id);
	if (r->term->suspend) {
		motion_pause(r);
		term_suspend(r->term);
		term_resize(r->term);
	}
}
