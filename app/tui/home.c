/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list of labs. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "progress/lib.h"
#include "tui/exercise.h"

struct home_screen {
	struct term *term;
	const struct labs *labs;
	struct exercises exercises; /* behind the labs in the list */
	struct home home;
	struct home_lab *list;
	char (*numbers)[8];
	struct str resume; /* its row's words */
	size_t resumed;    /* the lab it goes on with */
	const struct lab *open;
	const struct exercise *open_exercise;
	bool leaving, once; /* ^C was pressed once */
	enum line_use line_use;
	char *find;
};

/* The parts of the course that labs belong to, by number (LABS.md). */
static const char *group_of(u32 number)
{
	return number <= 5    ? "Pipes"
	       : number <= 10 ? "Shared memory"
	       : number <= 15 ? "Messages"
			      : "Client and server";
}

static int questions_of(const struct guide *g)
{
	int n = 0;

	for (size_t i = 0; i < g->steps.n; i++)
		for (size_t k = 0; k < g->steps.at[i].blocks.n; k++)
			n += g->steps.at[i].blocks.at[k].question != NULL;
	return n;
}

/* One lab's row; `known` NULL: nothing is remembered of it. */
static struct home_lab home_row(const struct lab *lab, const struct progress_lab *known)
{
	struct home_lab row = {.id = lab->id,
		.title = lab->guide ? lab->guide->title : lab->id,
		.group = group_of(lab->number),
		.wrong = lab->guide ? NULL : lab->wrong.text,
		.core = true};

	if (!lab->guide)
		return row;
	row.minutes = (int)lab->guide->minutes;
	row.steps = (int)lab->guide->steps.n;
	row.core = lab->guide->core;
	row.about = lab->guide->intro;
	row.questions = questions_of(lab->guide);
	if (!known)
		return row;
	row.done = (int)known->reached < row.steps ? (int)known->reached : row.steps;
	row.predicted = (int)known->counts[PROGRESS_RIGHT];
	for (int i = 0; i < 4; i++)
		row.asked += (int)known->counts[i];
	return row;
}

/* An exercise's row: its points stand where a lab has steps. */
static struct home_lab exercise_row(const struct exercise *x, struct progress *p)
{
	struct home_lab row = {.id = x->id, .title = x->title, .group = "Exercises", .wrong = x->wrong.text[0] ? x->wrong.text : NULL, .core = true};
	struct progress_exercise known;

	row.exercise = true;
	if (row.wrong)
		return row;
	row.minutes = (int)x->minutes;
	row.steps = (int)x->points;
	row.about = x->about;
	if (progress_exercise(p, x->id, &known))
		row.done = known.passed ? row.steps : (int)known.score;
	return row;
}

void exercise_folder(const struct exercise *x, struct str *out)
{
	struct progress_exercise known;
	struct str note = {0};
	struct progress *p = progress_open(NULL, &note);

	str_clear(out);
	if (progress_exercise(p, x->id, &known) && access(known.folder, W_OK) == 0)
		str_add(out, known.folder);
	else
		str_addf(out, "./ipclab-%s", x->id);
	progress_close(p);
	str_finish(&note);
}

/* The lab worked on last, unless it is done: the row that goes on with it. */
static void home_resume(struct home_screen *h, size_t i, const struct progress_lab *known)
{
	const struct lab *lab = &h->labs->list.at[i];

	h->home.selected = i;
	h->home.on_resume = lab->guide && known->resume < lab->guide->steps.n;
	str_clear(&h->resume);
	if (h->home.on_resume)
		str_addf(&h->resume, "%s %s, step %u of %zu", h->numbers[i], lab->guide->title,
			known->resume + 1, lab->guide->steps.n);
	h->resumed = i;
}

static void home_list(struct home_screen *h)
{
	size_t n = h->labs->list.n, all = n + h->exercises.list.n;
	struct str note = {0};
	struct progress *progress = progress_open(NULL, &note);
	struct progress_lab known;
	i64 last = 0;

	str_finish(&note); /* a lab that is opened says it */
	h->list = xmalloc((all + 1) * sizeof *h->list);
	h->numbers = xmalloc((all + 1) * sizeof *h->numbers);
	for (size_t i = 0; i < n; i++) {
		const struct lab *lab = &h->labs->list.at[i];
		bool is_known = progress_lab(progress, lab->id, &known);

		snprintf(h->numbers[i], sizeof h->numbers[i], "%02u", lab->number % 1000);
		h->list[i] = home_row(lab, is_known ? &known : NULL);
		h->list[i].first = h->numbers[i];
		if (is_known && known.last > last) {
			last = known.last;
			home_resume(h, i, &known);
		}
	}
	for (size_t i = n; i < all; i++) {
		snprintf(h->numbers[i], sizeof h->numbers[i], "%02u", h->exercises.list.at[i - n]->number % 1000);
		h->list[i] = exercise_row(h->exercises.list.at[i - n], progress);
		h->list[i].first = h->numbers[i];
	}
	progress_close(progress);
	h->home.labs = h->list;
	h->home.n = all;
	h->home.resume = h->home.on_resume ? str_get(&h->resume) : NULL;
}

static void home_find(struct home_screen *h, const char *what)
{
	if (*what) {
		free(h->find);
		h->find = xstrdup(what);
	}
	for (size_t k = 1; h->find && k <= h->home.n; k++) {
		size_t i = (h->home.selected + k) % h->home.n;

		if (strcasestr(h->list[i].title, h->find) || strcasestr(h->list[i].id, h->find)) {
			h->home.selected = i;
			h->home.on_resume = false;
			return;
		}
	}
	h->home.message = "No lab has that in its title.";
}

static void home_command(struct home_screen *h, const char *line)
{
	struct err err = {0};

	line += strspn(line, " ");
	if (strcmp(line, "q") == 0 || strcmp(line, "quit") == 0) {
		h->leaving = true;
	} else if (strcmp(line, "help") == 0 || strcmp(line, "map") == 0) {
		h->home.help = true;
	} else if (strncmp(line, "save-display ", 13) == 0) {
		h->home.line = NULL;
		home_draw(h->term->canvas, &h->home);
		h->home.message = save_display(h->term->canvas, line + 13, &err)
					  ? "The display has been saved."
					  : "The display cannot be saved there.";
	} else if (*line) {
		h->home.message = "Here there are quit, help, map and save-display FILE.";
	}
}

static void home_line(struct home_screen *h)
{
	char *text;

	if (line_read(h->term, &text) == LINE_DONE) {
		if (h->line_use == USE_SEARCH)
			home_find(h, text);
		else
			home_command(h, text);
		free(text);
	}
}

static void home_move(struct home_screen *h, int by)
{
	if (h->home.help) {
		h->home.scroll += by;
		if (h->home.scroll < 0)
			h->home.scroll = 0;
	} else if (h->home.on_resume) {
		h->home.on_resume = by < 0;
		if (by > 0)
			h->home.selected = 0;
	} else if (by < 0 && h->home.selected == 0) {
		h->home.on_resume = h->home.resume != NULL;
	} else if (by < 0 ? h->home.selected > 0 : h->home.selected + 1 < h->home.n) {
		h->home.selected = by < 0 ? h->home.selected - 1 : h->home.selected + 1;
	}
}

/* To the first lab of the group before or after; in the help a page. */
static void home_page(struct home_screen *h, int by)
{
	const char *group = h->home.n ? h->list[h->home.selected].group : "";

	if (h->home.help) {
		for (int i = 0; i < 10; i++)
			home_move(h, by);
		return;
	}
	while (by < 0 ? h->home.selected > 0 : h->home.selected + 1 < h->home.n) {
		home_move(h, by);
		if (strcmp(h->list[h->home.selected].group, group) != 0)
			break;
	}
	while (h->home.selected > 0 &&
		strcmp(h->list[h->home.selected - 1].group, h->list[h->home.selected].group) == 0)
		h->home.selected--;
}

/* Enter. */
static void home_open(struct home_screen *h)
{
	size_t i = h->home.on_resume ? h->resumed : h->home.selected;

	if (!h->home.n || h->home.help)
		return;
	if (i >= h->labs->list.n) {
		h->open_exercise = h->exercises.list.at[i - h->labs->list.n];
		if (h->open_exercise->wrong.text[0]) {
			h->open_exercise = NULL;
			h->home.message = "This exercise cannot be opened before its files are mended.";
		}
		return;
	}
	if (h->labs->list.at[i].guide)
		h->open = &h->labs->list.at[i];
	else
		h->home.message = "This lab cannot be opened before its lab.md is mended.";
}

static void home_back(struct home_screen *h)
{
	if (h->home.help)
		h->home.help = false;
	else
		h->leaving = true;
}

static void home_key(struct home_screen *h, u32 key)
{
	bool once = h->once;

	h->home.message = NULL;
	h->once = false;
	if (key == K_ESC) {
		h->home.help = false; /* it closes and cancels; only q leaves */
		return;
	}
	switch (key_find(key, IN_HOME)) {
	case KEY_ID_ENTER: home_open(h); return;
	case KEY_ID_UP: home_move(h, -1); return;
	case KEY_ID_DOWN: home_move(h, 1); return;
	case KEY_ID_PAGE_UP: home_page(h, -1); return;
	case KEY_ID_PAGE_DOWN: home_page(h, 1); return;
	case KEY_ID_HELP: h->home.help = !h->home.help; return;
	case KEY_ID_BACK: home_back(h); return;
	case KEY_ID_QUIT: h->leaving = true; return;
	case KEY_ID_COMMAND:
	case KEY_ID_SEARCH:
		h->line_use = key_find(key, IN_HOME) == KEY_ID_COMMAND ? USE_COMMAND : USE_SEARCH;
		line_begin(h->term, h->line_use == USE_COMMAND ? ":" : "/", NULL);
		return;
	case KEY_ID_REDRAW: paint_anew(h->term); return;
	case KEY_ID_INTERRUPT:
		h->leaving = once;
		h->once = true;
		h->home.message = "^C again leaves.";
		return;
	case KEY_ID_SUSPEND: h->term->suspend = true; return;
	default: return;
	}
}

static void home_signals(struct home_screen *h)
{
	struct term *t = h->term;

	term_signals(t);
	if (t->interrupted) {
		t->interrupted = false;
		home_key(h, 0x03);
	}
	h->leaving |= t->leaving;
}

static void home_input(struct home_screen *h)
{
	u32 key;

	if (h->term->line) {
		home_line(h);
		return;
	}
	while (!h->leaving && !h->open && !h->open_exercise && !h->term->line && !h->term->suspend &&
		(key = input_key(h->term)) != 0)
		home_key(h, key);
}

static void home_loop(struct home_screen *h)
{
	while (!h->leaving && !h->open && !h->open_exercise) {
		struct pollfd p[2] = {
			{.fd = 0, .events = POLLIN}, {.fd = term_signal_fd(), .events = POLLIN}};

		h->home.line = h->term->line ? line_text(h->term, &h->home.line_cursor) : NULL;
		home_draw(h->term->canvas, &h->home);
		paint(h->term);
		if (poll(p, 2, h->term->ahead_n ? 0 : -1) < 0 && errno != EINTR)
			break;
		if (p[1].revents)
			home_signals(h);
		if (p[0].revents & (POLLHUP | POLLERR | POLLNVAL)) {
			h->term->gone = true;
			break;
		}
		if (p[0].revents || h->term->ahead_n)
			home_input(h);
		if (h->term->suspend)
			term_suspend(h->term);
		if (h->term->resized)
			term_resize(h->term);
	}
}

/* The exercise that was open stays alive with its list: what it needs of it is opened from here. */
static void home_exercise(struct home_screen *h, bool *again, struct str *message)
{
	struct str folder = {0};
	struct err err = {0};
	bool home = false;

	exercise_folder(h->open_exercise, &folder);
	if (!exercise_screen(h->term, h->open_exercise, folder.s, &home, &err)) {
		str_clear(message);
		str_add_harmless(message, err.text);
	}
	*again = !h->term->leaving && !h->term->gone;
	str_finish(&folder);
}

const struct lab *home_screen(struct term *t, const struct labs *labs, const char *message)
{
	struct home_screen h = {.term = t, .labs = labs};
	struct err ignored = {0};
	struct str said = {0};
	size_t selected = 0;
	bool again = false;

	exercises_find(NULL, &h.exercises, &ignored); /* where there are none, none are listed */
	str_add(&said, message ? message : "");
	do {
		home_list(&h);
		if (again) {
			h.home.selected = selected;
			h.home.on_resume = false;
		}
		h.home.message = said.len ? said.s : NULL;
		h.open_exercise = NULL;
		again = false;
		home_loop(&h);
		selected = h.home.selected;
		str_clear(&said);
		if (h.open_exercise)
			home_exercise(&h, &again, &said);
		free(h.list);
		free(h.numbers);
	} while (again);
	free(h.find);
	str_finish(&h.resume);
	str_finish(&said);
	exercises_finish(&h.exercises);
	return h.open;
}
