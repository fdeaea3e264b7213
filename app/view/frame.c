/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A whole frame: header, panes, what happened last, footer. */
#include <stdio.h>
#include <string.h>

#include "view/graph.h"
#include "view/memory.h"
#include "view/stage.h"

enum {
	LOWER_LEAST = 5, GUIDE_LEAST = 7, /* rows */
	SMALL_COLS = 60,
	SMALL_ROWS = 16, /* below: one pane at a time */
	TINY_COLS = 40,
	TINY_ROWS = 10,  /* below: a sentence */
	WIDE_COLS = 110, /* from here on source stands beside */
	LEFT_COLS = 80,
};

/* Where everything is. An area with no rows is not shown; pane areas begin with their rule. */
struct layout {
	struct area stage, lower, beside, foot;
	enum pane lower_pane;
	int last_rows; /* lines of Last, 0: none */
};

static void mode_text(const struct scene *s, const struct view_state *v, struct str *out)
{
	u32 stuck;
	char name[24];

	unsigned long long at = v->moment, all = v->moments;

	switch (v->mode) {
	case SCREEN_HELD: str_add(out, "HELD"); break;
	case SCREEN_PLAYING:
		if (v->speed >= 4)
			str_addf(out, "PLAYING %ux", v->speed / 4);
		else
			str_addf(out, "PLAYING 1/%ux", v->speed ? 4 / v->speed : 4);
		break;
	case SCREEN_LIVE:
		str_addf(out, "LIVE   %llu events", (unsigned long long)v->events);
		if ((stuck = graph_stuck(s)) != 0)
			str_addf(out, "   %s is stuck", world_task_name(s->world, stuck, name));
		return;
	case SCREEN_BACK: str_addf(out, "BACK %llu of %llu", at, all); return;
	case SCREEN_RECORDED: str_addf(out, "RECORDED   %llu of %llu", at, all); return;
	case SCREEN_ENDED: str_add(out, "ENDED"); break;
	}
	if (!v->first && all)
		str_addf(out, "   event %llu/%llu", at, all);
}

static void draw_header(struct canvas *c, const struct scene *s, const struct view_state *v)
{
	struct area a = canvas_area(c);
	struct str mode = {0};
	int col, right;

	mode_text(s, v, &mode);
	right = a.cols - text_width(str_get(&mode));
	col = canvas_put_cut(c, a, 0, 1, right - 3, AT_TITLE | AT_STRONG, v->title);
	if (v->heading[0])
		canvas_put_cut(c, a, 0, col + 2, right - col - 4, 0, v->heading);
	canvas_put(c, a, 0, right < 0 ? 0 : right, AT_STRONG, str_get(&mode));
	str_finish(&mode);
}

static int count_lines(const char *text)
{
	int n = 0;

	for (; *text; text++)
		n += *text == '\n' || !text[1];
	return n;
}

static bool is_small(const struct canvas *c)
{
	return c->cols < SMALL_COLS || c->rows < SMALL_ROWS;
}

/* Rows of the pane below the stage that the stage does not take, its rule among them. Beside memory
 * the guide is given what its words need, up to two fifths. The end of a reason is worth more than the
 * guide's last lines: Enter reads on in those. */
static int lower_least(const struct scene *s, const struct view_state *v, struct area body)
{
	int need, most = body.rows * 2 / 5;

	if (v->lower != PANE_GUIDE)
		return LOWER_LEAST;
	if (!stage_is_memory(s, v))
		return v->question || !view_shows(v, VIEW_WHY) ? GUIDE_LEAST : LOWER_LEAST;
	need = canvas_wrap_lines(body.cols - 2, v->guide) + 1;
	if (need > most)
		need = most;
	return need < LOWER_LEAST ? LOWER_LEAST : need;
}

/* Rows of the stage while a text is read: seven; but a ring and who stands at it lose none that the text has no use for. */
static int stage_beside_text(const struct scene *s, const struct view_state *v, struct area body, int want)
{
	struct str words = {0};
	int rest = 7;

	if (stage_is_memory(s, v)) {
		pane_text(v->lower, s, v, &words);
		rest = body.rows - 1 - canvas_wrap_lines(body.cols - 2, str_get(&words));
		str_finish(&words);
	}
	return rest < 7 ? 7 : rest < want ? rest : want;
}

bool screen_has_beside(const struct canvas *c, const struct view_state *v)
{
	return c->cols >= WIDE_COLS && !v->zoom && v->lower != PANE_SOURCE && !v->graph;
}

static void layout_make(
	const struct canvas *c, const struct scene *s, const struct view_state *v, struct layout *l)
{
	struct area all = canvas_area(c);
	struct area body;
	int out = v->out_line[0] && view_shows(v, VIEW_OUTPUT), want, most;

	*l = (struct layout){.lower_pane = v->lower};
	if (v->message)
		l->last_rows = canvas_wrap_lines(c->cols - 2, v->message);
	else if (view_shows(v, VIEW_LAST))
		l->last_rows = count_lines(v->last);
	most = is_small(c) ? (v->message ? 2 : 1) : v->message ? 5 : 3;
	if (l->last_rows > most)
		l->last_rows = most;
	/* Last has a rule of its own where there is room; the footer's rule is always there. */
	want = (l->last_rows ? l->last_rows + 1 : 0) + out + 2;
	l->foot = area_cut(all, all.rows - want, 0, want, all.cols);
	body = area_cut(all, 1, 0, all.rows - 1 - want, all.cols);
	if (screen_has_beside(c, v)) {
		l->beside = area_cut(body, 0, LEFT_COLS + 1, body.rows, all.cols - LEFT_COLS - 1);
		body.cols = LEFT_COLS;
	}
	if (v->zoom || is_small(c)) {
		if (v->focus == PANE_STAGE)
			l->stage = body;
		else
			l->lower = body;
		l->lower_pane = v->focus == PANE_STAGE ? v->lower : v->focus;
		return;
	}
	want = stage_rows(s, v, body.cols) + 1;
	most = v->lower == PANE_STAGE || v->graph ? body.rows : body.rows - lower_least(s, v, body);
	/* What is opened to be read gets the larger half. */
	if (!v->graph && (v->lower == PANE_HELP || v->lower == PANE_WHY || v->lower == PANE_FDS || v->lower == PANE_LINK) && want > 7 &&
		body.rows < 30)
		want = stage_beside_text(s, v, body, want);
	l->stage = area_cut(body, 0, 0, want < most ? want : most, body.cols);
	l->lower = area_cut(body, l->stage.rows, 0, body.rows - l->stage.rows, body.cols);
}

/* ---- text panes ---- */

static struct area inside(struct area pane)
{
	return area_cut(pane, 1, 0, pane.rows - 1, pane.cols);
}

static void tint_found(struct canvas *c, struct area a, const char *find)
{
	size_t n = strlen(find);

	if (!n)
		return;
	for (int row = 0; row < a.rows; row++)
		for (int col = 0; col + (int)n <= a.cols; col++) {
			const struct cell *cell = &c->cells[(a.row + row) * c->cols + a.col + col];
			size_t i = 0;

			while (i < n && a.col + col + (int)i < c->cols &&
				cell[i].ch == (u32)(unsigned char)find[i])
				i++;
			if (i == n)
				canvas_tint(c, a, row, col, (int)n, AT_SELECTED);
		}
}

static void draw_text(struct canvas *c, struct area a, const struct scene *s,
	const struct view_state *v, enum pane pane)
{
	struct area text = area_cut(a, 0, 0, a.rows, a.cols - 1);
	struct str words = {0};
	int lines, most, skip = v->scroll[pane];

	pane_text(pane, s, v, &words);
	lines = canvas_wrap_lines(a.cols - 2, str_get(&words));
	/* Scrolled in a smaller window: its end stays in sight. Only the guide's newest part may
	 * stand at the top with nothing below it. */
	most = pane == PANE_GUIDE ? lines - 1 : lines - a.rows;
	if (skip > most)
		skip = most > 0 ? most : 0;
	canvas_wrap(c, text, 0, 1, 0, str_get(&words), skip);
	if (lines - skip > a.rows && a.rows > 1) {
		for (int col = 0; col < a.cols; col++)
			canvas_put(c, a, a.rows - 1, col, 0, " ");
		canvas_putf(c, a, a.rows - 1, 1, AT_DIM, "%d more lines below (PgDn)",
			lines - skip - a.rows + 1);
	}
	tint_found(c, a, v->find);
	str_finish(&words);
}

static void draw_pane(struct canvas *c, struct area a, const struct scene *s,
	const struct view_state *v, enum pane pane)
{
	struct str title = {0}, tab = {0};
	const char *other = NULL;
	bool focus = v->focus == pane && pane != PANE_STAGE;
	const char *name = pane_name(pane);

	if (a.rows < 1 || a.cols < 1)
		return;
	if (pane == PANE_SOURCE)
		name = source_title(s, v, &title);
	if (pane == PANE_STAGE && (v->graph || stage_is_list(s, v))) {
		name = "Processes";
	} else if (pane == PANE_STAGE && stage_is_memory(s, v)) {
		segment_heading(s, stage_segment(s, v), &title);
		name = str_get(&title);
	}
	if (is_small(c) || v->zoom)
		other = pane == PANE_STAGE ? pane_name(v->lower) : pane_name(PANE_STAGE);
	if (other)
		str_addf(&tab, "Tab: %s", other);
	else if (pane == PANE_STAGE && strcmp(name, "Processes") != 0)
		stage_legend(s, v, a.cols - text_width(name) - 12, &tab);
	canvas_rule(c, a, 0, name, str_get(&tab), focus);
	str_finish(&tab);
	if (pane == PANE_STAGE)
		stage_draw(c, inside(a), s, v);
	else if (pane == PANE_SOURCE)
		source_draw(c, inside(a), s, v);
	else if (pane == PANE_TIME)
		time_draw(c, inside(a), s, v);
	else
		draw_text(c, inside(a), s, v, pane);
	if (focus && c->cursor_row < 0)
		canvas_cursor(c, a, 0, 3);
	str_finish(&title);
}

void screen_pane_size(const struct canvas *c, const struct scene *s, const struct view_state *wanted,
	enum pane pane, int *lines, int *visible)
{
	struct view_state state = *wanted;
	const struct view_state *v = &state;
	struct str words = {0};
	struct layout l;

	state.graph = screen_has_graph(c, s, wanted);
	layout_make(c, s, v, &l);
	if (!l.lower.rows) /* the stage alone is shown: as large as the pane will be in its place */
		l.lower = l.stage;
	*visible = l.lower.rows - 1;
	pane_text(pane, s, v, &words);
	*lines = canvas_wrap_lines(l.lower.cols - 2, str_get(&words));
	if (pane == PANE_TIME)
		*lines = (int)v->deeds_n + 1;
	str_finish(&words);
}

/* Lines that the first n bytes of the guide take in its pane. */
static int guide_lines(const struct canvas *c, const struct scene *s, const struct view_state *v,
	size_t n, int *visible)
{
	struct view_state part = *v;
	struct str text = {0};
	int lines;

	str_add_bytes(&text, v->guide, n);
	part.guide = str_get(&text);
	screen_pane_size(c, s, &part, PANE_GUIDE, &lines, visible);
	str_finish(&text);
	return lines;
}

int screen_guide_scroll(const struct canvas *c, const struct scene *s, const struct view_state *v,
	size_t newest)
{
	int visible, line = 0, lines = guide_lines(c, s, v, strlen(v->guide), &visible);
	int last = newest ? guide_lines(c, s, v, newest, &visible) + 1 : 0; /* + the blank line */
	const char *p = v->guide;

	if (lines <= visible)
		return 0;
	while (line < lines - visible && line < last && (p = strstr(p, "\n\n")) != NULL) {
		p += 2;
		line = guide_lines(c, s, v, (size_t)(p - v->guide) - 1, &visible) + 1;
	}
	return p && line < last ? line : last;
}

/* ---- foot ---- */

static void draw_last(struct canvas *c, struct area a, int rows, const struct view_state *v)
{
	const char *p = v->last;
	int skip = count_lines(v->last) - rows;
	struct str line = {0};

	if (v->message) {
		canvas_wrap(c, area_cut(a, 0, 0, rows, a.cols - 1), 0, 1, AT_STRONG, v->message, 0);
		return;
	}
	for (int row = -skip; *p && row < rows; row++) {
		size_t n = strcspn(p, "\n");

		str_clear(&line);
		str_add_bytes(&line, p, n);
		if (row >= 0)
			canvas_put_cut(c, a, row, 1, a.cols - 2, 0, str_get(&line));
		p += n + (p[n] == '\n');
	}
	str_finish(&line);
}

static void draw_foot(
	struct canvas *c, const struct layout *l, const struct scene *s, const struct view_state *v)
{
	struct area a = l->foot;
	int row = 0;

	if (l->last_rows) {
		canvas_rule(c, a, row++, v->message ? NULL : "Last", NULL, false);
		draw_last(c, area_cut(a, row, 0, l->last_rows, a.cols), l->last_rows, v);
		row += l->last_rows;
	}
	if (v->out_line[0] && view_shows(v, VIEW_OUTPUT))
		canvas_put_cut(c, a, row++, 1, a.cols - 2, AT_STRONG, v->out_line);
	canvas_rule(c, a, row++, NULL, NULL, false);
	if (v->line) {
		canvas_put(c, a, row, 0, 0, v->line);
		c->cursor_row = -1;
		canvas_cursor(c, a, row, v->line_cursor);
		return;
	}
	footer_draw(c, a, row, s, v, v->live ? IN_LIVE : IN_RECORDED);
}

static bool guide_is_unread(const struct layout *l, const struct view_state *v)
{
	return l->lower_pane == PANE_GUIDE && l->lower.rows && v->guide && v->lead &&
	       canvas_wrap_lines(l->lower.cols - 2, v->guide) - v->scroll[PANE_GUIDE] > l->lower.rows - 1;
}

bool screen_has_graph(const struct canvas *c, const struct scene *s, const struct view_state *v)
{
	enum { AROUND = 4 }; /* header, rules, foot; the lower pane gets what is left */
	int rows = v->graph && !v->picture ? graph_rows(s, c->cols) : 0;

	return rows && rows <= c->rows - AROUND && !is_small(c);
}

void screen_draw(struct canvas *c, const struct scene *s, const struct view_state *wanted)
{
	struct view_state state = *wanted;
	const struct view_state *v = &state;
	struct layout l;

	state.graph = screen_has_graph(c, s, wanted);

	canvas_clear(c);
	if (c->cols < TINY_COLS || c->rows < TINY_ROWS) {
		canvas_wrap(c, canvas_area(c), 0, 0, 0,
			"This window is too small to draw in: make it larger, at least 40 x 10, "
			"or leave (q) and use --plain.",
			0);
		return;
	}
	layout_make(c, s, v, &l);
	if (guide_is_unread(&l, v)) /* before it does anything else */
		state.lead = strncmp(v->lead, "PREDICT", 7) ? "Enter read on" : "PREDICT  Enter read on";
	draw_header(c, s, v);
	draw_pane(c, l.stage, s, v, PANE_STAGE);
	if (l.lower_pane != PANE_STAGE)
		draw_pane(c, l.lower, s, v, l.lower_pane);
	draw_pane(c, l.beside, s, v, PANE_SOURCE);
	for (int row = 0; l.beside.rows && row < l.beside.rows; row++)
		canvas_put(c, canvas_area(c), l.beside.row + row, LEFT_COLS, AT_DIM,
			row ? " " : "\u2500");
	draw_foot(c, &l, s, v);
}
