/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ipclab drill KIND: a program made from a seed, a question about it, and then it is run. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "command/plain.h"
#include "drill/lib.h"

struct drilling {
	struct drill drill;
	struct drill_run run;
	unsigned width;
	struct guide_answer answer; /* ANSWER_NONE: nobody was asked */
	struct guide_truth truth;
	struct str events, why;
};

/* ---- what is shown ---- */

static void print_wrapped(const struct drilling *d, const char *text)
{
	struct str out = {0};

	lines_wrap(text, d->width, &out);
	fputs(str_get(&out), stdout);
	str_finish(&out);
}

static void print_program(const struct drilling *d)
{
	const char *p = str_get(&d->drill.source);

	printf("Drill %s, seed %llu. drill.c:\n\n", drill_kind_name(d->drill.kind), (unsigned long long)d->drill.seed);
	for (unsigned n = 1; *p; n++) {
		int length = (int)strcspn(p, "\n");

		printf("%2u  ", n);
		for (int i = 0; i < length; i++)
			if (p[i] == '\t')
				fputs("    ", stdout);
			else
				putchar(p[i]);
		printf("\n");
		p += length + (p[length] == '\n');
	}
}

static void print_question(const struct drilling *d, bool asks)
{
	const struct guide_question *q = d->drill.question;
	struct str out = {0};

	str_addf(&out, "Question. %s\n", q->text);
	for (u32 i = 0; i < guide_choices(q); i++)
		str_addf(&out, "%u. %s\n", i + 1, guide_choice(q, i));
	if (q->kind == ASK_NUMBER && asks)
		str_add(&out, "Type a number, or ? if you do not know yet.\n");
	printf("\n");
	print_wrapped(d, out.s);
	str_finish(&out);
}

static void print_outcome(const struct drilling *d)
{
	struct str out = {0};

	if (d->answer.given == ANSWER_NONE) {
		str_add(&out, "Answer: ");
		drill_truth_words(&d->drill, &d->truth, &out);
		str_add(&out, ".\n");
	} else {
		guide_verdict(d->drill.question, &d->answer, &d->truth, &out);
	}
	printf("\nWhat happened:\n");
	print_wrapped(d, str_get(&d->events));
	print_wrapped(d, str_get(&d->why));
	printf("\n");
	print_wrapped(d, str_get(&out));
	str_finish(&out);
}

/* ---- JSON ---- */

static void add_text(struct str *out, const char *key, const char *text)
{
	str_addf(out, ",\n \"%s\":", key);
	str_add_json(out, text, strlen(text));
}

static void add_options(struct str *out, const struct guide_question *q)
{
	str_add(out, ",\n \"options\":[");
	for (u32 i = 0; i < q->options.n && q->kind != ASK_NUMBER; i++) {
		str_add(out, i ? "," : "");
		str_add_json(out, q->options.at[i].text, strlen(q->options.at[i].text));
	}
	str_add(out, "]");
}

static void print_json(const struct drilling *d, const char *said)
{
	static const char *const outcomes[] = {[ANSWER_RIGHT] = "right", [ANSWER_WRONG] = "wrong", [ANSWER_UNSURE] = "unsure"};
	const struct guide_question *q = d->drill.question;
	struct str out = {0}, text = {0};

	str_addf(&out, "{\"schema\":\"ipclab/drill/v1\",\"kind\":\"%s\",\"seed\":%llu", drill_kind_name(d->drill.kind),
		(unsigned long long)d->drill.seed);
	add_text(&out, "program", str_get(&d->drill.source));
	add_text(&out, "question", q->text);
	add_options(&out, q);
	if (q->kind != ASK_NUMBER)
		str_addf(&out, ",\n \"true\":%u", d->truth.choice + 1);
	drill_truth_words(&d->drill, &d->truth, &text);
	add_text(&out, "answer", str_get(&text));
	if (said) {
		add_text(&out, "said", said);
		add_text(&out, "outcome", outcomes[guide_judge(q, &d->answer, &d->truth)]);
	}
	add_text(&out, "happened", str_get(&d->events));
	add_text(&out, "why", str_get(&d->why));
	str_add(&out, "}\n");
	fputs(out.s, stdout);
	str_finish(&text);
	str_finish(&out);
}

/* ---- asking ---- */

/* False: the input ended, or the learner wants to leave. */
static bool ask(struct drilling *d)
{
	char text[160];
	struct err err = {0};

	for (;;) {
		printf("> ");
		fflush(stdout);
		if (!fgets(text, sizeof text, stdin)) {
			printf("\n");
			return false;
		}
		text[strcspn(text, "\n")] = '\0';
		if (strcmp(text, "quit") == 0 || strcmp(text, "q") == 0)
			return false;
		if (*text && guide_answer_read(d->drill.question, text, &d->answer, &err))
			return true;
		print_wrapped(d, *text ? err.text : "Your answer, ? for \"I do not know yet\", or quit.");
		printf("\n");
		err = (struct err){0};
	}
}

/* Only now: nothing that could tell the answer was run before it was asked for. */
static bool run(struct drilling *d, struct err *err)
{
	if (!drill_run_open(&d->run, &d->drill, err) || !drill_run_settle(&d->run, &d->drill, &d->truth, err))
		return false;
	drill_run_told(&d->run, &d->events, &d->why);
	return true;
}

static bool drill(struct invocation *inv, struct drilling *d, struct err *err)
{
	const char *said = option_value(inv, "answer");
	bool json = option_given(inv, "json");

	if (said && !guide_answer_read(d->drill.question, said, &d->answer, err))
		return false;
	if (!json) {
		print_program(d);
		print_question(d, !said && !inv->no_input);
		if (!said && !inv->no_input && !ask(d))
			return true;
		fflush(stdout);
	}
	if (!run(d, err))
		return false;
	if (json)
		print_json(d, said);
	else
		print_outcome(d);
	return true;
}

bool command_drill(struct invocation *inv, struct err *err)
{
	struct drilling d = {0};
	struct timespec now;
	enum drill_kind kind;
	u64 seed;
	bool ok;

	clock_gettime(CLOCK_REALTIME, &now);
	seed = (u64)now.tv_nsec / 1000 % 1000000; /* short enough to be told to a neighbour */
	if (inv->argc != 1)
		return err_set(err, EXIT_USAGE, "drill wants one of pipe, fork, ring, mq, as in ipclab drill pipe");
	if (!drill_kind_read(inv->argv[0], &kind, err) || !plain_width(inv, &d.width, err) ||
		!number_option(inv, "seed", INT64_MAX / 8, &seed, err))
		return false;
	ok = drill_make(kind, seed, &d.drill, err) && drill(inv, &d, err);
	drill_run_close(&d.run);
	drill_finish(&d.drill);
	str_finish(&d.events);
	str_finish(&d.why);
	return ok;
}
