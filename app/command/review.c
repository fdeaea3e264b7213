/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ipclab review: the questions that are due, each asked where its lab asks it, of processes that really run. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "command/plain.h"
#include "command/screen.h"
#include "lab/lib.h"

static void add_time(struct str *out, i64 at)
{
	char text[32];
	time_t t = (time_t)at;
	struct tm tm;

	gmtime_r(&t, &tm);
	strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &tm);
	str_addf(out, "\"%s\"", text);
}

static void print_json(const struct review *due)
{
	struct str out = {0};

	str_add(&out, "{\"schema\":\"ipclab/review/v1\",\"due\":[");
	for (size_t i = 0; i < due->list.n; i++) {
		const struct review_item *item = &due->list.at[i];

		str_add(&out, i ? ",\n {\"lab\":" : "\n {\"lab\":");
		str_add_json(&out, item->lab->id, strlen(item->lab->id));
		str_add(&out, ",\"question\":");
		str_add_json(&out, item->question->id, strlen(item->question->id));
		str_addf(&out, ",\"right\":%u,\"due\":", item->right);
		add_time(&out, item->due);
		str_add(&out, "}");
	}
	str_add(&out, "]}\n");
	fputs(out.s, stdout);
	str_finish(&out);
}

/* One question at the prompt. *on: it was answered, so the next may come. */
static bool ask(struct invocation *inv, const struct review_item *item, bool *on, struct err *err)
{
	struct shell_lab lab = {.lab = item->lab, .review = item->question, .seed = (u32)time(NULL), .answered = on};
	struct shell_options options = {.lab = &lab};

	*on = false;
	return plain_run_lab(inv, &options, err);
}

static bool ask_all(struct invocation *inv, const struct review *due, struct err *err)
{
	size_t n = due->list.n < REVIEW_MOST ? due->list.n : REVIEW_MOST, i;
	bool on = true;

	if (!n)
		printf("No question is due. Each one that you answer in a lab comes back after a day or later.\n");
	for (i = 0; on && i < n; i++) {
		printf("%sReview, question %zu of %zu.\n", i ? "\n" : "", i + 1, n);
		fflush(stdout);
		if (!ask(inv, &due->list.at[i], &on, err))
			return false;
	}
	if (n && on && due->list.n > n)
		printf("\nThat was the review. %zu more are due: ipclab review\n", due->list.n - n);
	else if (n && on)
		printf("\nThat was the review.\n");
	return true;
}

bool command_review(struct invocation *inv, struct err *err)
{
	struct tui_options options;
	struct review due = {0};
	struct str note = {0};
	struct progress *p;
	struct labs labs;
	unsigned width;
	bool ok;

	if (inv->argc > 0)
		return err_set(err, EXIT_USAGE, "review takes no arguments; '%.40s' is one too many", inv->argv[0]);
	if (!plain_width(inv, &width, err) || !labs_find(&labs, err))
		return false;
	p = progress_open(NULL, &note);
	if (note.len)
		fprintf(stderr, "ipclab: %s\n", note.s);
	review_due(&labs, p, time(NULL), &due);
	progress_close(p);
	if (option_given(inv, "json"))
		print_json(&due), ok = true;
	else if (plain_wanted(inv) || !due.list.n)
		ok = ask_all(inv, &due, err);
	else
		ok = screen_options(inv, &options, err) && tui_review(&labs, &options, err);
	review_finish(&due);
	str_finish(&note);
	labs_finish(&labs);
	return ok;
}
