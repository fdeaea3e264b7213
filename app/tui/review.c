/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Questions that are due, on the screen: each is a run of its lab that stands where the question is asked. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "tui/private.h"

/* *on: the learner answered and went on. */
static bool ask(struct term *t, const struct review_item *item, size_t i, size_t n, bool *on, struct err *err)
{
	struct run_source source = {.lab = item->lab, .review = item->question, .seed = (u32)time(NULL)};
	bool ok;

	if (asprintf(&source.title, "review %zu/%zu", i + 1, n) < 0)
		source.title = NULL;
	ok = run_screen(t, &source, on, err);
	free(source.title);
	return ok;
}

bool review_screen(struct term *t, const struct labs *labs, struct str *message, struct err *err)
{
	struct review due = {0};
	struct str note = {0};
	struct progress *p = progress_open(NULL, &note);
	bool ok = true, on = true;
	size_t n, i;

	review_due(labs, p, time(NULL), &due);
	progress_close(p);
	n = due.list.n < REVIEW_MOST ? due.list.n : REVIEW_MOST;
	for (i = 0; ok && on && i < n; i++)
		ok = ask(t, &due.list.at[i], i, n, &on, err);
	if (ok && !n)
		str_add(message, "No question is due.");
	else if (ok && on)
		str_addf(message, "That was the review: %zu question%s.", n, n == 1 ? "" : "s");
	review_finish(&due);
	str_finish(&note);
	return ok;
}
