/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list of labs. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tui/home.h"

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
			h->home.on_resume = h->home.on_review = false;
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

/* One row up or down: Continue, Review, the list. */
static void home_move(struct home_screen *h, int by)
{
	struct home *home = &h->home;

	if (home->help) {
		home->scroll += by;
		if (home->scroll < 0)
			home->scroll = 0;
	} else if (home->on_resume) {
		home->on_resume = by < 0;
		home->on_review = by > 0 && home->review;
		if (by > 0)
			home->selected = 0;
	} else if (home->on_review) {
		home->on_review = by < 0 && !home->resume;
		home->on_resume = by < 0 && home->resume;
		if (by > 0)
			home->selected = 0;
	} else if (by < 0 && home->selected == 0) {
		home->on_review = home->review != NULL;
		home->on_resume = !home->review && home->resume;
	} else if (by < 0 ? home->selected > 0 : home->selected + 1 < home->n) {
		home->selected = by < 0 ? home->selected - 1 : home->selected + 1;
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
		h->home.on_resume = h->home.on_review = false;
		home_move(h, by);
		if (strcmp(h->list[h->home.selected].group, group) != 0)
			break;
	}
	while (h->home.selected > 0 &&
		strcmp(h->list[h->home.selected - 1].group, h->list[h->home.selected].group) == 0)
		h->home.selected--;
}

/* r, or Enter on its row. */
static void home_review(struct home_screen *h)
{
	if (h->home.help)
		return;
	if (h->home.review)
		h->reviewing = true;
	else
		h->home.message = "No question is due. Each one that you answer in a lab comes back here after a day.";
}

/* Enter. */
static void home_open(struct home_screen *h)
{
	const struct home_entry *e;

	if (!h->home.n || h->home.help)
		return;
	if (h->home.on_review) {
		home_review(h);
		return;
	}
	e = &h->entries[h->home.on_resume ? h->resumed : h->home.selected];
	if (e->exercise) {
		if (e->exercise->wrong.text[0])
			h->home.message = "This exercise cannot be opened before its files are mended.";
		else
			h->open_exercise = e->exercise;
	} else if (e->lab->guide) {
		h->open = e->lab;
	} else {
		h->home.message = "This lab cannot be opened before its lab.md is mended.";
	}
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
	case KEY_ID_REVIEW: home_review(h); return;
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
	while (!h->leaving && !h->open && !h->open_exercise && !h->reviewing && !h->term->line && !h->term->suspend &&
		(key = input_key(h->term)) != 0)
		home_key(h, key);
}

static void home_loop(struct home_screen *h)
{
	while (!h->leaving && !h->open && !h->open_exercise && !h->reviewing) {
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

static void home_reviewed(struct home_screen *h, bool *again, struct str *message)
{
	struct err err = {0};

	str_clear(message);
	if (!review_screen(h->term, h->labs, message, &err))
		str_add_harmless(message, err.text);
	*again = !h->term->leaving && !h->term->gone;
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
			h.home.on_resume = h.home.on_review = false;
		}
		h.home.message = said.len ? said.s : NULL;
		h.open_exercise = NULL;
		h.reviewing = again = false;
		home_loop(&h);
		selected = h.home.selected;
		str_clear(&said);
		if (h.open_exercise)
			home_exercise(&h, &again, &said);
		if (h.reviewing)
			home_reviewed(&h, &again, &said);
		home_list_finish(&h);
	} while (again);
	free(h.find);
	str_finish(&h.resume);
	str_finish(&h.review);
	str_finish(&said);
	exercises_finish(&h.exercises);
	return h.open;
}
