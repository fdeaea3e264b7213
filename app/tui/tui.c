/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a verb to a screen: the keeper starts the screen's process; there the terminal is taken, and
 * home and runs follow each other until the learner leaves. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tui/exercise.h"

/* What the screen's process is to show. */
struct show {
	const struct tui_options *options;
	const struct labs *labs; /* home */
	const struct lab *lab;   /* a lab */
	const char *const *args;
	u32 step;         /* of its guide */
	const char *path; /* a recording */
	const struct tui_start *run;
	const struct exercise *exercise;
	const char *folder;
	bool review; /* of labs */
};

/* ---- where sessions come from ---- */

struct start {
	const struct lab *lab;
	const char *const *args;
};

static struct session *start_lab(void *arg, struct err *err)
{
	const struct start *l = arg;

	return lab_start(l->lab, 0, l->args, err);
}

static struct session *open_recording(void *arg, struct err *err)
{
	return session_open(arg, err);
}

/* ---- one after the other ---- */

static bool show_lab(struct term *t, const struct lab *lab, const char *const *args, u32 step,
	bool *home, struct err *err)
{
	struct start start = {lab, args};
	struct run_source source = {.start = start_lab, .arg = &start};
	bool ok;

	if (asprintf(&source.title, "%02u %s", lab->number, lab->guide->title) < 0)
		source.title = NULL;
	/* The learner's own arguments are not what the guide talks about. */
	source.lab = lab->guide->steps.n && !args ? lab : NULL;
	source.step = step;
	ok = run_screen(t, &source, home, err);
	free(source.title);
	return ok;
}

static bool show_home(struct term *t, const struct labs *labs, struct err *err)
{
	struct str message = {0};
	const struct lab *lab;

	str_add(&message, keeper_swept(t->keeper));
	while ((lab = home_screen(t, labs, str_get(&message))) != NULL) {
		bool home = false;

		str_clear(&message);
		if (!show_lab(t, lab, NULL, TUI_RESUME, &home, err)) {
			str_add_harmless(&message, err->text);
			*err = (struct err){0};
		} else if (!home) {
			break;
		}
	}
	str_finish(&message);
	return true;
}

static bool show_recording(struct term *t, const char *path, struct err *err)
{
	const char *base = strrchr(path, '/');
	struct run_source source = {.start = open_recording, .arg = (char *)path};
	struct str title = {0};
	bool ok, home;

	str_add(&title, "replay  ");
	str_add_name(&title, base ? base + 1 : path, strlen(base ? base + 1 : path));
	source.title = title.s;
	ok = run_screen(t, &source, &home, err);
	str_finish(&title);
	return ok;
}

static bool show_run(struct term *t, const struct tui_start *run, bool *home, struct err *err)
{
	const char *base = run->watch ? NULL : strrchr(run->title, '/');
	struct run_source source = {.start = run->start, .arg = run->arg, .said = run->said,
		.watch = run->watch, .attached = run->attached, .over = run->over};
	struct str title = {0};
	bool ok;

	if (run->watch) /* a command line, escaped already */
		str_add(&title, run->title);
	else
		str_add_name(&title, base ? base + 1 : run->title, strlen(base ? base + 1 : run->title));
	source.title = title.s;
	ok = run_screen(t, &source, home, err);
	str_finish(&title);
	return ok;
}

static bool screen(struct keeper *keeper, void *arg, struct err *err)
{
	const struct show *show = arg;
	struct labs found = {0};
	struct str said = {0};
	struct term t;
	bool ok, home = false;

	if (!term_open(&t, keeper, show->options, err)) {
		term_close(&t);
		return false;
	}
	if (show->path)
		ok = show_recording(&t, show->path, err);
	else if (show->run)
		ok = show_run(&t, show->run, &home, err);
	else if (show->exercise)
		ok = exercise_screen(&t, show->exercise, show->folder, &home, err);
	else if (show->lab)
		ok = show_lab(&t, show->lab, show->args, show->step, &home, err);
	else if (show->review)
		ok = review_screen(&t, show->labs, &said, err);
	else
		ok = show_home(&t, show->labs, err);
	if (ok && home && labs_find(&found, err))
		ok = show_home(&t, &found, err);
	labs_finish(&found);
	str_finish(&said);
	term_close(&t);
	return ok;
}

bool tui_lab(const struct lab *lab, const char *const *args, u32 step,
	const struct tui_options *options, struct err *err)
{
	struct show show = {.options = options, .lab = lab, .args = args, .step = step};

	return keeper_run(screen, &show, err);
}

bool tui_replay(const char *path, const struct tui_options *options, struct err *err)
{
	struct show show = {.options = options, .path = path};

	return keeper_run(screen, &show, err);
}

bool tui_run(const struct tui_start *run, const struct tui_options *options, struct err *err)
{
	struct show show = {.options = options, .run = run};

	return keeper_run(screen, &show, err);
}

bool tui_exercise(const struct exercise *x, const char *folder, const struct tui_options *options, struct err *err)
{
	struct show show = {.options = options, .exercise = x, .folder = folder};

	return keeper_run(screen, &show, err);
}

bool tui_review(const struct labs *labs, const struct tui_options *options, struct err *err)
{
	struct show show = {.options = options, .labs = labs, .review = true};

	return keeper_run(screen, &show, err);
}

bool tui_home(const struct labs *labs, const struct tui_options *options, struct err *err)
{
	struct show show = {.options = options, .labs = labs};

	return keeper_run(screen, &show, err);
}
