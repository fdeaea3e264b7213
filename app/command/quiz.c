/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ipclab quiz: beliefs about IPC, each asked as its lab asks it, of processes that really run; then which to look at again. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "command/plain.h"
#include "lab/lib.h"
#include "view/lib.h"

enum { QUESTIONS = 20, QUESTIONS_MOST = 1000 };

static void print_json(const struct quiz *quiz, u64 seed)
{
	struct str out = {0};

	str_addf(&out, "{\"schema\":\"ipclab/quiz/v1\",\"seed\":%llu,\"questions\":[", (unsigned long long)seed);
	for (size_t i = 0; i < quiz->list.n; i++) {
		const struct quiz_item *item = &quiz->list.at[i];

		str_add(&out, i ? ",\n {\"belief\":" : "\n {\"belief\":");
		str_add_json(&out, item->belief->id, strlen(item->belief->id));
		str_add(&out, ",\"lab\":");
		str_add_json(&out, item->lab->id, strlen(item->lab->id));
		str_addf(&out, ",\"step\":%u,\"question\":", item->step + 1);
		str_add_json(&out, item->question->id, strlen(item->question->id));
		str_add(&out, "}");
	}
	str_add(&out, "]}\n");
	fputs(out.s, stdout);
	str_finish(&out);
}

/* ---- asking ---- */

/* ANSWER_NONE: the learner left. */
static bool ask(struct invocation *inv, const struct quiz_item *item, enum guide_outcome *outcome, struct err *err)
{
	bool on = false;
	struct shell_lab lab = {.lab = item->lab, .review = item->question, .seed = REVIEW_AS_IN_LAB, .answered = &on,
		.outcome = outcome};
	struct shell_options options = {.lab = &lab};

	*outcome = ANSWER_NONE;
	return plain_run_lab(inv, &options, err);
}

static bool ask_all(struct invocation *inv, const struct quiz *quiz, enum guide_outcome *outcomes, struct err *err)
{
	for (size_t i = 0; i < quiz->list.n; i++) {
		printf("%sQuiz, question %zu of %zu.\n", i ? "\n" : "", i + 1, quiz->list.n);
		fflush(stdout);
		if (!ask(inv, &quiz->list.at[i], &outcomes[i], err))
			return false;
		if (outcomes[i] == ANSWER_NONE)
			break;
	}
	return true;
}

/* ---- the result ---- */

static size_t count(const struct quiz *quiz, const enum guide_outcome *outcomes, enum guide_outcome which)
{
	size_t n = 0;

	for (size_t i = 0; i < quiz->list.n; i++)
		n += outcomes[i] == which;
	return n;
}

static void print_belief(const struct quiz_item *item, enum guide_outcome outcome, unsigned width)
{
	struct str line = {0}, out = {0};

	static const char *const words[] = {[ANSWER_WRONG] = "", [ANSWER_UNSURE] = " (You did not know.)",
		[ANSWER_SKIPPED] = " (You skipped it.)"};

	str_addf(&line, "It is not so: %s%s", item->belief->text, words[outcome]);
	lines_wrap(str_get(&line), width, &out);
	printf("%s%s  %s\n  ipclab lab %s --step %u\n", str_get(&out), out.len && out.s[out.len - 1] == '\n' ? "" : "\n",
		item->lab->guide->steps.at[item->step].title, item->lab->id, item->step + 1);
	str_finish(&line);
	str_finish(&out);
}

static void print_result(const struct quiz *quiz, const enum guide_outcome *outcomes, u64 seed, unsigned width)
{
	size_t left = count(quiz, outcomes, ANSWER_NONE);

	if (left == quiz->list.n) /* nothing was answered: there is nothing to tell */
		return;
	printf("\nOf %zu questions %zu right, %zu wrong, %zu not known, %zu skipped", quiz->list.n,
		count(quiz, outcomes, ANSWER_RIGHT), count(quiz, outcomes, ANSWER_WRONG), count(quiz, outcomes, ANSWER_UNSURE),
		count(quiz, outcomes, ANSWER_SKIPPED));
	if (left)
		printf(", %zu not asked", left);
	printf(".\n");
	if (count(quiz, outcomes, ANSWER_RIGHT) + left < quiz->list.n)
		printf("Look at these again:\n");
	for (size_t i = 0; i < quiz->list.n; i++)
		if (outcomes[i] != ANSWER_RIGHT && outcomes[i] != ANSWER_NONE)
			print_belief(&quiz->list.at[i], outcomes[i], width);
	printf("The same questions again: ipclab quiz --seed %llu\n", (unsigned long long)seed);
}

static bool run(struct invocation *inv, const struct quiz *quiz, u64 seed, unsigned width, struct err *err)
{
	enum guide_outcome *outcomes = xmalloc((quiz->list.n + 1) * sizeof *outcomes);
	bool ok;

	for (size_t i = 0; i < quiz->list.n; i++)
		outcomes[i] = ANSWER_NONE;
	printf("%zu beliefs that many people hold, asked of programs that run. Seed %llu.\n\n", quiz->list.n,
		(unsigned long long)seed);
	ok = ask_all(inv, quiz, outcomes, err);
	print_result(quiz, outcomes, seed, width);
	free(outcomes);
	return ok;
}

bool command_quiz(struct invocation *inv, struct err *err)
{
	u64 seed = (u64)time(NULL), n = QUESTIONS;
	struct quiz quiz = {0};
	struct labs labs;
	unsigned width;
	bool ok;

	if (inv->argc > 0)
		return err_set(err, EXIT_USAGE, "quiz takes no arguments; '%.40s' is one too many", inv->argv[0]);
	if (inv->no_input && !option_given(inv, "json"))
		return err_set(err, EXIT_USAGE, "quiz asks; with --no-input there is only --json, which questions they are");
	if (!plain_width(inv, &width, err) || !number_option(inv, "seed", INT64_MAX / 8, &seed, err) ||
		!number_option(inv, "questions", QUESTIONS_MOST, &n, err) || !labs_find(&labs, err))
		return false;
	ok = quiz_pick(&labs, seed, n, &quiz, err);
	if (ok && option_given(inv, "json"))
		print_json(&quiz, seed);
	else if (ok)
		ok = run(inv, &quiz, seed, width, err);
	quiz_finish(&quiz);
	labs_finish(&labs);
	return ok;
}
